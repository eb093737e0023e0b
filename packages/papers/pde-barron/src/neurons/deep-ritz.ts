import {
  calling,
  lbfgs,
  number,
  options as optionsOf,
  type Report,
  refuse,
  type Solver,
  solver,
  vectorCopy,
} from '@opt/core'
import { Adam, type OptimizerState } from '@opt/optimizers'
import { type LagrangianLike, lagrangianOf } from '../lagrangian/lagrangian.ts'
import { type Condition, checkBoundary } from '../theory/conditioning.ts'
import { type NetworkFunctions, networkFunctions } from './answer.ts'
import { forcingAt, type RuleForcing } from './certificate.ts'
import { neuronsOf, type RandomNeurons } from './draw.ts'
import { checkNetwork, type InnerPart, type Neurons, type TwoLayerNetwork } from './network.ts'
import { RitzEnergy } from './ritz-energy.ts'
import { quadrature, type Rule } from './rule.ts'

/** What {@link deepRitz} minimises: the energy of -div L_p + L_u = f. */
export interface RitzInput {
  lagrangian: LagrangianLike
  /** A function of a point, a sum, or values at the points of the rule. */
  f: RuleForcing
  boundary: readonly Condition[]
  /** The neurons to start from, with output weights 0, or how to draw some. Default 100 of tanh. */
  neurons?: Neurons | RandomNeurons | undefined
  /** Default 64, 32, 14 nodes an axis of Gauss-Legendre for d = 1, 2, 3; above it must be given. */
  rule?: Rule | undefined
}

/** Options of {@link deepRitz}. */
export interface RitzOptions {
  /** Steps of Adam. Default 2000. */
  steps?: number | undefined
  /** Default 0.01. */
  learningRate?: number | undefined
  /** Iterations of L-BFGS after them. Default 0. */
  polish?: number | undefined
  /** The state of an earlier answer to the same problem, to go on from to the same bits. */
  initial?: RitzState | undefined
}

/** A saved training: W, b, a in one array, and the optimizer. */
export interface RitzState {
  parameters: number[]
  steps: number
  optimizer: OptimizerState
}

/** Report of {@link deepRitz} after each step. */
export interface RitzReport extends Report {
  /** The energy before the step. */
  energy: number
}

/** Answer of {@link deepRitz}. */
export interface RitzSolution extends NetworkFunctions {
  network: TwoLayerNetwork
  energy: number
  state: RitzState
}

/** The energy of a network by a rule, and its derivatives. */
export interface RitzGradient {
  energy: number
  /** n x d, row-major. */
  inputWeights: Float64Array
  biases: Float64Array
  outputWeights: Float64Array
}

/**
 * Returns the energy of a network, the integral of L - f u by the rule, and its gradient in all weights, in closed form.
 *
 * @throws TypeError or RangeError when an argument is invalid.
 */
export function ritzGradient(problem: RitzInput, network: TwoLayerNetwork): RitzGradient {
  return calling('ritzGradient', () => {
    const { energy } = prepare(problem)
    const checked = checkNetwork(network, 'network')
    if (checked.boundary.join() !== problem.boundary.join())
      refuse('network.boundary', `${problem.boundary}`, `${checked.boundary}`)
    const objective = energy(checked)
    const parameters = objective.pack(checked)
    const gradient = new Float64Array(parameters.length)
    const value = objective.at(parameters, gradient)
    const { inputWeights, biases, outputWeights } = objective.unpack(gradient)
    return { energy: value, inputWeights: inputWeights.data, biases, outputWeights }
  })
}

function prepare(problem: RitzInput) {
  const given = optionsOf(problem, 'problem', ['lagrangian', 'f', 'boundary', 'neurons', 'rule'])
  const boundary = checkBoundary(given.boundary)
  const d = boundary.length
  const L = lagrangianOf(given.lagrangian, d)
  const rule = quadrature(given.rule, d, 'rule')
  const f = forcingAt(given.f, rule)
  return {
    L,
    d,
    boundary,
    energy: ({ activation, biases }: InnerPart) =>
      new RitzEnergy({ lagrangian: L, boundary, rule, f, activation, count: biases.length }),
  }
}

/**
 * Trains all weights of a two-layer network on the energy, by Adam and then L-BFGS: the Deep Ritz method (E and Yu 2018), the
 * baseline that {@link solveNeurons} is compared with. It has no error bound; `energy` of reports falls.
 *
 * @throws TypeError or RangeError when the problem or an option is invalid; RangeError when the training diverges.
 */
export const deepRitz: Solver<[problem: RitzInput, options: RitzOptions], RitzReport, RitzSolution> = solver(
  'deepRitz',
  function* (problem, options): Generator<RitzReport, RitzSolution, boolean> {
    const { L, d, boundary, energy } = prepare(problem)
    const { steps = 2000, learningRate = 0.01, polish = 0, initial } = options
    number(steps, 'steps', { integer: true, min: 0, max: 10_000_000 })
    number(learningRate, 'learningRate', { positive: true })
    number(polish, 'polish', { integer: true, min: 0, max: 1_000_000 })
    const inner = neuronsOf(problem.neurons, d, 'neurons')
    const objective = energy(inner)
    const outputWeights = new Float64Array(inner.biases.length)
    const start = objective.pack({ ...inner, outputWeights, boundary })
    const parameters =
      initial === undefined
        ? start
        : vectorCopy(optionsOf(initial, 'initial').parameters, 'initial.parameters', { length: start.length })
    const optimizer = new Adam(parameters, { learningRate })
    let done = 0
    if (initial !== undefined) {
      done = number(initial.steps, 'initial.steps', { integer: true, min: 0 })
      optimizer.load(initial.optimizer)
    }
    const gradient = new Float64Array(parameters.length)
    let stop = false
    for (; done < steps && !stop; done++) {
      const value = objective.at(parameters, gradient)
      if (!Number.isFinite(value))
        refuse('learningRate', 'small enough for the energy to stay finite', `${learningRate}`)
      optimizer.step(gradient)
      stop = yield { energy: value }
    }
    const state = { parameters: [...parameters], steps: done, optimizer: optimizer.state() }
    if (!stop && polish > 0) {
      const ending = new AbortController()
      const run = lbfgs.steps((x, g) => objective.at(x, g), parameters, {
        maxIterations: polish,
        tolerance: 0,
        history: false,
        signal: ending.signal,
      })
      let next = run.next()
      for (; !next.done; next = run.next()) if (!stop && (stop = yield { energy: next.value.value })) ending.abort()
      parameters.set(next.value.x)
    }
    const network: TwoLayerNetwork = objective.unpack(parameters)
    return {
      network,
      energy: objective.at(parameters, gradient),
      state,
      ...networkFunctions('deepRitz', network, L, problem.f),
    }
  },
  { maxIterations: 20_000_000, options: ['steps', 'learningRate', 'polish', 'initial'] },
)
