import { allFinite, Batches, number, type Report, type Solver, solver, sum } from '@opt/core'
import { type DenseNetwork, mlp } from '@opt/nn'
import { openDomains } from '../head/open.ts'
import { ownWorkspace } from '../head/workspaces.ts'
import { AlignedModel, headOf } from './aligned-model.ts'
import { BatchBuffer, checkSample } from './batch-buffer.ts'
import { type AcrossCheckpoint, restore, save } from './checkpoint.ts'
import { checkInputDomains, checkLoss, checkNetwork, type InputDomain } from './domains.ts'
import { ACROSS_OPTIONS, type AcrossOptions, type AcrossSettings, checkAcross } from './options.ts'
import { addL2, canStep, fishStep, headGradient, igaGradient } from './steps.ts'

/** Progress of {@link trainAcrossDomains}. */
export interface AcrossReport extends Report {
  /** NaN once loss or penalty are not finite. */
  error?: number
  /** Steps done. */
  step: number
  /** The mean of the domains' losses, before the step. */
  loss: number
  /** The loss of each domain's batch. */
  losses: number[]
  /** The penalty of the batches, without its weight; may be negative when it is unbiased. */
  penalty: number
  /** The measures of `evaluate`. */
  measures: Record<string, number>
}

/** Answer of {@link trainAcrossDomains}. */
export interface AcrossAnswer {
  model: AlignedModel
  checkpoint: AcrossCheckpoint
}

/**
 * Trains a network on several domains: mean_e L_e + l2 |parameters|^2 + weight penalty, where the penalty aligns the last
 * layer's gradients and Hessians across domains, or is that of a baseline.
 *
 * The defaults are those of our experiment; the official scripts have weight 91257, annealSteps 190, learningRate 4.9e-4,
 * l2 1.1e-3 and 501 steps on all examples. On batches much smaller than a domain consider `unbiased: true`, and watch the
 * loss: on batches too small for the learning rate its penalty, which may be negative, can run away.
 *
 * @param model a network with a hidden layer, which is copied, or the units of its layers, from inputs to classes.
 * @param domains at least two; each weighs the same.
 * @throws TypeError or RangeError that names the wrong argument.
 */
export const trainAcrossDomains: Solver<
  [model: DenseNetwork | readonly number[], domains: readonly InputDomain[], options: AcrossOptions],
  AcrossReport,
  AcrossAnswer
> = solver(
  'trainAcrossDomains',
  function* (model, domains, options) {
    const settings = checkAcross(options)
    const { steps, batchSize, weight, startWeight, annealSteps, rescale, l2, method, average } = settings
    const { network, buffer } = prepare(model, domains, options, settings)
    const { counts } = buffer
    const batches = counts.map((count) => new Batches(count, settings.rng.split()))
    const aligned = new AlignedModel(network)
    let optimizer = settings.makeOptimizer(network.parameters)
    let alignment = settings.alignment
    let step = 0
    if (options.resume) {
      const restored = restore(options.resume, { network, optimizer, batches, average })
      step = restored.step
      alignment = { ...alignment, rng: restored.random }
    }
    const answer = () => ({
      model: aligned,
      checkpoint: save(step, alignment.rng, { network, optimizer, batches, average }),
    })

    while (step < steps) {
      if (step === annealSteps && settings.resetOptimizer) optimizer = settings.makeOptimizer(network.parameters)
      const w = step < annealSteps ? startWeight : weight
      const scale = rescale ? 1 / Math.max(1, w) : 1
      const batch = buffer.gather((e) => {
        const chosen = options.sample?.(step, e)
        return chosen ? checkSample(chosen, counts[e], e) : batches[e].draw(Math.min(batchSize, counts[e]))
      })
      let report: { losses: Float64Array; penalty: number }
      let failed = false
      if (method === 'fish') {
        report = fishStep(network, batch, optimizer, l2, settings.metaRate)
        failed = !allFinite(report.losses)
      } else {
        const factors = { loss: scale, penalty: scale * w }
        report =
          method === 'iga' ? igaGradient(network, batch, factors) : headGradient(network, batch, alignment, factors)
        addL2(network, scale * l2)
        if (allFinite(report.losses) && Number.isFinite(report.penalty) && canStep(network))
          optimizer.step(network.gradients as never)
        else failed = true
      }
      step++
      if (step % settings.reportEvery !== 0 && step < steps && !failed) continue
      const losses = Array.from(report.losses)
      const progress: AcrossReport = {
        step,
        loss: sum(losses) / losses.length,
        losses,
        penalty: method === 'erm' ? 0 : report.penalty,
        measures: options.evaluate?.(aligned) ?? {},
      }
      if (failed) progress.error = NaN
      if (yield progress) break
    }
    return answer()
  },
  { maxIterations: Number.MAX_SAFE_INTEGER, options: ACROSS_OPTIONS },
)

/** Checks model and domains, and makes a network that holds the examples of a step. */
function prepare(
  model: DenseNetwork | readonly number[],
  domains: readonly InputDomain[],
  { dtype = 'float32' }: AcrossOptions,
  { batchSize, rng }: AcrossSettings,
): { network: DenseNetwork; buffer: BatchBuffer } {
  if (Array.isArray(model))
    model.forEach((size, l) => void number(size, `model[${l}]`, { integer: true, min: 1, max: 65536 }))
  const made = Array.isArray(model)
    ? mlp({
        sizes: model as readonly number[],
        loss: model.at(-1) === 1 ? 'logistic' : 'cross-entropy',
        initialization: 'glorot',
        dtype,
        seed: rng.split(),
      })
    : (model as DenseNetwork)
  checkNetwork(made)
  const examples = checkInputDomains(domains, made.sizes, made.dtype)
  const batch = examples.reduce((all, { count }) => all + Math.min(batchSize, count), 0)
  const network = made.clone({ batch })
  checkLoss(network, examples[0], (n) => {
    const head = headOf(network)
    const { inputs, targets } = examples[0]
    const features = network.activations(inputs.subarray(0, n * network.sizes[0])).at(-2)!
    const few = { count: n, features, targets: targets.subarray(0, n * head.outputs) }
    return openDomains([few], head, { label: () => 'model', workspace: ownWorkspace })[0].loss
  })
  return { network, buffer: new BatchBuffer(examples) }
}
