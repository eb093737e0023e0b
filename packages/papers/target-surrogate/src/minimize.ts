import {
  Batches,
  encodeFloats,
  number,
  type Random,
  randomFrom,
  type Solver,
  solver,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { checkCheckpoint, type MinimizeCheckpoint, savedGradient } from './checkpoint.ts'
import { armijoSteps } from './inner/armijo-steps.ts'
import { checkData, type Labelled, labelledBatch } from './labelled.ts'
import { checkLoss, type Loss } from './losses.ts'
import type { Model } from './models/model.ts'
import type { Rows } from './rows.ts'
import { fixedEta } from './rules/fixed-eta.ts'
import { inSolver } from './surrogate/ask.ts'
import { askGradient, moveOn } from './surrogate/outer-step.ts'
import { load, makeRun, OUTER_OPTIONS, save } from './surrogate/run.ts'
import type { OuterOptions } from './target-surrogate.ts'

/** Options of {@link minimize}. */
export interface MinimizeOptions extends OuterOptions {
  /** The loss; it gets outputs and labels flat. With promises, call `minimize.async`. */
  loss: Loss<Float64Array>
  /** b. Default: all examples, the deterministic method. */
  batchSize?: number | undefined
  /** The seed of the order of examples, or a generator to draw from. Default 0. */
  seed?: number | Random | undefined
  /** A checkpoint to continue from, to the same bits under the same options. */
  resume?: MinimizeCheckpoint | undefined
}

/** The report of {@link minimize} on an expensive gradient, at the parameters where it was taken. */
export interface MinimizeReport {
  /** |grad h|, with full batches; NaN once a surrogate did not stay finite. */
  error?: number
  /** The mean loss of the batch, where the loss has a value. */
  objective: number | undefined
  /** The number of expensive gradients so far. */
  gradients: number
  /** eta and G of the step that led here; undefined before the first, and eta where it differs among examples. */
  eta: number | undefined
  surrogate: number | undefined
  /** The inner steps, forward passes and vector-Jacobian products so far. */
  innerSteps: number
  forwards: number
  vjps: number
}

/** The answer of {@link minimize}. */
export interface MinimizeSolution {
  parameters: Float64Array
  /** The loss there; of the last batch only, if batches are not full. */
  objective: number | undefined
  /** The number of expensive gradients. */
  gradients: number
  /** To go on from here; it holds the last gradient, which is not asked for again. */
  checkpoint: MinimizeCheckpoint
}

/**
 * Minimises h(theta) = mean_i l_i(f_i(theta)) with few gradients of the losses: on all examples (algorithm 1) or on
 * batches (SSO, algorithm 2). An iteration is one expensive gradient.
 *
 * With full batches the answer has converged when |grad h| is at most `tolerance`; and with the default eta = 1/L and
 * `armijoSteps`, `exactSolve` or `gradientSteps` of 1/beta the loss never rises. On batches it runs to `maxIterations`.
 * A surrogate that does not stay finite ends it as 'diverged', at the last parameters.
 *
 * @param parameters the start; not changed.
 * @throws TypeError or RangeError that names the wrong argument, option, or part of the checkpoint; TypeError for a loss
 *   of promises outside of `minimize.async`.
 */
export const minimize: Solver<
  [model: Model<Rows>, parameters: VectorLike, data: Labelled, options: MinimizeOptions],
  MinimizeReport,
  MinimizeSolution
> = solver(
  'minimize',
  function* (model, parameters, data, options) {
    const {
      loss,
      batchSize,
      seed = 0,
      resume,
      rule = fixedEta(),
      inner = armijoSteps(),
      steps,
      schedule,
      total,
    } = options
    checkLoss(loss)
    const examples = checkData(data)
    const n = examples.count
    const b = batchSize === undefined ? n : number(batchSize, 'batchSize', { integer: true, min: 1, max: n })
    const run = makeRun(
      model,
      vectorCopy(parameters, 'parameters'),
      { rule, inner, steps, schedule, total },
      { examples: n, smoothness: loss.smoothness },
    )
    const { surrogate } = run
    const batches = new Batches(n, randomFrom(seed, 'seed'))
    const batch = labelledBatch(examples, b, loss)
    const q = new Float64Array(surrogate.parameters.length)
    let innerSteps = 0
    const report: MinimizeReport = {
      objective: undefined,
      gradients: 0,
      eta: undefined,
      surrogate: undefined,
      innerSteps: 0,
      forwards: 0,
      vjps: 0,
    }

    let stop = false
    if (resume === undefined) stop = yield* askNext()
    else {
      checkCheckpoint(resume)
      batches.load(resume.batches, 'resume.batches')
      load(run, resume.run, 'resume.run')
      batch.choose(batches.last(b))
      report.objective = yield* inSolver(askGradient(run, savedGradient(resume, batch)))
      innerSteps = resume.innerSteps
      surrogate.forwards = resume.forwards
      surrogate.vjps = resume.vjps
    }
    while (!stop) {
      const step = yield* inSolver(moveOn(run, batch))
      if (step === null) {
        yield { ...report, error: NaN }
        break
      }
      if (step.innerSteps === 0 && report.error !== undefined)
        return {
          ...answer(),
          message: 'the inner solver took no step: scale the inputs, or give it smaller first steps',
        }
      innerSteps += step.innerSteps
      report.eta = step.eta
      report.surrogate = step.surrogate
      stop = yield* askNext()
    }
    return answer()

    function* askNext(): Generator<MinimizeReport, boolean, boolean> {
      batch.choose(batches.draw(b))
      report.objective = yield* inSolver(askGradient(run, batch))
      report.gradients = run.gradients + 1
      if (b === n) report.error = Math.sqrt(surrogate.lossGradientTo(q))
      report.innerSteps = innerSteps
      report.forwards = surrogate.forwards
      report.vjps = surrogate.vjps
      return yield { ...report }
    }

    function answer(): MinimizeSolution {
      const { objective } = report
      const checkpoint = {
        run: save(run),
        batches: batches.state(),
        gradient: encodeFloats(surrogate.gradient),
        objective: objective ?? null,
        innerSteps,
        forwards: report.forwards,
        vjps: report.vjps,
      }
      return { parameters: surrogate.parameters, objective, gradients: run.gradients + 1, checkpoint }
    }
  },
  { options: ['loss', 'batchSize', 'seed', 'resume', ...OUTER_OPTIONS] },
)
