import { deviceCost } from './cost.js';
import { KeptEntries } from './kept-entries.js';
import { newtonDirection } from './newton-direction.js';
import { PlanPasses } from './plan-passes.js';
import { DevicePotentials } from './potentials.js';
import { distance, fit, marginal, survey } from './step-programs.js';
/** Sinkhorn iterations are queued in batches of about so many milliseconds, and at most so many. */
const MILLISECONDS = 30;
const AT_MOST = 64;
/** Marginals below this have underflowed. */
const EMPTY = 1e-36;
/** What float32 leaves of the rows' L1 error after they were set right (at most 3e-7 was seen); added to the error. */
const ROWS_ARE_EXACT_TO = 5e-7;
/**
 * A transport plan whose problem, potentials and marginals are on a device; P itself is computed wherever it is
 * needed.
 */
export class DevicePlan {
    rows;
    columns;
    floor = 5e-6;
    strained = false;
    #backend;
    #scope;
    #potentials;
    #passes;
    #kept;
    /** Set where queued iterations have reached their target: what follows does nothing. */
    #stop;
    #errors;
    #survey;
    #sides;
    #logMass;
    /** Whether the log-sums of the columns belong to the present potentials: the next iteration then begins with them. */
    #begun = false;
    #ahead = [];
    #batch = 1;
    #threshold = null;
    constructor(backend, problem) {
        const { a, b } = problem;
        this.#backend = backend;
        this.rows = a.length;
        this.columns = b.length;
        const scope = backend.scope();
        this.#scope = scope;
        try {
            this.#stop = scope.array(1);
            const cost = deviceCost(backend, scope, problem);
            this.#passes = new PlanPasses(backend, scope, cost, a.length, b.length, this.#stop);
            this.#kept = new KeptEntries(scope, this.#passes, this.#stop);
            this.#errors = scope.array(AT_MOST);
            this.#survey = scope.array(8);
            const side = (mass) => ({
                length: mass.length,
                mass: scope.array(mass),
                marginal: scope.array(mass.length),
                direction: scope.array(mass.length),
            });
            this.#sides = { rows: side(a), columns: side(b) };
            this.#logMass = { rows: scope.array(problem.logA), columns: scope.array(problem.logB) };
            this.#potentials = new DevicePotentials(backend, scope, problem);
        }
        catch (error) {
            scope.free();
            throw error;
        }
    }
    get epsilon() {
        return this.#potentials.epsilon;
    }
    setPotentials(potentials, epsilon) {
        this.#potentials.set(potentials, epsilon);
        this.#restart();
    }
    potentials() {
        return this.#potentials.read();
    }
    /** In the log domain nothing under- or overflows. */
    evaluate() {
        this.#restart();
    }
    absorb() {
        this.#restart();
    }
    #restart() {
        this.#begun = false;
        this.#ahead = [];
        this.#backend.clear(this.#stop);
    }
    sinkhorn(ahead, target) {
        return this.#ahead.shift() ?? this.#iterate(Math.min(ahead + 1, this.#batch), target);
    }
    async #iterate(iterations, target) {
        const start = performance.now();
        for (let k = 0; k < iterations; k++) {
            if (this.#begun)
                this.#fit('columns');
            this.#begun = true;
            this.#logSums('rows');
            this.#fit('rows');
            this.#logSums('columns');
            this.#marginal('columns');
            this.#distance('columns', k, ROWS_ARE_EXACT_TO, target);
        }
        const errors = (await this.#backend.read(this.#errors)).subarray(0, iterations);
        const elapsed = performance.now() - start;
        if (elapsed < MILLISECONDS && iterations === this.#batch)
            this.#batch = Math.min(AT_MOST, 2 * this.#batch);
        else if (elapsed > 4 * MILLISECONDS)
            this.#batch = Math.max(1, this.#batch >> 1);
        this.#ahead = [...errors];
        return this.#ahead.shift();
    }
    async balance() {
        this.#restart();
        this.#logSums('rows');
        this.#fit('rows');
        this.#logSums('columns');
        this.#fit('columns');
        return this.error();
    }
    async error() {
        this.#marginals();
        this.#distance('rows', 0, 0, -1);
        this.#distance('columns', 1, 0, -1);
        const errors = await this.#backend.read(this.#errors);
        return errors[0] + errors[1];
    }
    async thresholdByMass(mass, minimum) {
        this.#threshold = await this.#kept.byMass(this.#potentials.now, this.epsilon, mass, minimum);
        return this.#threshold;
    }
    async thresholdByCount(count) {
        this.#threshold = await this.#kept.byCount(this.#potentials.now, this.epsilon, count);
        return this.#threshold;
    }
    async direct(threshold, tolerance) {
        const { epsilon } = this;
        const { now } = this.#potentials;
        const kept = this.#kept;
        if (threshold !== null)
            kept.collect(now, epsilon, this.#threshold);
        const multiply = (side, x, y, square = false) => {
            if (threshold !== null)
                kept.multiply(side, x, y, square);
            else
                this.#passes.sums(square ? 'square' : 'product', side, now, epsilon, { w: x, out: y });
        };
        const cg = await newtonDirection(this.#backend, this.#sides, multiply, { epsilon, tolerance, stop: this.#stop });
        kept.drop();
        const { slope, reach } = await this.#surveyed();
        return { cg, slope, reach };
    }
    async tryStep(alpha) {
        this.#potentials.try(alpha, this.#sides);
        this.#marginals(this.#potentials.trial);
        const { slope, least } = await this.#surveyed();
        return { slope, empty: !(least > EMPTY) };
    }
    accept() {
        this.#potentials.accept();
        this.#restart();
    }
    async read() {
        this.#restart();
        const { rows, columns } = this.#sides;
        this.#marginals();
        const costs = this.#scope.array(this.rows);
        this.#passes.sums('cost', 'rows', this.#potentials.now, this.epsilon, { out: costs });
        const arrays = await this.#backend.readAll([rows.marginal, columns.marginal, costs]);
        const [r, c, byRow] = arrays.map((array) => Float64Array.from(array));
        return { ...(await this.potentials()), r, c, cost: byRow.reduce((sum, cost) => sum + cost, 0) };
    }
    free() {
        this.#kept.drop();
        this.#scope.free();
    }
    #logSums(side, pairs = this.#potentials.now) {
        this.#passes.logSums(side, pairs, this.epsilon);
    }
    #fit(side) {
        const { lines, count } = this.#passes.lines(side);
        const { now, grid, epsilon } = this.#potentials;
        const F = side === 'rows' ? now.F : now.G;
        const arrays = { lines, log_mass: this.#logMass[side], F, stop: this.#stop };
        this.#backend.run(fit, arrays, { n: this.#sides[side].length, count, epsilon, grid });
    }
    #marginal(side) {
        const { lines, count } = this.#passes.lines(side);
        const { length, marginal: r } = this.#sides[side];
        this.#backend.run(marginal, { lines, r }, { n: length, count });
    }
    #marginals(pairs = this.#potentials.now) {
        for (const side of ['rows', 'columns']) {
            this.#logSums(side, pairs);
            this.#marginal(side);
        }
    }
    #distance(side, at, rounding, goal) {
        const { length, marginal: r, mass } = this.#sides[side];
        const arrays = { r, a: mass, errors: this.#errors, stop: this.#stop };
        this.#backend.run(distance, arrays, { n: length, at, rounding, goal }, 1);
    }
    /** Slope along the direction at the present marginals, how far it reaches, the least marginal. */
    async #surveyed() {
        const { rows, columns } = this.#sides;
        for (const [at, { length, mass, marginal: r, direction: d }] of [[0, rows], [4, columns]])
            this.#backend.run(survey, { a: mass, r, d, out: this.#survey }, { n: length, at }, 1);
        const [sx, lowX, highX, leastX, sy, lowY, highY, leastY] = await this.#backend.read(this.#survey);
        const reach = Math.max(Math.abs(highX + highY), Math.abs(lowX + lowY));
        return { slope: sx + sy, reach, least: Math.min(leastX, leastY) };
    }
}
//# sourceMappingURL=device-plan.js.map