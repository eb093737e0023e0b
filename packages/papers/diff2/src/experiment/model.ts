import { decodeFloats, random } from '@opt/core'
import { type DenseNetwork, mlp } from '@opt/nn'
import { type Client, diff2, dpGradientDescent, type LocalOptions, networkClient, seededNoise } from '../index.ts'
import { type Census, FEATURES, splitCensus, type Table, tableOf } from './census.ts'

/** The census's records, divided and counted. */
export interface Study {
  census: Census
  train: number[]
  all: Table
  test: Table
}

export function studyOf(census: Census): Study {
  const { train, test } = splitCensus(census)
  return { census, train, all: tableOf(census, train), test: tableOf(census, test) }
}

/** How a run trains; clips and rates are for the loss (z - y)^2 of the paper. */
export interface Training {
  epsilon: number
  rounds: number
  learningRate: number
  clipGradient: number
  /** Absent: DP-GD. */
  difference?: { restart: number; clip: number; local?: LocalOptions | undefined } | undefined
}

/** A point in training: its loss and squared gradient norm, of (z - y)^2. */
export interface Measured {
  round: number
  loss: number
  gradient: number
}

/** What came out of a run. */
export interface Trained {
  /** Means over the last fifth of the rounds. */
  loss: number
  gradient: number
  testLoss: number
  feedback: number
  curve: Measured[]
}

/** A client of some records; equal ones are computed once. */
export function clientOf({ census }: Study, records: readonly number[]): Client {
  const { inputs, targets, counts } = tableOf(census, records)
  return networkClient(modelOf(0), inputs, targets, { counts })
}

/** A network 8-10-1 with softplus and 101 parameters, drawn from U(-1/sqrt(inputs), 1/sqrt(inputs)). */
function modelOf(seed: number): DenseNetwork {
  const network = mlp({ sizes: [FEATURES, 10, 1], activation: 'softplus', loss: 'squared', batch: 256 })
  const rng = random(seed)
  for (const { inputs, weight, bias } of network.layers()) {
    const bound = 1 / Math.sqrt(inputs)
    for (const part of [weight, bias!]) for (let k = 0; k < part.length; k++) part[k] = rng.uniform(-bound, bound)
  }
  return network
}

/** Trains; the network's loss is half of (z - y)^2, so that its clips are halved and its rates doubled. */
export function trainCensus(study: Study, clients: readonly Client[], seed: number, training: Training): Trained {
  const { epsilon, rounds, learningRate, clipGradient, difference } = training
  const network = modelOf(seed)
  const start = network.parameters.slice()
  const curve: Measured[] = []
  const every = Math.max(1, Math.floor(rounds / 100))
  const tail = 0.8 * rounds
  const options = {
    epsilon,
    delta: 1e-5,
    rounds,
    clipGradient: clipGradient / 2,
    learningRate: 2 * learningRate,
    noise: seededNoise(random(1000 + seed)),
    checkpoint: ({ round, x }: { round: number; x: string }) => {
      if (round % (round > tail ? 5 * every : 10 * every) > 0 && round > 2) return
      const at = decodeFloats(x, Float64Array, start.length, 'x')
      curve.push({ round, ...measure(network, study.all, at) })
    },
  }
  const { x, feedback } = difference
    ? diff2(clients, start, {
        ...options,
        restart: difference.restart,
        clipDifference: difference.clip / 2,
        local: difference.local && { ...difference.local, clip: difference.local.clip / 2 },
      })
    : dpGradientDescent(clients, start, options)
  const late = curve.filter(({ round }) => round > tail)
  const mean = (field: 'loss' | 'gradient') => late.reduce((sum, point) => sum + point[field], 0) / late.length
  const testLoss = measure(network, study.test, x as Float64Array).loss
  return { loss: mean('loss'), gradient: mean('gradient'), testLoss, feedback, curve }
}

/** Returns the mean of (z - y)^2 over a table and the squared norm of its gradient. */
function measure(network: DenseNetwork, { inputs, targets, counts }: Table, x: Float64Array) {
  network.parameters.set(x)
  const scale = (2 * counts.length) / counts.reduce((sum, count) => sum + count, 0)
  const loss = scale * network.lossAndGradient(inputs, targets, { weights: counts })
  let gradient = 0
  for (const g of network.gradients) gradient += scale * g * (scale * g)
  return { loss, gradient }
}
