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

/** How a product is cut, in powers of 2. Every shape adds along k in the same order: it changes no bits. */
export interface Shape {
  /** Rows and columns of C that a workgroup computes. */
  tile: number
  /** Rows and columns of C that a thread computes, 4 at least. */
  rows: number
  columns: number
  /** How much of k goes through the workgroup's memory at a time: 32 at most, and at least 8 tile / (rows columns). */
  depth: number
}

/** One of the programs for C += alpha A B. */
export interface Product {
  shape: Shape
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
const place = ({ along }: Layout, b: string, depth: number, wide: number) =>
  along ? [`${b} / ${depth / 4}u`, `${b} % ${depth / 4}u`] : [`${b} % ${wide}u`, `${b} / ${wide}u`]

/**
 * Multiplies by tiles: slices of A and B, `depth` of k at a time, go through the workgroup's memory while the next
 * ones are on their way; each thread keeps `rows` x `columns` sums in registers and reads its factors as vectors. Half
 * of the threads fetch A and half B, in blocks of 4 x 4.
 */
export const gemmProgram = (product: Product): Program =>
  sharedProgram(`gemm ${JSON.stringify(product)}`, () => {
    const { shape, A, B, alignedC, lower, split } = product
    const { tile, rows, columns, depth } = shape
    const [across, down] = [tile / columns, tile / rows]
    const threads = across * down
    const half = threads / 2
    const wide = tile / 4
    const blocks = range((wide * depth) / 4 / half)
    const sums = range(rows).flatMap((r) => range(columns / 4).map((q) => [r, q] as const))
    const fetch = (k: string) => {
      const each = (factor: string, first: string) =>
        blocks.map((s) => `next${s} = block${factor}(${first} + line${s}, ${k} + ahead${s});`).join(' ')
      return `if (isA) { ${each('A', 'row')} } else { ${each('B', 'column')} }`
    }
    const where = (s: number) => {
      const [[lineA, kA], [lineB, kB]] = [A, B].map((layout) => place(layout, `b${s}`, depth, wide))
      return `
  let b${s} = t % ${half}u + ${s * half}u;
  let line${s} = 4u * select(${lineB}, ${lineA}, isA);
  let ahead${s} = 4u * select(${kB}, ${kA}, isA);
  let to${s} = ahead${s} * ${wide}u + line${s} / 4u + select(${depth * wide}u, 0u, isA);
  var next${s}: mat4x4f;`
    }
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
  let isA = t < ${half}u;${blocks.map(where).join('')}
  let x = t % ${across}u;
  let y = t / ${across}u;
  ${fetch('part * p.chunk')}
  ${sums.map(([r, q]) => `var c${r}_${q} = vec4f();`).join(' ')}
  for (var k = part * p.chunk; k < end; k += ${depth}u) {
    workgroupBarrier();
    ${blocks.flatMap((s) => range(4).map((r) => `slices[to${s} + ${r * wide}u] = next${s}[${r}];`)).join(' ')}
    workgroupBarrier();
    if (k + ${depth}u < end) { ${fetch(`k + ${depth}u`)} }
    for (var l = 0u; l < ${depth}u; l++) {
      ${range(rows / 4)
        .map((q) => `let va${q} = slices[l * ${wide}u + ${q * down}u + y];`)
        .join(' ')}
      ${range(columns / 4)
        .map((q) => `let vb${q} = slices[l * ${wide}u + ${depth * wide + q * across}u + x];`)
        .join(' ')}
      ${sums.map(([r, q]) => `c${r}_${q} = fma(vec4f(va${r >> 2}[${r % 4}]), vb${q}, c${r}_${q});`).join('\n      ')}
    }
  }
  ${sums
    .map(
      ([r, q]) =>
        `put(part, row + 4u * y + ${(r >> 2) * 4 * down + (r % 4)}u, column + 4u * x + ${q * 4 * across}u, c${r}_${q});`,
    )
    .join('\n  ')}`,
    }
  })
