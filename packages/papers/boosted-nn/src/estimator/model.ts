import { type Label, type Matrix, type MatrixLike, refuse, show, type VectorLike } from '@opt/core'
import { standardize, trainTestSplit } from '@opt/datasets'
import ndarray from 'ndarray'
import type { BoostingProblem } from '../boosted-network.ts'
import type { GrownNetwork } from '../grown-network.ts'
import type { Settings } from '../settings.ts'
import { checkFeatures } from './features.ts'
import { type PreparedTargets, prepareTargets, type TableTargets } from './labels.ts'

/** What a fit learns. */
export interface Model extends Coding {
  /** On standardised features and targets. */
  network: GrownNetwork
}

/** How features and targets become numbers of size 1. */
export interface Coding {
  classes: Label[] | null
  mean: Float64Array
  scale: Float64Array
  targetMean: Float64Array
  targetScale: Float64Array
}

/** A table that is ready for boosting. */
export interface PreparedTable {
  problem: BoostingProblem
  /** The number of rows, with those set aside. */
  rows: number
  /** What its models share. */
  coding: Coding
}

/** Standardises a table and sets aside its validation rows. */
export function prepareTable(
  X: MatrixLike,
  y: TableTargets,
  settings: Settings,
  { standardizes, validationFraction }: { standardizes: boolean; validationFraction: number },
): PreparedTable {
  const x = checkFeatures(X, 'X')
  const [n, d] = x.shape as [number, number]
  const targets = prepareTargets(settings.loss, y, n)
  const plain = { mean: new Float64Array(d), scale: new Float64Array(d).fill(1) }
  const { train, test } = split(n, targets, validationFraction, settings)
  const own = takeRows(x, train)
  const scaling = standardizes ? standardize(own) : { features: own, ...plain }
  const { mean, scale } = scaling
  const problem: BoostingProblem = { X: scaling.features, y: targetRows(targets, train) }
  if (test.length > 0) {
    const others = takeRows(x, test)
    problem.validation = {
      X: standardizes ? standardize(others, { mean, scale }).features : others,
      y: targetRows(targets, test),
    }
  }
  return {
    problem,
    rows: n,
    coding: { classes: targets.classes, mean, scale, targetMean: targets.mean, targetScale: targets.scale },
  }
}

function split(n: number, { places }: PreparedTargets, fraction: number, { random }: Settings) {
  if (fraction === 0) return { train: Int32Array.from({ length: n }, (_, i) => i), test: new Int32Array(0) }
  const count = Math.round(n * fraction)
  if (count < 1 || count >= n)
    refuse('validationFraction', `one that leaves rows in both parts of ${n}`, show(fraction))
  const rule = { rng: random.split(), testFraction: fraction, ...(places && { stratify: places }) }
  const { train, test } = trainTestSplit(n, rule)
  return { train: train.sort(), test: test.sort() }
}

function takeRows({ data, shape }: Matrix, rows: Int32Array): Matrix {
  const d = shape[1]
  const out = new Float64Array(rows.length * d)
  rows.forEach((row, i) => out.set(data.subarray(row * d, (row + 1) * d), i * d))
  return ndarray(out, [rows.length, d])
}

function targetRows({ y, k }: PreparedTargets, rows: Int32Array): VectorLike | Matrix {
  const taken = takeRows(ndarray(y, [y.length / k, k]), rows)
  return k === 1 ? taken.data : taken
}

/** Features as a model was trained on. */
export function modelInputs({ mean, scale }: Model, X: MatrixLike, label: string): Matrix {
  return standardize(checkFeatures(X, label, mean.length), { mean, scale }).features
}

/** The same network on features and targets as given: the standardisation is folded into its weights. */
export function foldedNetwork({ network, mean, scale, targetMean, targetScale }: Model): GrownNetwork {
  const { W, b, V, cumulativeBias } = network
  const [d, U] = W.shape as [number, number]
  const K = V.shape[1]
  const hidden = W.data.slice()
  const bias = b.slice()
  for (let i = 0; i < d; i++)
    for (let j = 0; j < U; j++) {
      hidden[i * U + j] /= scale[i]
      bias[j] -= hidden[i * U + j] * mean[i]
    }
  const biases = cumulativeBias.data.map((c, i) => c * targetScale[i % K] + targetMean[i % K])
  return {
    ...network,
    W: ndarray(hidden, [d, U]),
    b: bias,
    V: ndarray(
      V.data.map((v, i) => v * targetScale[i % K]),
      [U, K],
    ),
    c: biases.slice(biases.length - K),
    cumulativeBias: ndarray(biases, cumulativeBias.shape.slice()),
  }
}

/** Keeps the first stages of a network. */
export function cutNetwork(network: GrownNetwork, stages: number): GrownNetwork {
  const { W, b, V, cumulativeBias, neuronsPerStep } = network
  const [d, U] = W.shape as [number, number]
  const K = V.shape[1]
  const kept = stages * neuronsPerStep
  if (kept === U) return network
  const hidden = new Float64Array(d * kept)
  for (let i = 0; i < d; i++) hidden.set(W.data.subarray(i * U, i * U + kept), i * kept)
  return {
    ...network,
    W: ndarray(hidden, [d, kept]),
    b: b.slice(0, kept),
    V: ndarray(V.data.slice(0, kept * K), [kept, K]),
    c: cumulativeBias.data.slice(stages * K, (stages + 1) * K),
    cumulativeBias: ndarray(cumulativeBias.data.slice(0, (stages + 1) * K), [stages + 1, K]),
  }
}
