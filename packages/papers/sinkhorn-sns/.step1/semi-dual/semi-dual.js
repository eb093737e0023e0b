import { exp, log } from '@opt/core';
/** Exponents of R are at most this: a row that gets far more than its mass would overflow. */
const LIMIT = 650;
/** Scalings beyond this are absorbed into the potentials: small numbers keep the digits that a small error needs. */
const STRAIN = 4;
/** Shares below this may have lost digits to underflow. */
const TINY = 1e-290;
/**
 * The dual as a function of the potential of the smaller side alone: the other potential is its soft-min, so that one
 * marginal is always exact. Everything is in logarithms and relative to the mass of a row or column,
 *
 *     R_ij = P_ij / a_i,   T_ij = P_ij / b_j,   residual_i = 1 - sum_j R_ij,
 *
 * so that masses of any size work, and plans whose entries doubles cannot hold. Potentials are f plus epsilon times a
 * scaling phi of about 1: the rounding of f and of the exponents is then a fixed small change of the cost, and does not
 * limit the error.
 */
export class SemiDual {
    /** Points of the smaller and of the larger side. */
    small;
    large;
    R;
    T;
    residual;
    /** The points of the small side by descending mass. */
    order;
    /** L1 error of the small side; the large side is exact. */
    error = Infinity;
    epsilon = 1;
    phi;
    #gamma;
    #f;
    #g;
    /** (f_i + g_j - C_ij) / epsilon, small x large. */
    #E;
    #mass;
    #logs;
    #problem;
    #wide;
    constructor(problem) {
        const { a, b } = problem;
        this.#problem = problem;
        this.#wide = a.length <= b.length;
        this.#mass = this.#wide ? [a, b] : [b, a];
        this.#logs = [this.#mass[0].map(log), this.#mass[1].map(log)];
        this.small = this.#mass[0].length;
        this.large = this.#mass[1].length;
        const vectors = (n) => [new Float64Array(n), new Float64Array(n)];
        [this.phi, this.#f] = vectors(this.small);
        [this.#gamma, this.#g] = vectors(this.large);
        this.residual = new Float64Array(this.small);
        const [masses] = this.#mass;
        this.order = Int32Array.from(masses.keys()).sort((i, k) => masses[k] - masses[i] || i - k);
        const entries = a.length * b.length;
        this.#E = new Float64Array(entries);
        [this.R, this.T] = vectors(entries);
    }
    /** Starts at potentials f and g of the problem's rows and columns. */
    start({ f, g }, epsilon) {
        this.epsilon = epsilon;
        this.#f.set(this.#wide ? f : g);
        this.#g.set(this.#wide ? g : f);
        this.phi.fill(0);
        this.#gamma.fill(0);
        this.#exponents();
    }
    potentials() {
        const f = this.#f.map((v, i) => v + this.epsilon * this.phi[i]);
        const g = this.#g.map((v, j) => v + this.epsilon * this.#gamma[j]);
        return this.#wide ? { f, g } : { f: g, g: f };
    }
    #exponents() {
        const { data: C, stride } = this.#problem.C;
        const [s, l] = this.#wide ? [stride, 1] : [1, stride];
        for (let i = 0, k = 0; i < this.small; i++)
            for (let j = 0; j < this.large; j++, k++)
                this.#E[k] = (this.#f[i] - C[i * s + j * l] + this.#g[j]) / this.epsilon;
    }
    /** Sets phi to the soft-min of the other potential: Sinkhorn's step of the small side. */
    balance() {
        if (strained(this.phi) || strained(this.#gamma))
            this.#absorb();
        const logs = this.#logs[1];
        for (let i = 0; i < this.small; i++) {
            const at = i * this.large;
            let high = -Infinity;
            for (let j = 0; j < this.large; j++)
                high = Math.max(high, this.#E[at + j] + this.#gamma[j] + logs[j]);
            let sum = 0;
            for (let j = 0; j < this.large; j++)
                sum += exp(this.#E[at + j] + this.#gamma[j] + logs[j] - high);
            this.phi[i] = -high - log(sum);
        }
    }
    /** Makes Sinkhorn's step of the large side; computes R, T, the residual and the error. */
    evaluate() {
        const { small, large, phi, R, T } = this;
        const [logs, others] = this.#logs;
        for (let j = 0; j < large; j++) {
            let high = -Infinity;
            for (let i = 0; i < small; i++)
                high = Math.max(high, this.#E[i * large + j] + phi[i] + logs[i]);
            let sum = 0;
            for (let i = 0; i < small; i++)
                sum += T[i * large + j] = exp(this.#E[i * large + j] + phi[i] + logs[i] - high);
            this.#gamma[j] = -high - log(sum);
            for (let i = 0; i < small; i++)
                T[i * large + j] /= sum;
        }
        this.error = 0;
        for (let i = 0, k = 0; i < small; i++) {
            let sum = 0;
            for (let j = 0; j < large; j++, k++)
                sum += R[k] = exp(Math.min(LIMIT, this.#E[k] + phi[i] + this.#gamma[j] + others[j]));
            this.residual[i] = 1 - sum;
            this.error += Math.abs(this.#mass[0][i] * this.residual[i]);
        }
    }
    #absorb() {
        for (let i = 0; i < this.small; i++)
            this.#f[i] += this.epsilon * this.phi[i];
        for (let j = 0; j < this.large; j++)
            this.#g[j] += this.epsilon * this.#gamma[j];
        this.phi.fill(0);
        this.#gamma.fill(0);
        this.#exponents();
    }
    /** Derivative of the dual along a direction of phi, in units of epsilon. */
    slope(direction) {
        let sum = 0;
        for (let i = 0; i < this.small; i++)
            sum += this.#mass[0][i] * this.residual[i] * direction[i];
        return sum;
    }
    /** Writes P into a matrix of the problem's shape and stride: b_j T_ij, or a_i R_ij where T_ij underflows. */
    writePlan(out) {
        const { R, T } = this;
        const { stride } = this.#problem.C;
        const [s, l] = this.#wide ? [stride, 1] : [1, stride];
        const [masses, others] = this.#mass;
        for (let i = 0, k = 0; i < this.small; i++)
            for (let j = 0; j < this.large; j++, k++)
                out[i * s + j * l] = T[k] > TINY ? others[j] * T[k] : masses[i] * R[k];
    }
}
function strained(scalings) {
    for (let k = 0; k < scalings.length; k++)
        if (!(Math.abs(scalings[k]) < STRAIN))
            return true;
    return false;
}
//# sourceMappingURL=semi-dual.js.map