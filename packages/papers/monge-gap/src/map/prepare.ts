import { type MatrixLike, number, options as optionsOf, randomFrom, refuse, show } from '@opt/core'
import type { DenseNetwork, Stepper } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { costsOf, MapLoss } from './map-loss.ts'
import type { LearnMapOptions } from './options.ts'
import { type MapOutput, outputOf } from './outputs.ts'
import { restore } from './restore.ts'
import { type Sampler, Source } from './source.ts'
import { Training } from './training.ts'
import { Validation } from './validation.ts'

interface Prepared {
  steps: number
  strengthOf: (step: number) => number
  output: MapOutput
  optimizer: Stepper
  gradients: never
  training: Training
  validation: Validation | undefined
  /** The counts of the run that is continued. */
  saved: { step: number; unconverged: number }
}

/** Checks the arguments of learnMap and makes what it works with. */
export function prepare(
  network: DenseNetwork,
  givenX: MatrixLike | Sampler,
  givenZ: MatrixLike | Sampler,
  options: LearnMapOptions,
): Prepared {
  if (typeof network?.backpropagate !== 'function') refuse('network', 'a network of @opt/nn', show(network), 'type')
  const costs = costsOf(options)
  const output = outputOf(options.output ?? 'free')
  const steps = number(options.steps ?? 1000, 'steps', { integer: true, min: 0 })
  const strengthOf = strengths(options.strength ?? 1)
  const { resume } = options
  if (resume !== undefined) optionsOf(resume, 'resume')

  const random = randomFrom(options.seed ?? 0, 'seed')
  const { cost, fittingCost } = costs
  const x = new Source(givenX, options.batchSize, random.split(), [cost], 'x')
  const { d } = x.first
  for (const [name, units] of [['inputs', network.sizes[0]] as const, ['outputs', network.sizes.at(-1)] as const])
    if (units !== d) refuse('network', `one with ${d} ${name}, as many as x has columns`, `${units}`)
  const z = new Source(givenZ, options.batchSize, random.split(), [fittingCost, cost], 'z', d)
  const { epsilonFitting = options.epsilonFitting, epsilonGap = options.epsilonGap } = resume ?? {}
  const loss = new MapLoss(x.first, z.first, { ...options, epsilonFitting, epsilonGap })
  const training = new Training(network, output, x, z, loss, (points, label) => cost.check?.(points, d, label))
  const settings = { ...options, epsilonFitting: loss.epsilonFitting, epsilonGap: loss.epsilonGap }
  const validation = options.validation && new Validation(network, output, options.validation, costs, settings, d)

  const optimizer = options.optimizer ?? new Adam(network.parameters, { learningRate: 0.01 })
  if (typeof optimizer?.step !== 'function')
    refuse('optimizer', 'an object with step(gradients)', show(optimizer), 'type')
  const gradients = (options.gradients ?? network.gradients) as never
  const saved = resume ? restore(resume, { network, optimizer, training, validation }) : { step: 0, unconverged: 0 }
  return { steps, strengthOf, output, optimizer, gradients, training, validation, saved }
}

/** The option as a function of the step. */
function strengths(given: NonNullable<LearnMapOptions['strength']>): (step: number) => number {
  const checked = (value: unknown, label: string) => number(value, label, { nonnegative: true })
  if (typeof given === 'function') return (step) => checked(given(step), `strength(${step})`)
  if (typeof given === 'number') {
    checked(given, 'strength')
    return () => given
  }
  if (!Array.isArray(given) || given.length === 0)
    refuse('strength', 'a number, a nonempty array of numbers or a function of the step', show(given), 'type')
  given.forEach((value, k) => checked(value, `strength[${k}]`))
  return (step) => given[Math.min(step, given.length - 1)]
}
