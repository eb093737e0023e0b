import { sharedProgram, WORKGROUP } from '@opt/core/program';
/** Rows of one workgroup: each entry of the other side is read once for all of them. */
export const ROWS = 4;
/** Columns of a matrix of one workgroup, and threads for each. */
export const COLUMNS = 64;
const LANES = WORKGROUP / COLUMNS;
/**
 * Potentials are pairs: a multiple of a grid, a power of two, and a rest. The sum of two such multiples is
 * exact in float32, and nearly exact its difference to a cost of about the same size: so the exponent does not
 * cancel, however small epsilon is.
 */
const EXPONENT = `
fn exponent(f: vec2f, g: vec2f, c: f32) -> f32 { return ((f.x + g.x - c) + (f.y + g.y)) * p.inverse; }
`;
/** The arrays, numbers and helpers with which a program computes entries of P. */
export function planAccess(access, mode) {
    const weights = mode === 'product' || mode === 'square' ? ['w'] : [];
    return {
        reads: [...access.reads, 'F: vec2f', 'G: vec2f', ...weights],
        numbers: [...access.numbers, 'n: u32', 'm: u32', 'inverse: f32'],
        helpers: `${access.wgsl}${EXPONENT}`,
    };
}
/** Adds an entry with exponent e, cost c and weight w[k] to the running sums of one line. */
const add = (mode, r, k) => mode === 'lse'
    ? `if (e > top${r}) { sum${r} = sum${r} * exp(top${r} - e) + 1.0; top${r} = e; } else { sum${r} += exp(e - top${r}); }`
    : mode === 'product'
        ? `sum${r} += exp(e) * w[${k}];`
        : mode === 'square'
            ? `let x = exp(e); sum${r} += x * x * w[${k}];`
            : `sum${r} += exp(e) * c;`;
const range = (n) => Array.from({ length: n }, (_, k) => k);
/** Sums along rows, or when `across` along columns with the columns' entries read one after the other (for points). */
export const rowPass = (access, mode, across = false) => sharedProgram(`${mode} of ${across ? 'columns' : 'rows'}, ${access.kind}`, () => {
    const { reads, numbers, helpers } = planAccess(access, mode);
    const [own, other, lines, length] = across ? ['G', 'F', 'm', 'n'] : ['F', 'G', 'n', 'm'];
    const [ours, theirs] = across ? ['column_at', 'row_at'] : ['row_at', 'column_at'];
    return {
        stop: true,
        reads,
        writes: ['out'],
        numbers,
        helpers,
        body: `
  ${range(ROWS)
            .map((r) => `let i${r} = min(${ROWS}u * group + ${r}u, p.${lines} - 1u); let own${r} = ${own}[i${r}]; let at${r} = ${ours}(i${r}); var top${r} = -3e38; var sum${r} = 0.0;`)
            .join('\n  ')}
  for (var j = t; j < p.${length}; j += ${WORKGROUP}u) {
    let other = ${other}[j]; let at = ${theirs}(j);
    ${range(ROWS)
            .map((r) => `{ let c = cost(${across ? `at, at${r}` : `at${r}, at`}); let e = exponent(own${r}, other, c); ${add(mode, r, 'j')} }`)
            .join('\n    ')}
  }
  ${range(ROWS)
            .map((r) => mode === 'lse'
            ? `{ let top = max_all(top${r}, t); let sum = sum_all(sum${r} * exp(top${r} - top), t);
    if (t == 0u && ${ROWS}u * group + ${r}u < p.${lines}) { out[2u * i${r}] = top; out[2u * i${r} + 1u] = sum; } }`
            : `{ let sum = sum_all(sum${r}, t); if (t == 0u && ${ROWS}u * group + ${r}u < p.${lines}) { out[i${r}] = sum; } }`)
            .join('\n  ')}`,
    };
});
/** Sums along the columns of a matrix, in chunks of `chunk` rows: one part per chunk and column, chunk by chunk. */
export const columnPass = (access, mode) => sharedProgram(`${mode} of a matrix's columns`, () => {
    const { reads, numbers, helpers } = planAccess(access, mode);
    return {
        stop: true,
        reads,
        writes: ['out'],
        numbers: [...numbers, 'chunk: u32', 'tiles: u32'],
        helpers: `${helpers} var<workgroup> both: array<vec2f, ${WORKGROUP}>;`,
        body: `
  let part = group / p.tiles;
  let j = (group % p.tiles) * ${COLUMNS}u + t % ${COLUMNS}u;
  var top = -3e38; var sum = 0.0;
  if (j < p.m) {
    let g = G[j]; let column = column_at(j);
    for (var i = part * p.chunk + t / ${COLUMNS}u; i < min(p.n, (part + 1u) * p.chunk); i += ${LANES}u) {
      let c = cost(row_at(i), column); let e = exponent(F[i], g, c);
      ${add(mode, '', 'i')}
    }
  }
  both[t] = vec2f(top, sum);
  workgroupBarrier();
  if (t < ${COLUMNS}u && j < p.m) {
    for (var lane = 1u; lane < ${LANES}u; lane++) {
      let other = both[t + lane * ${COLUMNS}u];
      ${mode === 'lse'
            ? `let high = max(top, other.x); sum = sum * exp(top - high) + other.y * exp(other.x - high); top = high;`
            : 'sum += other.y;'}
    }
    ${mode === 'lse' ? 'let at = 2u * (part * p.m + j); out[at] = top; out[at + 1u] = sum;' : 'out[part * p.m + j] = sum;'}
  }`,
    };
});
/** Adds up the parts of a product. */
export const gather = {
    name: 'gather',
    each: 'n',
    reads: ['parts_of'],
    writes: ['out'],
    numbers: ['count: u32'],
    body: `
  var sum = 0.0;
  for (var part = 0u; part < p.count; part++) { sum += parts_of[part * p.n + i]; }
  out[i] = sum;`,
};
//# sourceMappingURL=pass-programs.js.map