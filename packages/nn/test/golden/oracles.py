"""Makes oracles.json: python test/golden/oracles.py > test/golden/oracles.json (PyTorch, float64)."""
import json
import torch
from torch.func import functional_call, grad, jvp, vjp

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)

ACTIVATIONS = {
    "identity": torch.nn.Identity, "relu": torch.nn.ReLU, "leaky-relu": torch.nn.LeakyReLU, "tanh": torch.nn.Tanh,
    "softplus": torch.nn.Softplus, "gelu": torch.nn.GELU,
}


class Erf(torch.nn.Module):
    def forward(self, x):
        return torch.erf(x)


ACTIVATIONS["erf"] = Erf


def loss_of(name, z, y):
    if name == "cross-entropy":
        return torch.nn.functional.cross_entropy(z, y)
    if name == "squared":
        return 0.5 * ((z - y) ** 2).sum(1).mean()
    if name == "logistic":
        return torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none").sum(1).mean()
    return torch.relu(1 - y * z).sum(1).mean()


def build(sizes, activation, bias, norm):
    layers = []
    for l in range(len(sizes) - 1):
        layers.append(torch.nn.Linear(sizes[l], sizes[l + 1], bias=bias))
        if l < len(sizes) - 2:
            if norm:
                layers.append(torch.nn.BatchNorm1d(sizes[l + 1]))
                torch.nn.init.normal_(layers[-1].weight, 1, 0.3)
                torch.nn.init.normal_(layers[-1].bias, 0, 0.3)
            layers.append(ACTIVATIONS[activation]())
    return torch.nn.Sequential(*layers)


def flat(net, tensors):
    """W (inputs x outputs), b, gamma, beta, layer by layer."""
    parts = []
    for name, module in net.named_children():
        for kind in ("weight", "bias"):
            key = f"{name}.{kind}"
            if key in tensors:
                t = tensors[key]
                parts.append((t.T if isinstance(module, torch.nn.Linear) and kind == "weight" else t).reshape(-1))
    return torch.cat(parts).tolist()


def main():
    cases = []
    sizes, n = [4, 6, 5, 3], 7
    for i, activation in enumerate(ACTIVATIONS):
        for j, loss in enumerate(("cross-entropy", "squared", "logistic", "hinge")):
            bias, norm = (i + j) % 2 == 0, (i // 2 + j) % 2 == 0
            net = build(sizes, activation, bias, norm)
            x = torch.randn(n, sizes[0])
            y = {"cross-entropy": torch.randint(0, 3, (n,)), "squared": torch.randn(n, 3),
                 "logistic": torch.rand(n, 3), "hinge": torch.randint(0, 2, (n, 3)) * 2.0 - 1}[loss]
            p = {k: v.detach() for k, v in net.named_parameters()}
            v = {k: torch.randn_like(t) for k, t in p.items()}
            buffers = {k: b.clone() for k, b in net.named_buffers()}

            def outputs(q):
                return functional_call(net, (q, {k: b.clone() for k, b in buffers.items()}), (x,))

            def f(q):
                return loss_of(loss, outputs(q), y)

            g = grad(f)(p)
            hv = jvp(grad(f), (p,), (v,))[1]
            z, jv = jvp(outputs, (p,), (v,))
            hz = jvp(grad(lambda t: loss_of(loss, t, y)), (z,), (jv,))[1]
            gv = vjp(outputs, p)[1](hz)[0]
            value = f(p).item()
            net(x)
            net.eval()
            per_input = torch.stack([grad(lambda t, k=k: loss_of(loss, net(t[None]), y[k:k + 1]))(x[k]) for k in range(n)])
            cases.append(dict(
                activation=activation, loss=loss, bias=bias, batchNorm=norm, sizes=sizes, parameters=flat(net, p),
                inputs=x.reshape(-1).tolist(), targets=y.reshape(-1).tolist(), direction=flat(net, v), value=value,
                gradient=flat(net, g), hvp=flat(net, hv), gnvp=flat(net, gv),
                evalOutputs=net(x).detach().reshape(-1).tolist(), inputGradient=per_input.reshape(-1).tolist(),
            ))
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
