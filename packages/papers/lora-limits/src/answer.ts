import { allFinite, type Matrix } from '@opt/core'
import type { Projections } from './attention/projections.ts'
import type { SavedGradients } from './attention/state.ts'
import type { Method, Task } from './attention/task.ts'
import { type HeadAndBatch, type Projection, ROLES, type Role, toMatrix } from './head.ts'
import type { Certificate } from './theory/certificate.ts'

/** Answer of {@link loraGradients}. */
export interface LoraSolution {
  /** L_Q x h_V: of the method, without corrections. */
  output: Matrix
  /** |output - target|^2 / 2, for a target. */
  loss?: number
  /** With respect to each given adapter: A, rank x h; B, d x rank. */
  gradients: { [R in Role]?: { A: Matrix; B: Matrix } }
  /** With respect to the weights W + (alpha / rank) B A: dW = X' dLoss/d(X W). */
  weightGradients: Record<Role, Matrix>
  /** With respect to the tokens of each role, to be added where roles share tokens; not corrected by samples. */
  inputGradients?: { query: Matrix; key: Matrix; value: Matrix }
  /** The method of these gradients. */
  method: Method
  /** What they are: exact because asked; approximate; exact because an approximation failed; of no meaning; incomplete. */
  verdict: 'exact' | 'approximate' | 'went-back' | 'out-of-range' | 'unfinished'
  /** The rung of 'auto' that it ended on: what `level` may begin with in the next step of training. */
  level?: number
  /** Degree of the polynomial, and its number of features k_1 = C(h + g, g). */
  degree?: number
  features?: number
  /** B: the largest beta |Q_j| |K_t - mean K|, for an approximate method. */
  range?: number
  /** Estimated relative error before the correction by samples: what `tolerance` is compared with. */
  estimate?: number
  /** Estimated relative error after the correction. */
  standardError?: number
  /** Estimate of the exact head's loss from the samples, for a target. */
  sampledLoss?: number
  /** The queries of the samples. */
  rows?: Int32Array
  certificate?: Certificate
  /** After an interruption of exact gradients. */
  state?: SavedGradients
}

/** Gradients of the weights before they are shared out to adapters; `why` it is not what was asked for. */
export interface Found
  extends Omit<LoraSolution, 'output' | 'loss' | 'gradients' | 'weightGradients' | 'inputGradients'> {
  readonly result?: { output: Float64Array; weightGradients: Record<Role, Float64Array>; d: Record<Role, Float64Array> }
  readonly why?: string | undefined
}

/** What an interrupted computation found. */
export const unfinished = (method: Method): Found => ({ method, verdict: 'unfinished' })

/** Returns dA = s B' dW and dB = s dW A'. */
export function adapterGradients(
  { adapter, W: { rows, columns } }: Projection,
  dW: Float64Array,
): { A: Matrix; B: Matrix } {
  const { A, B, scale } = adapter!
  const rank = A.rows
  const [dA, dB] = [new Float64Array(rank * columns), new Float64Array(rows * rank)]
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < rank; k++) {
      const b = scale * B.data[i * rank + k]
      let sum = 0
      for (let j = 0; j < columns; j++) {
        dA[k * columns + j] += b * dW[i * columns + j]
        sum += dW[i * columns + j] * A.data[k * columns + j]
      }
      dB[i * rank + k] = scale * sum
    }
  return { A: toMatrix(dA, rank, columns), B: toMatrix(dB, rows, rank) }
}

/** Returns the gradients of all given adapters, from those of the weights. */
export function gradientsOf(
  { projections }: HeadAndBatch,
  weightGradients: Readonly<Record<Role, Float64Array>>,
): LoraSolution['gradients'] {
  const gradients: LoraSolution['gradients'] = {}
  for (const role of ROLES)
    if (projections[role].adapter) gradients[role] = adapterGradients(projections[role], weightGradients[role])
  return gradients
}

/** Returns gradients of the weights as matrices. */
export const weightMatrices = ({ projections }: HeadAndBatch, gradients: Readonly<Record<Role, Float64Array>>) =>
  Object.fromEntries(
    ROLES.map((role) => [role, toMatrix(gradients[role], projections[role].W.rows, projections[role].W.columns)]),
  ) as Record<Role, Matrix>

/** Returns the answer of what was found; NaN where there is none. */
export function answerOf(
  problem: HeadAndBatch,
  projections: Projections,
  task: Task,
  { result: found, why, ...facts }: Found,
  inputGradients: boolean,
): LoraSolution & { status?: 'completed' | 'diverged'; message: string } {
  const { queries, hv, upstream } = task
  const result = found ?? nothing(problem, task)
  const gradients = gradientsOf(problem, result.weightGradients)
  const { target } = upstream as { target?: Float64Array }
  const loss = target && result.output.reduce((sum, o, i) => sum + (o - target[i]) * (o - target[i]), 0) / 2
  const input = (role: Role) => {
    const { rows, columns } = problem.projections[role].X
    return toMatrix(projections.inputGradient(role, result.d[role]), rows, columns)
  }
  const inputs = inputGradients ? { query: input('Q'), key: input('K'), value: input('V') } : undefined
  const matrices = [...Object.values(gradients).flatMap(({ A, B }) => [A, B]), ...Object.values(inputs ?? {})]
  if (found && !matrices.every(({ data }) => allFinite(data))) {
    const overflow = { ...facts, verdict: 'out-of-range' as const, why: `${facts.method}: the gradients overflow` }
    return answerOf(problem, projections, task, overflow, inputGradients)
  }
  const complete = facts.verdict !== 'unfinished'
  return {
    output: toMatrix(result.output, queries, hv),
    ...(loss !== undefined && { loss }),
    gradients,
    weightGradients: weightMatrices(problem, result.weightGradients),
    ...(inputs && { inputGradients: inputs }),
    ...facts,
    ...(complete && { status: facts.verdict === 'out-of-range' ? ('diverged' as const) : ('completed' as const) }),
    message: messageOf(facts, why),
  }
}

function messageOf(facts: Omit<Found, 'result' | 'why'>, why: string | undefined): string {
  if (facts.verdict === 'out-of-range') return why!
  const before = why === undefined ? '' : `${why}; `
  return before + (facts.verdict === 'went-back' ? 'went back to exact' : summary(facts))
}

function summary({ method, verdict, degree, features, estimate, rows }: Omit<Found, 'result' | 'why'>): string {
  if (method === 'exact') return `${verdict} gradients`
  const sampled =
    estimate === undefined ? '' : `, estimated error ${estimate.toPrecision(3)} before ${rows!.length} exact rows`
  return `${verdict} gradients by ${method} of degree ${degree}, ${features} features${sampled}`
}

function nothing({ projections }: HeadAndBatch, { queries, keys, h, hv }: Task): NonNullable<Found['result']> {
  const none = (size: number) => new Float64Array(size).fill(Number.NaN)
  const weights = ROLES.map((role) => [role, none(projections[role].W.data.length)])
  return {
    output: none(queries * hv),
    weightGradients: Object.fromEntries(weights),
    d: { Q: none(queries * h), K: none(keys * h), V: none(keys * hv) },
  }
}
