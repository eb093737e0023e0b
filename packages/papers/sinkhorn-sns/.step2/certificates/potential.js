import { exp, matrix, number, options, vector } from '@opt/core';
import ndarray from 'ndarray';
/**
 * Evaluates the concave dual of entropic transport with its gradient (the paper's Lyapunov potential, equation 3, in
 * the KL form):
 *
 *     D(f, g) = <a, f> + <b, g> - epsilon (sum P - sum a b')
 *
 * Its Hessian is -1/epsilon [diag(P 1)  P; P'  diag(P' 1)].
 *
 * @param cost n x m; Infinity forbids a pair.
 * @param a n nonnegative masses.
 * @param b m nonnegative masses.
 * @param at potentials of lengths n and m, and a positive epsilon.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function potential(cost, a, b, at) {
    const { C, from, to, F, G, epsilon } = checkPotentials('potential', cost, a, b, options(at, 'potential: at'));
    const [n, m] = C.shape;
    const plan = new Float64Array(n * m);
    const gradF = from.slice();
    const gradG = to.slice();
    let value = 0;
    for (let i = 0; i < n; i++) {
        value += from[i] * F[i];
        for (let j = 0; j < m; j++) {
            const ab = from[i] * to[j];
            const p = ab === 0 ? 0 : ab * exp((F[i] + G[j] - C.data[i * m + j]) / epsilon);
            plan[i * m + j] = p;
            gradF[i] -= p;
            gradG[j] -= p;
            value -= epsilon * (p - ab);
        }
    }
    for (let j = 0; j < m; j++)
        value += to[j] * G[j];
    return { value, gradF, gradG, plan: ndarray(plan, [n, m]) };
}
/** Checks a problem and its potentials; error messages name the calling function. */
export function checkPotentials(name, cost, a, b, { f, g, epsilon }) {
    const C = matrix(cost, `${name}: cost`, { infinity: true });
    const [n, m] = C.shape;
    return {
        C,
        from: vector(a, `${name}: a`, { length: n, sign: 'nonnegative' }),
        to: vector(b, `${name}: b`, { length: m, sign: 'nonnegative' }),
        F: vector(f, `${name}: f`, { length: n }),
        G: vector(g, `${name}: g`, { length: m }),
        epsilon: number(epsilon, `${name}: epsilon`, { positive: true }),
    };
}
//# sourceMappingURL=potential.js.map