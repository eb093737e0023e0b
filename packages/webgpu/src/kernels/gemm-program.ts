import { type Program, sharedProgram } from '@opt/core'

/**
 * How a factor lies in memory: which way a thread reads four numbers at a time, and whether they are one aligned
 * load.
 */
export interface Layout {
  /** Along k rather than along the rows of A or the columns of B. */
  along: boolean
  aligned: boolean
}

/** One of the programs for C += alpha A B. */
export interface Product {
  /** Rows and columns of C that a workgroup computes. */
  tile: 128 | 64 | 32
  A: Layout
  B: Layout
  /** Whether rows of C are aligned to four numbers. */
  alignedC: boolean
  /** Whether only entries on and below the diagonal are computed. */
  lower: boolean
  /** Whether sums over parts of k are written, part by part, rather than added to C. */
  split: boolean
}

const range = (n: number) => Array.from({ length: n }, (_, k) => k)
const FOUR = 'vec4u(0u, 1u, 2u, 3u)'

/**
 * A function for a block of 4 lines by 4 of k, as four vectors along the lines; zero from p.k on. Beyond the last
 * line anything may come.
 */
function block(name: string, { along, aligned }: Layout, line: string, k: string): string {
  const at = (l: number, r: number) => `(line + ${l}u) * p.${line} + (k + ${r}u) * p.${k}`
  const masked = (l: number, r: number) => `select(0.0, ${name}[${at(l, r)}], k + ${r}u < p.k)`
  const vector = (x: number) =>
    !aligned
      ? `vec4f(${range(4)
          .map((l) => masked(l, x))
          .join(', ')})`
      : along
        ? `select(vec4f(), ${name}[(${at(x, 0)}) / 4u], vec4u(k) + ${FOUR} < vec4u(p.k))`
        : `select(vec4f(), ${name}[(${at(0, x)}) / 4u], k + ${x}u < p.k)`
  const vectors = `mat4x4f(${range(4).map(vector).join(',\n    ')})`
  return `
fn block${name}(line: u32, k: u32) -> mat4x4f {
  return ${aligned && along ? `transpose(${vectors})` : vectors};
}`
}

/** The block of a thread: neighbours read neighbours. */
const place = ({ along }: Layout, depth: number, wide: number) =>
  along ? [`b / ${depth / 4}u`, `b % ${depth / 4}u`] : [`b % ${wide}u`, `b / ${wide}u`]

/**
 * Multiplies by tiles: slices of A and B, `depth` of k at a time, go through the workgroup's memory while the next
 * ones are on their way; each thread keeps 8 x 8 (in smaller tiles 4 x 4) sums in registers and reads its factors as
 * vectors. Half of the threads fetch A and half B, each a block of 4 x 4.
 */
export const gemmProgram = (product: Product): Program =>
  sharedProgram(`gemm ${JSON.stringify(product)}`, () => {
    const { tile, A, B, alignedC, lower, split } = product
    const each = tile === 128 ? 8 : 4
    const side = tile / each
    const threads = side * side
    const half = threads / 2
    const wide = tile / 4
    const depth = (8 * threads) / tile
    const vectors = range(each / 4)
    const [lineA, kA] = place(A, depth, wide)
    const [lineB, kB] = place(B, depth, wide)
    const sums = range(each).flatMap((r) => vectors.map((q) => [r, q] as const))
    const fetch = (k: string) =>
      `if (isA) { next = blockA(row + line, ${k} + ahead); } else { next = blockB(column + line, ${k} + ahead); }`
    const limit = lower ? 'min(p.n, i + 1u)' : 'p.n'
    const value = (c: string, sum: string) => (split ? `p.alpha * ${sum}` : `fma(p.alpha, ${sum}, ${c})`)
    return {
      reads: [A, B].map(({ aligned }, f) => `${'AB'[f]}${aligned ? ': vec4f' : ''}`),
      writes: [alignedC ? 'C: vec4f' : 'C'],
      numbers: [
        ...['m', 'n', 'k', 'rowA', 'columnA', 'rowB', 'columnB', 'ldc', 'across', 'tiles', 'chunk'].map(
          (s) => `${s}: u32`,
        ),
        'alpha: f32',
      ],
      threads,
      helpers: `var<workgroup> slices: array<vec4f, ${2 * depth * wide}>;
${block('A', A, 'rowA', 'columnA')}
${block('B', B, 'columnB', 'rowB')}
fn put(part: u32, i: u32, j: u32, sum: vec4f) {
  if (i >= p.m || j >= ${limit}) { return; }
  let at = ${split ? '(part * p.m + i) * p.n' : 'i * p.ldc'} + j;
  ${
    alignedC
      ? `let c = C[at / 4u]; C[at / 4u] = select(c, ${value('c', 'sum').replace('p.alpha,', 'vec4f(p.alpha),')}, vec4u(j) + ${FOUR} < vec4u(${limit}));`
      : range(4)
          .map((l) => `if (j + ${l}u < ${limit}) { C[at + ${l}u] = ${value(`C[at + ${l}u]`, `sum[${l}]`)}; }`)
          .join('\n  ')
  }
}`,
      body: `
  let part = group / p.tiles;
  let row = group % p.tiles / p.across * ${tile}u;
  let column = group % p.across * ${tile}u;
  let end = min(p.k, (part + 1u) * p.chunk);
  if (part * p.chunk >= p.k${lower ? ` || column >= row + ${tile}u` : ''}) { return; }
  let isA = t < ${half}u;
  let b = t % ${half}u;
  let line = 4u * select(${lineB}, ${lineA}, isA);
  let ahead = 4u * select(${kB}, ${kA}, isA);
  let to = ahead * ${wide}u + line / 4u + select(${depth * wide}u, 0u, isA);
  let x = t % ${side}u;
  let y = t / ${side}u;
  var next: mat4x4f;
  ${fetch('part * p.chunk')}
  ${sums.map(([r, q]) => `var c${r}${q} = vec4f();`).join(' ')}
  for (var k = part * p.chunk; k < end; k += ${depth}u) {
    workgroupBarrier();
    ${range(4)
      .map((r) => `slices[to + ${r * wide}u] = next[${r}];`)
      .join(' ')}
    workgroupBarrier();
    if (k + ${depth}u < end) { ${fetch(`k + ${depth}u`)} }
    for (var l = 0u; l < ${depth}u; l++) {
      ${vectors
        .map(
          (q) =>
            `let a${q} = slices[l * ${wide}u + ${q * side}u + y]; let b${q} = slices[l * ${wide}u + ${depth * wide + q * side}u + x];`,
        )
        .join('\n      ')}
      ${sums.map(([r, q]) => `c${r}${q} = fma(vec4f(a${r >> 2}[${r % 4}]), b${q}, c${r}${q});`).join('\n      ')}
    }
  }
  ${sums
    .map(
      ([r, q]) =>
        `put(part, row + 4u * y + ${(r >> 2) * 4 * side + (r % 4)}u, column + 4u * x + ${q * 4 * side}u, c${r}${q});`,
    )
    .join('\n  ')}`,
    }
  })
