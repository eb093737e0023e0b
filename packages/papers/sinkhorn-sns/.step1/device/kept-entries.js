import { BINS, countEntries, fillEntries, histogram, multiply, starts } from './entry-programs.js';
/** Exponent and two bits of the mantissa of a float32. */
const OCTAVES = 21;
const WORKGROUPS = 1024;
/** What a count of 32 bits can hold. */
const COUNTABLE = 4294967295;
const bits = new DataView(new ArrayBuffer(4));
/** The float32 of these bits. */
function float(word) {
    bits.setUint32(0, word);
    return bits.getFloat32(0);
}
/** The large entries of a plan on the device, by rows and by columns. */
export class KeptEntries {
    #passes;
    #stop;
    #bins;
    #counts;
    #starts;
    /** The arrays of the entries that are kept now. */
    #scope;
    #entries = null;
    constructor(scope, passes, stop) {
        const { n, m } = passes;
        this.#passes = passes;
        this.#stop = stop;
        this.#scope = passes.backend.scope();
        this.#bins = scope.array(BINS);
        this.#counts = scope.array(Math.max(n, m));
        this.#starts = { rows: scope.array(n + 1), columns: scope.array(m + 1) };
    }
    async #histogram({ F, G }, epsilon, low, shift) {
        const { backend, cost, n, m } = this.#passes;
        if (n * m > COUNTABLE)
            throw new RangeError(`Newton on a device: plan must be of at most ${COUNTABLE} entries, got one of ${n} x ${m}`);
        backend.clear(this.#bins);
        const workgroups = Math.min(n, WORKGROUPS);
        const numbers = { ...cost.numbers, n, m, inverse: 1 / epsilon, low, shift, workgroups };
        backend.run(histogram(cost.access), { ...cost.arrays, F, G, bins: this.#bins }, numbers, workgroups);
        return new Uint32Array((await backend.read(this.#bins)).buffer);
    }
    /**
     * Selects as few entries as leave out at most `mass` together (each counted as if it were the largest of its bin),
     * but at least `minimum`.
     */
    async byMass(pairs, epsilon, mass, minimum) {
        const counts = await this.#histogram(pairs, epsilon, 0, OCTAVES);
        let bin = 1;
        let kept = counts.reduce((sum, count) => sum + count, 0) - counts[0];
        let dropped = 0;
        for (; bin < BINS - 1; bin++) {
            const weight = counts[bin] * float((bin + 1) << OCTAVES);
            if (dropped + weight > mass || kept - counts[bin] < minimum)
                break;
            dropped += weight;
            kept -= counts[bin];
        }
        return { value: float(bin << OCTAVES), kept };
    }
    /** Selects the `count` largest entries: finds the bin of the last of them, ten bits finer each time. */
    async byCount(pairs, epsilon, count) {
        let low = 0;
        let above = 0;
        let kept = 0;
        for (let shift = OCTAVES; shift >= 0; shift = shift > 0 ? Math.max(0, shift - 10) : -1) {
            const counts = await this.#histogram(pairs, epsilon, low, shift);
            let bin = BINS - 1;
            while (bin > 0 && above + counts[bin] < count)
                above += counts[bin--];
            low += bin * (1 << shift);
            kept = above + counts[bin];
        }
        return { value: float(low), kept };
    }
    /** Collects the entries of at least the threshold, about `kept` of them, by rows and by columns. */
    collect({ F, G }, epsilon, { value, kept }) {
        const { backend, cost, n, m } = this.#passes;
        this.drop();
        // Another shader may round exponentials at the threshold the other way: some room for them.
        const room = kept + 1024;
        const collectSide = (side) => {
            const lines = this.#passes.length(side);
            const across = side === 'columns';
            const entries = { places: this.#scope.array(room), values: this.#scope.array(room) };
            const arrays = { ...cost.arrays, F, G, counts: this.#counts, starts: this.#starts[side], ...entries };
            const numbers = { ...cost.numbers, n, m, inverse: 1 / epsilon, threshold: value, room };
            backend.run(countEntries(cost.access, across), arrays, numbers, lines);
            backend.run(starts, { counts: this.#counts, begins: this.#starts[side] }, { n: lines }, 1);
            backend.run(fillEntries(cost.access, across), arrays, numbers, lines);
            return entries;
        };
        this.#entries = { rows: collectSide('rows'), columns: collectSide('columns') };
    }
    /** Writes y = A x (rows) or A'x (columns) with the collected entries, or with their squares. */
    multiply(side, x, y, square = false) {
        const lines = this.#passes.length(side);
        const entries = this.#entries[side];
        const arrays = { ...entries, starts: this.#starts[side], x, y, stop: this.#stop };
        this.#passes.backend.run(multiply(square), arrays, { n: lines, room: entries.places.length }, Math.ceil(lines / 8));
    }
    /** Frees the collected entries. */
    drop() {
        this.#scope.free();
        this.#entries = null;
    }
}
//# sourceMappingURL=kept-entries.js.map