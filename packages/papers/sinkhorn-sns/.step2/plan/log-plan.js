import { allocate, exp, log, matrixView } from '@opt/core';
import { transportKernels } from '@opt/core/transport';
/** Rows of the cost that are in memory at a time. */
const BLOCK = 32;
/** Sinkhorn in the log domain on a cost that is read row by row: needs O(n + m) numbers beside it. */
export class LogPlan {
    /** The potentials carry everything here: no scaling ever strains. */
    strained = false;
    #problem;
    #kernels;
    #views;
    #r;
    #c;
    #epsilon = 1;
    #fresh = true;
    #cost = 0;
    constructor(problem) {
        const [n, m] = [problem.a.length, problem.b.length];
        const { kernels, ...views } = allocate([transportKernels], (space) => ({
            block: space.f64(BLOCK * m),
            a: space.f64(n),
            b: space.f64(m),
            F: space.f64(n),
            G: space.f64(m),
            z: space.f64(m),
            part: space.f64(m),
            scratch: space.f64(m),
        }));
        views.a.set(problem.a);
        views.b.set(problem.b);
        this.#problem = problem;
        this.#kernels = kernels;
        this.#views = views;
        this.#r = new Float64Array(n);
        this.#c = new Float64Array(m);
    }
    setPotentials({ f, g }, epsilon) {
        const { a, b, F, G } = this.#views;
        for (let i = 0; i < f.length; i++)
            F[i] = f[i] + epsilon * log(a[i]);
        for (let j = 0; j < g.length; j++)
            G[j] = g[j] + epsilon * log(b[j]);
        this.#epsilon = epsilon;
    }
    evaluate() {
        this.#fresh = true;
    }
    /** Columns by the last sums, then rows and the new column sums in one pass: one exponential an entry. */
    sinkhorn() {
        const { b, G, z, part, scratch } = this.#views;
        const m = b.length;
        if (!this.#fresh)
            for (let j = 0; j < m; j++)
                G[j] += this.#epsilon * log(b[j] / z[j]);
        this.#fresh = false;
        z.fill(0);
        this.#eachBlock((from, rows) => {
            const a = this.#views.a.subarray(from, from + rows);
            const F = this.#views.F.subarray(from, from + rows);
            const C = matrixView(this.#views.block, rows, m);
            this.#kernels.sinkhornRow(C, a, F, G, this.#epsilon, part, scratch);
            for (let j = 0; j < m; j++)
                z[j] += part[j];
            for (let i = 0; i < rows; i++)
                if (F[i] === -Infinity)
                    F[i] = this.#lightRow(i, a[i]);
        });
        for (let j = 0; j < m; j++)
            if (!(z[j] > 1e-300))
                z[j] = this.#underflowed(j);
        let error = 0;
        for (let j = 0; j < m; j++)
            error += Math.abs(z[j] - b[j]);
        return error;
    }
    /**
     * The potential of a row in the block whose mass is so small that mass / sum underflowed; it adds nothing to the
     * sums.
     */
    #lightRow(i, mass) {
        const { G, block } = this.#views;
        const exponents = G.map((g, j) => (g - block[i * G.length + j]) / this.#epsilon);
        return this.#epsilon * (log(mass) - logSumExp(exponents));
    }
    /** Raises the potential of a column whose sum underflowed to its soft-min in the log domain; returns the sum. */
    #underflowed(j) {
        const { b, F, G } = this.#views;
        const row = new Float64Array(b.length);
        const exponents = new Float64Array(F.length);
        for (let i = 0; i < exponents.length; i++) {
            this.#problem.writeCost(row, row.length, i, i + 1);
            exponents[i] = (F[i] - row[j]) / this.#epsilon;
        }
        G[j] = this.#epsilon * (log(b[j]) - logSumExp(exponents));
        return b[j];
    }
    #eachBlock(work) {
        const { a, b, block } = this.#views;
        for (let from = 0; from < a.length; from += BLOCK) {
            const rows = Math.min(BLOCK, a.length - from);
            this.#problem.writeCost(block, b.length, from, from + rows);
            work(from, rows);
        }
    }
    /** Computes the marginals and the cost of the plan. */
    absorb() {
        const { block, F, G } = this.#views;
        const m = G.length;
        this.#cost = 0;
        this.#c.fill(0);
        this.#eachBlock((from, rows) => {
            for (let i = 0; i < rows; i++) {
                let sum = 0;
                for (let j = 0; j < m; j++) {
                    const cost = block[i * m + j];
                    const p = exp((F[from + i] + G[j] - cost) / this.#epsilon);
                    sum += p;
                    this.#c[j] += p;
                    this.#cost += p * cost;
                }
                this.#r[from + i] = sum;
            }
        });
    }
    read() {
        const { a, b, F, G } = this.#views;
        return {
            f: Float64Array.from(a, (mass, i) => F[i] - this.#epsilon * log(mass)),
            g: Float64Array.from(b, (mass, j) => G[j] - this.#epsilon * log(mass)),
            r: this.#r,
            c: this.#c,
            cost: this.#cost,
        };
    }
}
function logSumExp(exponents) {
    const high = exponents.reduce((h, x) => Math.max(h, x), -Infinity);
    return high + log(exponents.reduce((s, x) => s + exp(x - high), 0));
}
//# sourceMappingURL=log-plan.js.map