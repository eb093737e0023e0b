import { log } from '@opt/core';
import { largestFlow } from './problem/allowed.js';
import { transportSolution } from './solution.js';
/** The answer where no plan has the marginals: a largest possible flow, with potentials 0. */
export function infeasibleAnswer(problem) {
    const { a, b, mass, highest, infeasible } = problem;
    const { sent } = largestFlow(problem, highest).flow;
    const [n, m] = [a.length, b.length];
    const [r, c] = [new Float64Array(n), new Float64Array(m)];
    const row = new Float64Array(m);
    const writeRow = (i, out) => sent.forEach((from, j) => (out[j] = from.get(i) ?? 0));
    let [cost, kl] = [0, 0];
    const costs = new Float64Array(m);
    for (let i = 0; i < n; i++) {
        writeRow(i, row);
        problem.writeCost(costs, m, i, i + 1);
        for (let j = 0; j < m; j++) {
            r[i] += row[j];
            c[j] += row[j];
            cost += row[j] * costs[j];
            kl += a[i] * b[j] * mass - row[j];
            if (row[j] > 0)
                kl += row[j] * (log(row[j] / a[i]) - log(b[j]) - log(mass));
        }
    }
    const readout = { f: new Float64Array(n), g: new Float64Array(m), r, c, cost, writeRow };
    return { ...transportSolution(problem, readout), kl: mass * kl, status: 'infeasible', message: infeasible };
}
//# sourceMappingURL=infeasible.js.map