import { allFinite, Batches, randomFrom, refuse, type Solver, solver } from '@opt/core'
import type { DenseNetwork, Stepper } from '@opt/nn'
import { SGD } from '@opt/optimizers'
import { checkInside } from '../attacks/box.ts'
import { type LabelledData, openProblem, readData } from '../model/data.ts'
import { isNetwork } from '../model/model.ts'
import type { Oracle, TrainableModel } from '../model/oracle.ts'
import { martOf } from '../weights/mart.ts'
import { crossEntropies } from '../weights/softmax.ts'
import { BatchAttack } from './batch-attack.ts'
import { BatchWeights, spreadOf } from './batch-weights.ts'
import { type Running, restore, save } from './checkpoint.ts'
import { ROBUST_OPTIONS, type RobustAnswer, type RobustOptions, type RobustReport } from './options.ts'
import { chosenIndices, Measures } from './reports.ts'
import { type Settings, settingsOf } from './settings.ts'

type Model = DenseNetwork | TrainableModel

/**
 * Trains a network in place so that it withstands perturbations of its inputs of size epsilon, on its weakest examples
 * too: CID for the doubly robust problem
 *
 *     min_theta max_{w in simplex} sum_i w_i l_i(theta, delta_i*(theta)) - r sum_i w_i log(n w_i)
 *
 * where delta_i* is the attack, the solution of a lower level that moves with the parameters. One step: attack a batch,
 * weigh its examples ({@link CompositionalWeights}), and step along sum_i w_i dl_i/dtheta with the implicit term
 * ({@link hypergradient}). Other weights and attacks give the baselines: see `method`.
 *
 * @param model a network of @opt/nn with cross-entropy, or a model with parameters, logits, inputGradient and
 *   weightedGradient.
 * @param data inputs within the box, and labels of at least two classes.
 * @throws TypeError or RangeError for a model, data, options or a checkpoint that do not fit, before anything changes; and
 *   whatever the optimizer throws for a step that it refuses.
 */
export const trainRobust: Solver<
  [model: Model, data: LabelledData, options: RobustOptions],
  RobustReport,
  RobustAnswer<Model>
> = solver(
  'trainRobust',
  function* (model, data, options) {
    const { inputs, targets } = readData(data)
    const problem = openProblem(model, inputs, targets, true)
    const { oracle, labels, rows } = problem
    const settings = settingsOf(options, problem)
    checkInside(problem.inputs, settings.box, 'inputs')
    if (labels.every((label) => label === labels[0]))
      refuse('targets', 'labels of at least two classes', 'labels of one')
    const { batchSize, perEpoch, total, every, implicit, exact, mart, beta } = settings
    const parameters = oracle.parameters!
    const flat = isNetwork(model) ? model.gradients : new Float64Array(parameters.length)
    const optimizer = options.optimizer ?? defaultOptimizer(parameters, settings)
    const random = randomFrom(options.seed ?? 0, 'seed')
    const batches = new Batches(rows, random.split())
    const running: Running = { model, optimizer, batches, random: random.split(), weights: new BatchWeights(settings) }
    let step = options.resume === undefined ? 0 : restore(running, options.resume)
    const { weights: weighing } = running
    const attack = new BatchAttack(problem, settings)
    const measures = new Measures()
    let stop = false
    let failed = false

    while (step < total && !stop) {
      // Draw a batch, and attack it.
      const indices = options.batches
        ? chosenIndices(options.batches(step), batchSize, rows)
        : batches.draw(batchSize).slice()
      oracle.prepare(batchSize)
      const points = attack.run(indices, running.random, options.starts?.(step, indices))
      const { labels: y, delta, kappa } = attack
      const { logits, gradient: inX } = implicit
        ? oracle.crossEntropy(points, y)
        : { logits: oracle.trainingLogits(points, y), gradient: null }
      const losses = crossEntropies(logits, y, oracle.classes)
      const batch = { losses, logits, labels: y, kappa, step, steps: total, indices }
      failed = attack.broken || !allFinite(losses) || (inX !== null && !allFinite(inX))
      if (!failed) {
        // Weigh its examples, and follow the gradient, which moves the attack too.
        const w = weighing.of(batch)
        const gradient = Float64Array.from(
          mart ? martGradient(oracle, attack.inputs, points, batch, beta) : oracle.weighted(points, y, w),
        )
        if (inX && attack.barrier) {
          const correction = oracle.cross(points, y, w, attack.barrier.implicit(inX, true), exact)
          for (let p = 0; p < gradient.length; p++) gradient[p] += correction[p]
        }
        failed = !allFinite(gradient)
        if (!failed) {
          const logU = weighing.tracker?.logU ?? null
          options.onStep?.({ losses, logits, labels: y, kappa, step, indices, delta, weights: w, logU, gradient })
          flat.set(gradient)
          optimizer.step((options.gradients ?? flat) as never)
          oracle.finish()
          measures.add(losses, spreadOf(w))
        }
      }

      step++
      if (step % every !== 0 && step < total && !failed) continue
      const report: RobustReport = { step, epoch: step / perEpoch, ...measures.take(weighing), ...options.evaluate?.() }
      stop = yield failed ? { ...report, error: NaN } : report
    }
    const checkpoint = save(running, step)
    const ending = failed
      ? { message: `a loss or a gradient of step ${step} is not finite` }
      : measures.warning(batchSize, weighing.tracker !== null, step >= total && !stop)
    return { network: model, logU: checkpoint.logU, checkpoint, ...ending }
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ROBUST_OPTIONS },
)

/** The gradient of MART's loss, which flows through the logits of the clean inputs too. */
function martGradient(
  oracle: Oracle,
  clean: Float64Array,
  points: Float64Array,
  { logits, labels }: { logits: Float64Array; labels: Int32Array },
  beta: number,
): Float64Array {
  const natural = oracle.trainingLogits(clean, labels)
  const { gradientAdversarial, gradientNatural } = martOf(logits, natural, labels, oracle.classes, beta)
  const gradient = Float64Array.from(oracle.pulledBack(points, gradientAdversarial))
  const other = oracle.pulledBack(clean, gradientNatural)
  return gradient.map((g, p) => g + other[p])
}

/** SGD with momentum .9, whose learning rate falls by 10 after 60 % and again after 85 % of the steps. */
function defaultOptimizer(parameters: Float64Array | Float32Array, { learningRate, total }: Settings): Stepper {
  const schedule = (step: number) =>
    step < 0.6 * total ? learningRate : step < 0.85 * total ? 0.1 * learningRate : 0.01 * learningRate
  return new SGD(parameters, { learningRate: schedule, momentum: 0.9 })
}
