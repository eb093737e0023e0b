import { along } from './step-programs.js';
/** Grid of potentials that are about 1. */
const GRID = 1 / 1048576;
/** Potentials on the device, as pairs of a multiple of a grid and a rest; and those of a tried step. */
export class DevicePotentials {
    epsilon = 1;
    grid = GRID;
    now;
    trial;
    #backend;
    #problem;
    constructor(backend, scope, problem) {
        this.#backend = backend;
        this.#problem = problem;
        const { a, b } = problem;
        const pairs = () => ({ F: scope.array(2 * a.length), G: scope.array(2 * b.length) });
        this.now = pairs();
        this.trial = pairs();
    }
    set({ f, g }, epsilon) {
        const { a, b, logA, logB } = this.#problem;
        this.epsilon = epsilon;
        this.grid = GRID;
        while (this.grid < 8 * GRID * epsilon)
            this.grid *= 2;
        // F + G is what counts: both about the same size.
        const tilt = (inner(b, g) - inner(a, f)) / 2;
        this.#backend.write(this.now.F, this.#pairs(f, tilt, logA));
        this.#backend.write(this.now.G, this.#pairs(g, -tilt, logB));
    }
    #pairs(potential, tilt, logMass) {
        const pairs = new Float32Array(2 * potential.length);
        for (let i = 0; i < potential.length; i++) {
            const value = potential[i] + tilt + this.epsilon * logMass[i];
            pairs[2 * i] = Math.round(value / this.grid) * this.grid;
            pairs[2 * i + 1] = value - pairs[2 * i];
        }
        return pairs;
    }
    async read() {
        const [F, G] = await this.#backend.readAll([this.now.F, this.now.G]);
        const whole = (pairs, logMass) => logMass.map((l, i) => pairs[2 * i] + pairs[2 * i + 1] - this.epsilon * l);
        return { f: whole(F, this.#problem.logA), g: whole(G, this.#problem.logB) };
    }
    /** Sets the tried ones `alpha` times the direction on. */
    try(alpha, { rows, columns }) {
        for (const [name, { length, direction }] of [['F', rows], ['G', columns]]) {
            const arrays = { start: this.now[name], d: direction, F: this.trial[name] };
            this.#backend.run(along, arrays, { n: length, alpha, grid: this.grid });
        }
    }
    /** Makes the tried ones the present ones. */
    accept() {
        ;
        [this.now, this.trial] = [this.trial, this.now];
    }
}
function inner(x, y) {
    let sum = 0;
    for (let i = 0; i < x.length; i++)
        sum += x[i] * y[i];
    return sum;
}
//# sourceMappingURL=potentials.js.map