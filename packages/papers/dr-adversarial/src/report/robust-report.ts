import {
  allFinite,
  number,
  oneOf,
  type Random,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
} from '@opt/core'
import type { DenseNetwork, Inputs } from '@opt/nn'
import { runPgd } from '../attacks/attacks.ts'
import { type BoxOptions, checkBox, checkInside } from '../attacks/box.ts'
import { openProblem, type Problem } from '../model/data.ts'
import { type AdversarialModel, checkGradient } from '../model/oracle.ts'
import { predictions } from '../weights/softmax.ts'
import { type ClassAccuracies, classAccuracies } from './class-accuracies.ts'

/** Options of {@link robustReport}. */
export interface RobustReportOptions extends BoxOptions {
  /** The norm of the ball: 'linf' (default) or 'l2'. */
  norm?: 'linf' | 'l2' | undefined
  /** The number of steps of the plain attack (default 20). */
  steps?: number | undefined
  /** The number of steps of the strong attacks (default 40). */
  strongSteps?: number | undefined
  /** The number of random starts of each strong attack (default 2). */
  restarts?: number | undefined
  /** The share of the classes, the worst ones, that `tail` averages over, rounded up (default 0.3). */
  tailShare?: number | undefined
  /** The seed of the starts: an integer, or a generator to draw from (default 0). */
  seed?: number | Random | undefined
}

/** How far {@link robustReport} is. */
export interface AuditReport {
  error?: number
  /** The number of examples done, and accuracies among them. */
  examples: number
  clean: number
  pgd: number
  strong: number
}

/** The answer of {@link robustReport}, besides the driver's fields. */
export interface RobustAudit {
  /** The number of examples that were judged: all, unless it was stopped. */
  examples: number
  /** Without an attack. */
  clean: ClassAccuracies
  /** At the last point of projected gradient ascent on cross-entropy, from one random start: the usual measure. */
  pgd: ClassAccuracies
  /**
   * Where no point of any attack is misclassified: that of `pgd`, and all points of ascents on cross-entropy and on the
   * margin from `restarts` random starts each. An upper bound of the robust accuracy, not a certificate.
   */
  strong: ClassAccuracies
}

/** Examples per pass. */
const PART = 512

/**
 * Audits a classifier: accuracy on clean inputs, under plain PGD, and under attacks that gradient masking does not deceive;
 * per class, and in the mean of the worst classes.
 *
 * @param model a network of @opt/nn, or anything with logits and inputGradient.
 * @param inputs rows within the box; for a network also flat.
 * @param targets integers from 0 to classes - 1.
 * @throws TypeError or RangeError for arguments that do not fit, or logits or gradients that are not finite.
 */
export const robustReport: Solver<
  [model: DenseNetwork | AdversarialModel, inputs: Inputs, targets: VectorLike, options: RobustReportOptions],
  AuditReport,
  RobustAudit
> = solver(
  'robustReport',
  function* (model, inputs, targets, options) {
    const problem = openProblem(model, inputs, targets)
    const { oracle, labels, rows, columns } = problem
    const { norm = 'linf', steps = 20, strongSteps = 40, restarts = 2, tailShare = 0.3, seed = 0 } = options
    const settings: Attacks = {
      box: checkBox(options, columns),
      norm: oneOf(norm, 'norm', ['linf', 'l2']),
      steps: number(steps, 'steps', { integer: true, min: 1 }),
      strongSteps: number(strongSteps, 'strongSteps', { integer: true, min: 1 }),
      restarts: number(restarts, 'restarts', { integer: true, min: 1 }),
      random: randomFrom(seed, 'seed'),
    }
    number(tailShare, 'tailShare', { positive: true, max: 1 })
    checkInside(problem.inputs, settings.box, 'inputs')
    // Whether each example is classified correctly, and stays so.
    const clean = new Uint8Array(rows)
    const pgd = new Uint8Array(rows)
    const strong = new Uint8Array(rows)
    let done = 0
    for (let stop = false; done < rows && !stop; ) {
      const end = Math.min(rows, done + PART)
      oracle.quietly(() => judge(problem, settings, done, end, { clean, pgd, strong }))
      done = end
      const share = (right: Uint8Array) => right.subarray(0, done).reduce((sum, one) => sum + one, 0) / done
      const report: AuditReport = { examples: done, clean: share(clean), pgd: share(pgd), strong: share(strong) }
      stop = yield report
    }
    const judged = labels.subarray(0, done)
    const measure = (right: Uint8Array) => classAccuracies(right.subarray(0, done), judged, oracle.classes, tailShare)
    return { examples: done, clean: measure(clean), pgd: measure(pgd), strong: measure(strong) }
  },
  {
    maxIterations: Number.MAX_SAFE_INTEGER,
    options: ['epsilon', 'low', 'high', 'norm', 'steps', 'strongSteps', 'restarts', 'tailShare', 'seed'],
  },
)

interface Attacks {
  box: ReturnType<typeof checkBox>
  norm: 'linf' | 'l2'
  steps: number
  strongSteps: number
  restarts: number
  random: Random
}

/** Judges the examples from `start` to `end`. */
function judge(
  problem: Problem,
  { box, norm, steps, strongSteps, restarts, random }: Attacks,
  start: number,
  end: number,
  { clean, pgd, strong }: Record<'clean' | 'pgd' | 'strong', Uint8Array>,
): void {
  const { oracle, columns } = problem
  let alive: Int32Array = Int32Array.from({ length: end - start }, (_, i) => start + i)
  const rowsOf = (which: Int32Array) => {
    const x = new Float64Array(which.length * columns)
    which.forEach((row, i) => x.set(problem.inputs.subarray(row * columns, (row + 1) * columns), i * columns))
    return { x, y: which.map((row) => problem.labels[row]) }
  }
  /** Whether each of some points, whose logits are given, is classified correctly. */
  const rightOf = (logits: Float64Array, y: Int32Array) => {
    if (!allFinite(logits)) refuse('model', 'one with finite logits', show(logits.find((z) => !Number.isFinite(z))))
    return predictions(logits, oracle.classes).map((label, i) => Number(label === y[i]))
  }
  /** Attacks the examples that are left. Returns which withstand at the last point, or with `all` at every point. */
  function withstand(loss: 'crossEntropy' | 'margin', count: number, all: boolean): Int32Array {
    const { x, y } = rowsOf(alive)
    const right = new Int32Array(y.length).fill(1)
    const settings = { box, norm, steps: count, random }
    const points = runPgd(oracle, x, y, settings, loss, ({ logits, gradient }) => {
      checkGradient('inputs', gradient, columns)
      if (all)
        rightOf(logits, y).forEach((one, i) => {
          right[i] *= one
        })
      return gradient
    })
    const last = rightOf(oracle.logits(points, y.length), y)
    return alive.filter((_, i) => right[i] === 1 && last[i] === 1)
  }
  const first = rowsOf(alive)
  const right = rightOf(oracle.logits(first.x, first.y.length), first.y)
  alive = alive.filter((_, i) => right[i] === 1)
  for (const row of alive) clean[row] = 1
  if (alive.length === 0) return
  alive = withstand('crossEntropy', steps, false)
  for (const row of alive) pgd[row] = 1
  for (const loss of ['crossEntropy', 'margin'] as const)
    for (let k = 0; k < restarts && alive.length > 0; k++) alive = withstand(loss, strongSteps, true)
  for (const row of alive) strong[row] = 1
}
