import { COLUMNS, columnPass, gather, ROWS, rowPass } from './pass-programs.js';
/** Workgroups that fill a large device. */
const MANY = 2048;
/** Rows of a matrix that a thread group adds up at least before parts are put together. */
const LEAST = 32;
/** Sums along rows and columns of a plan that is never in memory. */
export class PlanPasses {
    n;
    m;
    backend;
    cost;
    #stop;
    /** Parts that the sum of a column comes in. */
    #parts;
    #chunk;
    #tiles;
    #lines;
    constructor(backend, scope, cost, n, m, stop) {
        this.backend = backend;
        this.cost = cost;
        this.n = n;
        this.m = m;
        this.#stop = stop;
        this.#tiles = Math.ceil(m / COLUMNS);
        this.#chunk = Math.max(LEAST, Math.ceil((n * this.#tiles) / MANY));
        this.#parts = cost.access.kind === 'matrix' ? Math.ceil(n / this.#chunk) : 1;
        this.#lines = { rows: scope.array(2 * n), columns: scope.array(2 * m * this.#parts) };
    }
    length(side) {
        return side === 'rows' ? this.n : this.m;
    }
    /** Where {@link logSums} leaves its parts, and how many there are for each line. */
    lines(side) {
        return { lines: this.#lines[side], count: side === 'rows' ? 1 : this.#parts };
    }
    /** Computes the log-sum-exp of each line of exponents. */
    logSums(side, pairs, epsilon) {
        this.#pass('lse', side, pairs, epsilon, { out: this.#lines[side] });
    }
    /** Writes P w (rows) or P'w (columns) to out; with 'square' of the squared entries, with 'cost' the sums of P C. */
    sums(mode, side, pairs, epsilon, { out, ...weights }) {
        const inParts = side === 'columns' && this.#parts > 1;
        const lines = this.#lines.columns;
        this.#pass(mode, side, pairs, epsilon, { ...weights, out: inParts ? lines : out });
        if (inParts)
            this.backend.run(gather, { parts_of: lines, out }, { n: this.m, count: this.#parts });
    }
    #pass(mode, side, { F, G }, epsilon, given) {
        const { backend, n, m } = this;
        const { access } = this.cost;
        const arrays = { ...this.cost.arrays, F, G, stop: this.#stop, ...given };
        const numbers = { ...this.cost.numbers, n, m, inverse: 1 / epsilon, chunk: this.#chunk, tiles: this.#tiles };
        if (side === 'columns' && access.kind === 'matrix')
            backend.run(columnPass(access, mode), arrays, numbers, this.#parts * this.#tiles);
        else
            backend.run(rowPass(access, mode, side === 'columns'), arrays, numbers, Math.ceil(this.length(side) / ROWS));
    }
}
//# sourceMappingURL=plan-passes.js.map