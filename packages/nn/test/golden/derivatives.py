"""Makes derivatives.json: python test/golden/derivatives.py > test/golden/derivatives.json (PyTorch, float64)."""
import json
import torch
from oracles import ACTIVATIONS, build, flat
from torch.func import functional_call, grad, hessian, jvp, vjp, vmap

torch.manual_seed(8)


def row_losses(name, z, y):
    """The loss of each row."""
    if name == "cross-entropy":
        return torch.nn.functional.cross_entropy(z, y, reduction="none")
    if name == "squared":
        return 0.5 * ((z - y) ** 2).sum(1)
    if name == "logistic":
        return torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none").sum(1)
    return torch.relu(1 - y * z).sum(1)


def lists(tensors):
    return [t.detach().reshape(-1).tolist() for t in tensors]


def rows_flat(net, per_example, n):
    return torch.tensor([flat(net, {k: t[i] for k, t in per_example.items()}) for i in range(n)])


def main():
    cases = []
    sizes, n = [4, 6, 5, 3], 7
    for i, activation in enumerate(ACTIVATIONS):
        for j in (i % 4, (i + 1) % 4):
            loss = ("cross-entropy", "squared", "logistic", "hinge")[j]
            bias, norm = (i + j) % 4 < 2, (i // 2 + j) % 2 == 0
            net = build(sizes, activation, bias, norm)
            x, dx = torch.randn(n, sizes[0]), torch.randn(n, sizes[0])
            y = {"cross-entropy": torch.randint(0, 3, (n,)), "squared": torch.randn(n, 3),
                 "logistic": torch.rand(n, 3), "hinge": torch.randint(0, 2, (n, 3)) * 2.0 - 1}[loss]
            w, c, ch = torch.randn(n), torch.randn(n, 3), torch.randn(n, 5)
            p = {k: v.detach() for k, v in net.named_parameters()}
            v = {k: torch.randn_like(t) for k, t in p.items()}
            other = {k: t + 0.1 * torch.randn_like(t) for k, t in p.items()}
            buffers = {k: b.clone() for k, b in net.named_buffers()}

            def outputs(q, t):
                return functional_call(net, (q, {k: b.clone() for k, b in buffers.items()}), (t,))

            def f(q, t=x):
                return (w * row_losses(loss, outputs(q, t), y)).mean()

            training = dict(
                value=f(p).item(), gradient=flat(net, grad(f)(p)), hvp=flat(net, jvp(grad(f), (p,), (v,))[1]),
                mixed=flat(net, jvp(lambda t: grad(f)(p, t), (x,), (dx,))[1]),
                vjp=flat(net, vjp(lambda q: outputs(q, x), p)[1](c)[0]),
                jvp=jvp(outputs, (p, x), (v, dx))[1].reshape(-1).tolist(),
            )
            net.eval()

            def hidden(q, t, count):
                """The activations of `count` layers."""
                stored, layer = dict(q), t
                for name, module in net.named_children():
                    own = {k[len(name) + 1:]: value for k, value in {**stored, **buffers}.items()
                           if k.startswith(name + ".")}
                    last = isinstance(module, torch.nn.Linear) and module is list(net.children())[-1]
                    layer = functional_call(module, own, (layer,))
                    if last or not isinstance(module, (torch.nn.Linear, torch.nn.BatchNorm1d)):
                        count -= 1
                    if count == 0:
                        return layer
                return layer

            def one(q, t, target):
                z = functional_call(net, (q, buffers), (t[None],))
                return row_losses(loss, z, target[None])[0]

            layers = [hidden(p, x, l) for l in (1, 2, 3)]

            def shifted(offsets):
                """The losses when offsets are added to the activations of every layer."""
                layer, at = x, 0
                for name, module in net.named_children():
                    layer = module(layer)
                    if at < len(offsets) and not isinstance(module, (torch.nn.Linear, torch.nn.BatchNorm1d)):
                        layer, at = layer + offsets[at], at + 1
                return row_losses(loss, layer + offsets[-1], y).sum()

            offsets = [torch.zeros_like(t) for t in layers]
            per_example = rows_flat(net, vmap(grad(one), (None, 0, 0))(p, x, y), n) * w[:, None]
            moved = rows_flat(net, vmap(grad(one), (None, 0, 0))(other, x, y), n) * w[:, None]
            mean = per_example.mean(0)
            direction = torch.tensor(flat(net, v))
            input_hessian = vmap(hessian(one, 1), (None, 0, 0))(p, x, y)
            cases.append(dict(
                activation=activation, loss=loss, bias=bias, batchNorm=norm, sizes=sizes, parameters=flat(net, p),
                inputs=x.reshape(-1).tolist(), targets=y.reshape(-1).tolist(), weights=w.tolist(),
                direction=flat(net, v), inputDirection=dx.reshape(-1).tolist(), other=flat(net, other),
                cotangents=c.reshape(-1).tolist(), hiddenCotangents=ch.reshape(-1).tolist(), training=training,
                losses=(w * row_losses(loss, net(x), y)).tolist(), activations=lists(layers),
                activationGradients=lists(grad(shifted)(offsets)),
                inputCotangents=vjp(lambda t: net(t), x)[1](c)[0].reshape(-1).tolist(),
                hiddenVjp=flat(net, {**{k: torch.zeros_like(t) for k, t in p.items()},
                                     **vjp(lambda q: hidden(q, x, 2), p)[1](ch)[0]}),
                inputHessianProduct=(input_hessian @ dx[:, :, None]).reshape(-1).tolist(),
                directional=(per_example @ direction).tolist(), norms=per_example.norm(dim=1).tolist(),
                innerProducts=(per_example @ per_example.T).reshape(-1).tolist(), meanGradient=mean.tolist(),
                meanProducts=(per_example @ mean).tolist(), distances=(per_example - mean).norm(dim=1).tolist(),
                variances=per_example.var(0).tolist(), differenceNorms=(per_example - moved).norm(dim=1).tolist(),
            ))
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
