import { allFinite, type Solver, solver } from '@opt/core'
import { answerOf, type Found, type LoraSolution, unfinished } from './answer.ts'
import { exactGradients } from './attention/exact.ts'
import { polynomialGradients } from './attention/polynomial-gradients.ts'
import { centreKeys, logitRanges, polynomialTask } from './attention/polynomial-task.ts'
import { type Projections, prepare } from './attention/projections.ts'
import { readState, type SavedGradients, saveState } from './attention/state.ts'
import { type AttentionGradients, type LoraReport, outputGradient, type Task } from './attention/task.ts'
import { type AttentionBatch, type AttentionHead, type HeadAndBatch, readProblem } from './head.ts'
import { type Level, type LoraOptions, levelsOf, OPTIONS, readSettings, rungOf, type Settings } from './options.ts'
import { choosePolynomial } from './polynomial/exp-polynomial.ts'
import { correct, drawRows } from './sampling/correction.ts'
import { certificate } from './theory/certificate.ts'

/**
 * Computes the gradients of LoRA adapters of an attention head O = softmax(beta X_Q W_Q W_K' X_K') X_V W_V for the
 * squared loss or any other: exactly, in memory O(L), or almost linearly in the length.
 *
 * An approximate gradient with samples is corrected by exact queries. When its estimated error exceeds `tolerance`, or a
 * denominator is not positive, it goes back to a better method; `verdict` and `message` say so. Without samples a
 * denominator that is not positive leaves NaN, verdict 'out-of-range' and status 'diverged'.
 *
 * @param head weights, adapters and factors.
 * @param batch tokens, and a target or the gradient of the output.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const loraGradients: Solver<
  [head: AttentionHead, batch: AttentionBatch, options: LoraOptions],
  LoraReport,
  LoraSolution
> = solver(
  'loraGradients',
  function* (head, batch, options) {
    const problem = readProblem(head, batch)
    const { projections, task } = prepare(problem)
    const settings = readSettings(options, task)
    const found = yield* climb(problem, projections, task, levelsOf(settings, task), settings)
    const level = settings.method === 'auto' ? { level: rungOf(found) } : {}
    return answerOf(problem, projections, task, { ...found, ...level }, settings.inputGradients)
  },
  { tolerance: 0.5, maxIterations: Number.MAX_SAFE_INTEGER, options: OPTIONS },
)

/** Tries the rungs until one is good enough. */
function* climb(
  problem: HeadAndBatch,
  projections: Projections,
  task: Task,
  levels: readonly Level[],
  settings: Settings,
): Generator<LoraReport, Found, boolean> {
  let last: Found | undefined
  for (const level of levels) {
    const found: Found =
      level.method === 'exact'
        ? yield* exactly(projections, task, settings.state)
        : yield* approximately(problem, projections, task, level, settings)
    const asked = last
      ? { verdict: found.verdict === 'exact' ? ('went-back' as const) : found.verdict, why: last.why }
      : {}
    if (found.verdict !== 'out-of-range' && (found.estimate ?? 0) <= settings.tolerance) return { ...found, ...asked }
    last = found
  }
  return last!
}

function* exactly(projections: Projections, task: Task, state?: SavedGradients): Generator<LoraReport, Found, boolean> {
  const run = yield* exactGradients(task, state && readState(state, task))
  if ('state' in run) return { ...unfinished('exact'), state: saveState(run.state, task) }
  return finiteOr({ method: 'exact', verdict: 'exact', result: weighted(projections, run.gradients) })
}

/** The approximate gradient of one degree, with its correction or its certificate. */
function* approximately(
  problem: HeadAndBatch,
  projections: Projections,
  task: Task,
  { method, degree }: Exclude<Level, { method: 'exact' }>,
  { polynomial, samples, rows: given, tolerance, certify, lipschitz, random }: Settings,
): Generator<LoraReport, Found, boolean> {
  const centred = centreKeys(task)
  const { range } = logitRanges(task, centred)
  const coefficients = choosePolynomial(polynomial, range, degree)
  if (!coefficients) return { method, degree, range, verdict: 'out-of-range', why: noMinimax(method, degree, range) }
  const approximate = polynomialTask(task, coefficients, centred)
  const facts = { method, degree: approximate.coefficients.length - 1, features: approximate.features.count, range }
  const name = `${method} of degree ${facts.degree}`
  const run = yield* polynomialGradients(approximate, method)
  if (run === undefined) return { ...unfinished(method), ...facts }
  if ('query' in run)
    return {
      ...facts,
      verdict: 'out-of-range',
      why: `${name}: the denominator of query ${run.query} is ${run.denominator.toPrecision(3)}`,
    }
  const uncorrected = finiteOr({ ...facts, verdict: 'approximate', result: weighted(projections, run) })
  const { result } = uncorrected
  if (result === undefined || (samples === 0 && !certify)) return uncorrected
  if (certify) return { ...uncorrected, certificate: certificate(approximate, problem, run, method, lipschitz) }

  const rows = given ?? drawRows(random, task.queries, samples)
  const G = outputGradient(task, run.output)
  const { weightGradients, ...figures } = correct(problem, task, rows, {
    task: approximate,
    method,
    output: run.output,
    G,
    weightGradients: result.weightGradients,
  })
  const good = figures.estimate <= tolerance
  const why = good ? undefined : `${name}: estimated error ${figures.estimate.toPrecision(3)} above ${tolerance}`
  return { ...facts, ...figures, rows, verdict: 'approximate', result: { ...result, weightGradients }, why }
}

const noMinimax = (method: string, degree: number, range: number) =>
  `${method} of degree ${degree}: no minimax polynomial has an error below 1 on [-${range.toPrecision(3)}, ${range.toPrecision(3)}]`

/** Withdraws gradients that overflow. */
function finiteOr(found: Found): Found {
  const { output, weightGradients } = found.result!
  if ([output, ...Object.values(weightGradients)].every(allFinite)) return found
  const { result, ...facts } = found
  return { ...facts, verdict: 'out-of-range', why: `${found.method}: the gradients overflow` }
}

/** Gradients of the weights from those of the projections. */
function weighted(projections: Projections, { output, dQ, dK, dV }: AttentionGradients): NonNullable<Found['result']> {
  const d = { Q: dQ, K: dK, V: dV }
  const weightGradients = {
    Q: projections.weightGradient('Q', dQ),
    K: projections.weightGradient('K', dK),
    V: projections.weightGradient('V', dV),
  }
  return { output, d, weightGradients }
}
