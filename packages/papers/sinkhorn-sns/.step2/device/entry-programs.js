import { sharedProgram, WORKGROUP } from '@opt/core/program';
import { planAccess } from './pass-programs.js';
/** Bins of a histogram. */
export const BINS = 1024;
/**
 * Counts the entries of P in each of {@link BINS} bins: the bits of a positive float32, minus `low`, over 2^shift. With
 * low = 0 and shift = 21 a bin is a quarter of an octave.
 */
export const histogram = (access) => sharedProgram(`histogram, ${access.kind}`, () => {
    const { reads, numbers, helpers } = planAccess(access, 'cost');
    return {
        reads,
        writes: ['bins: atomic<u32>'],
        numbers: [...numbers, 'low: u32', 'shift: u32', 'workgroups: u32'],
        helpers: `${helpers} var<workgroup> counts: array<atomic<u32>, ${BINS}>;`,
        body: `
  for (var i = group; i < p.n; i += p.workgroups) {
    let f = F[i]; let row = row_at(i);
    for (var j = t; j < p.m; j += ${WORKGROUP}u) {
      let bits = bitcast<u32>(exp(exponent(f, G[j], cost(row, column_at(j)))));
      let bin = (bits - p.low) >> p.shift;
      if (bits >= p.low && bin < ${BINS}u) { atomicAdd(&counts[bin], 1u); }
    }
  }
  workgroupBarrier();
  for (var k = t; k < ${BINS}u; k += ${WORKGROUP}u) { atomicAdd(&bins[k], atomicLoad(&counts[k])); }`,
    };
});
/**
 * The line of a workgroup, `across` a column, and WGSL for its entry x in place j; `taken` when it reaches the
 * threshold.
 */
function lineOf(across) {
    const [own, other, length] = across ? ['G', 'F', 'n'] : ['F', 'G', 'm'];
    const cost = across ? 'row_at(j), at_own' : 'at_own, column_at(j)';
    return {
        length,
        open: `let own = ${own}[group]; let at_own = ${across ? 'column_at' : 'row_at'}(group);`,
        entry: `
    var x = 0.0;
    if (j < p.${length}) { x = exp(exponent(own, ${other}[j], cost(${cost}))); }
    let taken = j < p.${length} && x >= p.threshold;`,
    };
}
/** Counts the entries of at least `threshold` in each line. */
export const countEntries = (access, across) => sharedProgram(`count ${across ? 'columns' : 'rows'}, ${access.kind}`, () => {
    const { reads, numbers, helpers } = planAccess(access, 'cost');
    const { open, entry, length } = lineOf(across);
    return {
        reads,
        writes: ['counts: u32'],
        numbers: [...numbers, 'threshold'],
        helpers,
        body: `
  ${open}
  var count = 0.0;
  for (var j = t; j < p.${length}; j += ${WORKGROUP}u) {${entry}
    if (taken) { count += 1.0; }
  }
  let all = sum_all(count, t);
  if (t == 0u) { counts[group] = u32(all); }`,
    };
});
/** Writes places and values of the entries of at least `threshold`, line by line, in order. */
export const fillEntries = (access, across) => sharedProgram(`fill ${across ? 'columns' : 'rows'}, ${access.kind}`, () => {
    const { reads, numbers, helpers } = planAccess(access, 'cost');
    const { open, entry, length } = lineOf(across);
    return {
        reads: [...reads, 'starts: u32'],
        writes: ['places: u32', 'values'],
        numbers: [...numbers, 'threshold', 'room: u32'],
        // The place of a thread among those whose entry is taken: the bits below its own.
        helpers: `${helpers} var<workgroup> takers: array<atomic<u32>, ${WORKGROUP / 32}>;`,
        body: `
  ${open}
  var at = starts[group];
  let end = min(starts[group + 1u], p.room);
  for (var first = 0u; first < p.${length}; first += ${WORKGROUP}u) {
    let j = first + t;${entry}
    if (t < ${WORKGROUP / 32}u) { atomicStore(&takers[t], 0u); }
    workgroupBarrier();
    if (taken) { atomicOr(&takers[t / 32u], 1u << (t % 32u)); }
    workgroupBarrier();
    var before = countOneBits(atomicLoad(&takers[t / 32u]) & ((1u << (t % 32u)) - 1u));
    var chunk = 0u;
    for (var word = 0u; word < ${WORKGROUP / 32}u; word++) {
      let ones = countOneBits(atomicLoad(&takers[word]));
      if (word < t / 32u) { before += ones; }
      chunk += ones;
    }
    if (taken && at + before < end) { places[at + before] = j; values[at + before] = x; }
    at += chunk;
    workgroupBarrier();
  }
  // Another shader may round an exponential at the threshold the other way.
  for (var k = at + t; k < end; k += ${WORKGROUP}u) { places[k] = 0u; values[k] = 0.0; }`,
    };
});
/** Computes where each line starts: the sum of the counts before it; one workgroup. */
export const starts = {
    name: 'starts',
    reads: ['counts: u32'],
    writes: ['begins: u32'],
    numbers: ['n: u32'],
    helpers: `var<workgroup> totals: array<u32, ${WORKGROUP}>;`,
    body: `
  let block = (p.n + ${WORKGROUP - 1}u) / ${WORKGROUP}u;
  let first = min(t * block, p.n);
  let last = min(first + block, p.n);
  var sum = 0u;
  for (var k = first; k < last; k++) { sum += counts[k]; }
  totals[t] = sum;
  workgroupBarrier();
  var at = 0u;
  for (var k = 0u; k < t; k++) { at += totals[k]; }
  for (var k = first; k < last; k++) { begins[k] = at; at += counts[k]; }
  if (last == p.n && first < p.n) { begins[p.n] = at; }`,
};
/** y = A x for kept entries, 32 threads a line; with \`square\` y = (A o A) x. */
export const multiply = (square) => sharedProgram(`multiply${square ? ' squares' : ''}`, () => ({
    stop: true,
    reads: ['starts: u32', 'places: u32', 'values', 'x'],
    writes: ['y'],
    numbers: ['n: u32', 'room: u32'],
    helpers: `var<workgroup> sums: array<f32, ${WORKGROUP}>;`,
    body: `
  let line = group * ${WORKGROUP / 32}u + t / 32u;
  var sum = 0.0;
  if (line < p.n) {
    for (var k = starts[line] + t % 32u; k < min(starts[line + 1u], p.room); k += 32u) {
      let value = values[k];
      sum += ${square ? 'value * value' : 'value'} * x[places[k]];
    }
  }
  sums[t] = sum;
  workgroupBarrier();
  if (t % 32u == 0u && line < p.n) {
    for (var lane = 1u; lane < 32u; lane++) { sum += sums[t + lane]; }
    y[line] = sum;
  }`,
}));
//# sourceMappingURL=entry-programs.js.map