import { nrm2, number, type Random, refuse, type VectorLike, vector } from '@opt/core'
import { localGradient, rowsOf, type Task } from '../attention/task.ts'
import { type HeadAndBatch, ROLES, type Role } from '../head.ts'
import { type Contributions, contributions, type Subtracted } from './contributions.ts'
import { drawnOutput } from './drawn-rows.ts'

/** Gradients of the weights of the three projections, d x h each, row-major. */
export type WeightGradients = Readonly<Record<Role, Float64Array>>

/** A gradient plus the scaled sum over drawn queries, with what the sum says about the error. */
export interface Corrected {
  readonly weightGradients: WeightGradients
  /** The largest, over Q, K and V, of |E| / |corrected gradient|: the estimated error before the correction. */
  readonly estimate: number
  /** The largest, over Q, K and V, of the standard error of E by |corrected gradient|: the error after it. */
  readonly standardError: number
  /** (L_Q / m) sum over the drawn queries of |O_j - target_j|^2 / 2, for a target. */
  readonly sampledLoss?: number
}

/** Draws m queries without replacement, in ascending order. */
export const drawRows = (random: Random, queries: number, m: number): Int32Array => random.choice(queries, m).sort()

/** Returns given rows, checked, in ascending order. */
export function readRows(given: VectorLike, queries: number): Int32Array {
  const rows = Int32Array.from(vector(given, 'rows'), (row, i) =>
    number(row, `rows[${i}]`, { integer: true, min: 0, max: queries - 1 }),
  ).sort()
  for (let i = 1; i < rows.length; i++)
    if (rows[i] === rows[i - 1]) refuse('rows', 'different queries', `${rows[i]} twice`)
  return rows
}

/** The rows of an array at some indices. */
export function gather(data: Float64Array, columns: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * columns)
  rows.forEach((row, i) => {
    out.set(rowsOf(data, columns, row, row + 1), i * columns)
  })
  return out
}

/** Returns the rows of dLoss/dOutput at drawn queries of exact output; of others, the loss sees the approximate output. */
export function drawnGradient(task: Task, drawn: Int32Array, rows: Float64Array, rest?: Float64Array): Float64Array {
  const { upstream, hv, queries } = task
  const G = new Float64Array(rows.length)
  if (upstream.kind !== 'function') {
    drawn.forEach((query, i) => {
      localGradient(task, query, rowsOf(rows, hv, i, i + 1), rowsOf(G, hv, i, i + 1))
    })
    return G
  }
  if (!rest) return upstream.gradient(rows, drawn)
  const output = rest.slice()
  drawn.forEach((query, i) => {
    output.set(rowsOf(rows, hv, i, i + 1), query * hv)
  })
  return gather(
    upstream.gradient(
      output,
      Int32Array.from({ length: queries }, (_, i) => i),
    ),
    hv,
    drawn,
  )
}

/**
 * Adds to gradients E = (L_Q / m) sum over the drawn queries of (exact - approximate) parts. The sum is unbiased where a
 * row of the output's gradient depends on its row of the output only; all rows give the exact gradient.
 *
 * @param less the approximation, with its gradients; without it E is the plain estimate by drawn queries.
 */
export function correct(
  problem: HeadAndBatch,
  task: Task,
  drawn: Int32Array,
  less?: Omit<Subtracted, 'output' | 'G'> & { output: Float64Array; G: Float64Array; weightGradients: WeightGradients },
): Corrected {
  const { queries, hv } = task
  const output = drawnOutput(task, drawn)
  const G = drawnGradient(task, drawn, output, less?.output)
  const { sums, squares } = contributions(
    problem,
    task,
    drawn,
    { output, G },
    less && { ...less, output: gather(less.output, hv, drawn), G: gather(less.G, hv, drawn) },
  )
  const scale = queries / drawn.length
  let [estimate, standardError] = [0, 0]
  const weightGradients = Object.fromEntries(
    ROLES.map((role) => {
      const E = sums[role].map((v) => scale * v)
      const corrected = less ? less.weightGradients[role].map((v, i) => v + E[i]) : E
      const size = nrm2(corrected)
      estimate = Math.max(estimate, ratio(nrm2(E), size))
      standardError = Math.max(standardError, ratio(deviation(sums[role], squares[role], drawn.length, queries), size))
      return [role, corrected]
    }),
  ) as unknown as WeightGradients
  const sampledLoss = task.upstream.kind === 'target' ? { sampledLoss: (scale * squaredNorm(G)) / 2 } : {}
  return { weightGradients, estimate, standardError, ...sampledLoss }
}

const ratio = (part: number, whole: number) => (part === 0 ? 0 : part / whole)

const squaredNorm = (x: Float64Array) => x.reduce((sum, v) => sum + v * v, 0)

/** Returns the standard error of (L / m) times a sum of m of L parts drawn without replacement. */
function deviation(sum: Float64Array, squares: Contributions['squares'][Role], m: number, L: number): number {
  if (m === L) return 0
  if (m === 1) return L * Math.sqrt(squares)
  const variance = Math.max(0, squares - squaredNorm(sum) / m) / (m - 1)
  return L * Math.sqrt((variance / m) * (1 - m / L))
}
