import { number, vector } from '@opt/core';
// The exponent of a double and two bits of its mantissa: bins a quarter of an octave wide, found without a logarithm.
const BINS = 8192;
const SHIFT = 18;
/** The smallest double of a bin. */
function lowerEdge(bin) {
    return new Float64Array(Uint32Array.of(0, bin << SHIFT).buffer)[0];
}
/** Counts and sums the entries of at least `floor` by bins; `rest` is the sum of the others. */
function histogram({ rows, columns, data, stride }, floor = 0) {
    const count = new Int32Array(BINS);
    const mass = new Float64Array(BINS);
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
    let rest = 0;
    for (let i = 0; i < rows; i++)
        for (let k = i * stride, end = k + columns; k < end; k++) {
            const p = data[k];
            if (p < floor) {
                rest += p;
                continue;
            }
            const bin = words[2 * k + 1] >>> SHIFT;
            count[bin]++;
            mass[bin] += p;
        }
    return { count, mass, floor, rest };
}
/** Finds the highest threshold that drops at most `mass` together and keeps at least `minimum` positive entries. */
export function thresholdByMass(plan, mass, minimum) {
    // Entries below the average share of `mass` add up to less than `mass`: most of a sparse plan needs no bin.
    const bins = histogram(plan, mass / (plan.rows * plan.columns));
    const found = climb(bins, mass, minimum);
    return found.kept >= minimum ? found : climb(histogram(plan), mass, minimum);
}
/** Climbs the bins as long as the entries below drop no more than `mass` and leave at least `minimum`. */
function climb({ count, mass: weight, floor, rest }, mass, minimum) {
    let bin = 1;
    let kept = count.reduce((sum, c) => sum + c, 0) - count[0];
    let dropped = rest + weight[0];
    while (bin < BINS - 1 && dropped + weight[bin] <= mass && kept - count[bin] >= minimum) {
        dropped += weight[bin];
        kept -= count[bin];
        bin++;
    }
    return { value: Math.max(floor, lowerEdge(bin)), kept };
}
/** Finds the exact threshold of the `count` largest entries; ties at the threshold are all kept. */
export function thresholdByCount(plan, count) {
    const bins = histogram(plan);
    let bin = BINS - 1;
    let above = 0;
    while (bin > 0 && above + bins.count[bin] < count)
        above += bins.count[bin--];
    const low = lowerEdge(bin);
    const high = bin + 1 < BINS ? lowerEdge(bin + 1) : Infinity;
    const inside = [];
    for (let i = 0; i < plan.rows; i++)
        for (let k = i * plan.stride, end = k + plan.columns; k < end; k++) {
            const p = plan.data[k];
            if (p >= low && p < high)
                inside.push(p);
        }
    inside.sort((x, y) => y - x);
    const value = inside[Math.min(count - above, inside.length) - 1];
    return { value, kept: above + inside.filter((p) => p >= value).length };
}
/** Writes the entries of at least `threshold` into arrays that are long enough. */
export function keepEntries(plan, threshold, into) {
    const { rows, columns, data, stride } = plan;
    const { indptr, indices, values } = into;
    let k = 0;
    for (let i = 0; i < rows; i++) {
        const row = i * stride;
        for (let j = 0; j < columns; j++) {
            const p = data[row + j];
            if (p >= threshold) {
                indices[k] = j;
                values[k++] = p;
            }
        }
        indptr[i + 1] = k;
    }
}
/** Writes the transpose of a sparse matrix into arrays that are long enough. */
export function transposeInto({ rows, columns, indptr, indices, values }, into, next) {
    const entries = indptr[rows];
    into.indptr.fill(0);
    for (let k = 0; k < entries; k++)
        into.indptr[indices[k] + 1]++;
    for (let j = 0; j < columns; j++) {
        into.indptr[j + 1] += into.indptr[j];
        next[j] = into.indptr[j];
    }
    for (let i = 0; i < rows; i++)
        for (let k = indptr[i]; k < indptr[i + 1]; k++) {
            const at = next[indices[k]]++;
            into.indices[at] = i;
            into.values[at] = values[k];
        }
}
/**
 * Sums the mass outside the `keep` largest entries of a plan: how well a sparse matrix approximates it (the quantity of
 * the paper's Theorem 1).
 *
 * @param entries nonnegative, in any order.
 * @param keep a nonnegative integer.
 * @throws TypeError or RangeError naming the argument that is wrong.
 */
export function droppedMass(entries, keep) {
    const sorted = vector(entries, 'droppedMass: entries', { sign: 'nonnegative' }).slice().sort();
    number(keep, 'droppedMass: keep', { integer: true, min: 0 });
    let sum = 0;
    for (let k = 0; k < sorted.length - keep; k++)
        sum += sorted[k];
    return sum;
}
//# sourceMappingURL=sparsify.js.map