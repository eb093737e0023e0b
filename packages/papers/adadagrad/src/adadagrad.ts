import {
  Batches,
  type BatchesState,
  callback,
  number,
  type Random,
  randomFrom,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { Adagrad, type OptimizerState, SGD } from '@opt/optimizers'
import { AdaGradNorm } from './adagrad-norm.ts'
import { BatchSizeTest, type BatchSizeTestOptions, type BatchSizeTestState, GROWTH_OPTIONS } from './batch-size-test.ts'
import { checkEvaluation, checkOracle, type Oracle } from './oracle.ts'

/** The update of {@link adadagrad}: its name, or a function that makes an optimizer of x. */
export type Update = 'adagrad' | 'adagrad-norm' | 'sgd' | ((x: Float64Array, learningRate: () => number) => Optimizer)

/** The part of an optimizer of @opt/optimizers that {@link adadagrad} uses. */
export interface Optimizer {
  step(gradient: Float32Array | Float64Array): void
  state(): OptimizerState
  load(state: OptimizerState): void
}

/** Options of {@link adadagrad}, and those of {@link BatchSizeTest}: `initial` is at least 2, `max` at most N. */
export interface AdAdaGradOptions extends BatchSizeTestOptions {
  /** Default 'adagrad'. */
  optimizer?: Update | undefined
  /**
   * A number, or a function of the number of examples processed so far. Default 0.01 for 'adagrad' and 'sgd', 1 for
   * 'adagrad-norm'.
   */
  learningRate?: number | ((examples: number) => number) | undefined
  /** The run is complete when it has processed so many examples. Default Infinity: `maxIterations` ends it. */
  examples?: number | undefined
  /** The seed of the order of examples, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  /** A checkpoint to continue from, to the same bits under the same options. */
  resume?: AdAdaGradCheckpoint | undefined
}

/** The report of a step. All but `examples` is of the point before the step. */
export interface AdAdaGradReport {
  /** NaN once the loss or a gradient is not finite. */
  error?: number
  /** b, the size of the step's batch. */
  batchSize: number
  /** The number of examples processed so far. */
  examples: number
  /** The mean loss of the batch. */
  loss: number
  /** |g|^2, of the batch. */
  squaredNorm: number
  /** s, the size that the test asked for; undefined if there was no test. */
  suggested: number | undefined
}

/** The answer of {@link adadagrad}. */
export interface AdAdaGradSolution {
  x: Float64Array
  /** The size of the next batch. */
  batchSize: number
  /** The number of examples processed. */
  examples: number
  /** To go on from here. */
  checkpoint: AdAdaGradCheckpoint
}

/** Everything that {@link adadagrad} needs to go on; plain JSON. */
export interface AdAdaGradCheckpoint {
  x: number[]
  examples: number
  optimizer: OptimizerState
  test: BatchSizeTestState
  batches: BatchesState
}

const RATES = { adagrad: 0.01, 'adagrad-norm': 1, sgd: 0.01 }

/**
 * AdAdaGrad (Lau, Liu and Kolar, arXiv 2402.11215, algorithm 1): AdaGrad, or another update, on batches that grow.
 *
 *     draw a batch of b examples;   g = mean of their gradients at x
 *     x = update(x, g)
 *     s = the batch size that a test of g asks for;   b = min(max, ceil(s)) if s > b
 *
 * Without `examples` it runs for `maxIterations` steps (default 1000). When a loss or a gradient is not finite, it ends
 * with status 'diverged' and the last x.
 *
 * @param oracle the loss: `networkOracle` makes one from a network.
 * @param x0 the start; not changed.
 * @throws TypeError or RangeError that names the wrong argument, option, or part of the checkpoint.
 */
export const adadagrad: Solver<
  [oracle: Oracle, x0: VectorLike, options: AdAdaGradOptions],
  AdAdaGradReport,
  AdAdaGradSolution
> = solver(
  'adadagrad',
  function* (oracle, x0, options) {
    const { count } = checkOracle(oracle)
    const { examples: budget = Infinity, seed = 0, resume } = options
    if (budget !== Infinity) number(budget, 'examples', { positive: true })
    const x = vectorCopy(x0, 'x0')
    const test = growingTest(options, count)
    const batches = new Batches(count, randomFrom(seed, 'seed'))
    let examples = 0
    const optimizer = makeOptimizer(x, options, () => examples)
    if (resume !== undefined) examples = restore(resume, x, optimizer, test, batches)

    while (examples < budget) {
      const { batchSize, needs } = test
      const { loss, gradient, statistics } = checkEvaluation(oracle.evaluate(x, batches.draw(batchSize), needs))
      const squaredNorm = squareOf(checkGradient(gradient, x.length))
      const finite = Number.isFinite(loss) && Number.isFinite(squaredNorm)
      if (finite) {
        optimizer.step(gradient)
        examples += batchSize
        test.update(statistics)
      }
      const { suggested } = test
      const report: AdAdaGradReport = { batchSize, examples, loss, squaredNorm, suggested }
      if (!finite) report.error = NaN
      const stop = yield report
      if (stop) break
    }
    const checkpoint = {
      x: Array.from(x),
      examples,
      optimizer: optimizer.state(),
      test: test.state(),
      batches: batches.state(),
    }
    return { x, batchSize: test.batchSize, examples, checkpoint }
  },
  {
    options: ['optimizer', 'learningRate', 'examples', 'seed', 'resume', ...GROWTH_OPTIONS],
  },
)

function growingTest(options: AdAdaGradOptions, count: number): BatchSizeTest {
  const { initial = Math.min(8, count), max = count, interval, test, eta, theta, nu, population, quantile } = options
  // A batch of one example has no variance: its size would never grow.
  number(initial, 'initial', { integer: true, min: 2 })
  number(max, 'max', { integer: true, min: initial, max: count })
  return new BatchSizeTest({ initial, max, interval, test, eta, theta, nu, population, quantile })
}

function makeOptimizer(x: Float64Array, options: AdAdaGradOptions, examples: () => number): Optimizer {
  const { optimizer = 'adagrad', learningRate } = options
  if (typeof optimizer !== 'function' && !Object.hasOwn(RATES, optimizer))
    refuse('optimizer', "'adagrad', 'adagrad-norm', 'sgd' or a function", show(optimizer))
  if (learningRate !== undefined && typeof learningRate !== 'function')
    number(learningRate, 'learningRate', { nonnegative: true })
  const given = learningRate ?? (typeof optimizer === 'function' ? RATES.adagrad : RATES[optimizer])
  const rate = typeof given === 'function' ? () => given(examples()) : () => given
  if (optimizer === 'adagrad') return new Adagrad(x, { learningRate: rate })
  if (optimizer === 'adagrad-norm') return new AdaGradNorm(x, { learningRate: rate })
  if (optimizer === 'sgd') return new SGD(x, { learningRate: rate })
  const own = optimizer(x, rate)
  for (const method of ['step', 'state', 'load'] as const) callback(own?.[method], `optimizer(x).${method}`)
  return own
}

function checkGradient(gradient: Float32Array | Float64Array, length: number): Float32Array | Float64Array {
  if (gradient?.length !== length)
    refuse('oracle.evaluate', `such that its gradient has length ${length}`, show(gradient), 'type')
  return gradient
}

function squareOf(g: Float32Array | Float64Array): number {
  let square = 0
  for (let j = 0; j < g.length; j++) square += g[j] * g[j]
  return square
}

/** Restores everything from a checkpoint, and returns its number of examples. */
function restore(
  resume: AdAdaGradCheckpoint,
  x: Float64Array,
  optimizer: Optimizer,
  test: BatchSizeTest,
  batches: Batches,
): number {
  if (typeof resume !== 'object' || resume === null) refuse('resume', 'a checkpoint', show(resume), 'type')
  const examples = number(resume.examples, 'resume.examples', { integer: true, min: 0 })
  x.set(vectorCopy(resume.x, 'resume.x', { length: x.length }))
  optimizer.load(resume.optimizer)
  test.load(resume.test)
  batches.load(resume.batches, 'resume.batches')
  return examples
}
