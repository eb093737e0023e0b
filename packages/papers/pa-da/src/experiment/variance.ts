import type { ExperimentContext } from '@opt/core'
import ndarray from 'ndarray'
import { PathSampler } from '../samplers/path-sampler.ts'
import { Supernet } from '../supernet/supernet.ts'
import { trainSupernet } from '../training/train-supernet.ts'
import { gradientVariance } from '../variance/gradient-variance.ts'
import { dataOf } from './arm.ts'
import type { Pictures } from './data.ts'

/** Variances after training, relative to uniform sampling. */
export interface Variances {
  epochs: number
  between: number
  indicator: number
  bestData: number
  bestPath: number
  joint: number
  /** The code's factors of operations, with importance weights, at tau 0.75. */
  factors: number
}

/** Measures the variance of the gradient along a SPOS training, exactly, on some of its examples. */
export function variances(
  { seed }: ExperimentContext,
  { train, classes }: Pictures,
  { checkpoints, batchSize, count }: { checkpoints: number[]; batchSize: number; count: number },
): Variances[] {
  const { columns } = train
  const X = ndarray(train.inputs.slice(0, count * columns), [count, columns])
  const y = train.labels.slice(0, count)
  const supernet = new Supernet({ inputs: columns, classes, seed: 1000 * seed })
  const { space } = supernet
  const paths = Array.from({ length: space.count }, (_, i) => space.path(i))
  const epochs = checkpoints[checkpoints.length - 1]
  let resume: Parameters<typeof trainSupernet>[2] extends infer O ? (O extends { resume?: infer R } ? R : never) : never
  return checkpoints.map((stop) => {
    const run = trainSupernet(supernet, dataOf(train), {
      method: 'spos',
      epochs,
      batchSize,
      seed: 1000 * seed,
      history: false,
      resume,
      stopWhen: ({ epoch }) => epoch === stop - 1,
    })
    resume = run.checkpoint
    const sampler = new PathSampler({ choices: space.edges.map(() => space.ops.length) })
    const indicators = new Float64Array(count)
    for (const path of paths) {
      supernet.lossAndGradient(X, y, path)
      sampler.record(path, supernet.opNorms(path))
      supernet.indicators(X, y, path).forEach((one, i) => {
        indicators[i] += one
      })
    }
    sampler.endEpoch(0.75)
    const total = indicators.reduce((a, b) => a + b, 0)
    const of = (pathProbabilities?: number[], dataProbabilities?: Float64Array) =>
      gradientVariance(supernet, X, y, { batch: 128, pathProbabilities, dataProbabilities, history: false })
    const factors = of(paths.map((path) => 1 / space.count / sampler.weight(path)))
    const { variance } = of(
      undefined,
      indicators.map((one) => one / total),
    )
    const { uniform, between, dataOptimal, pathOptimal, joint } = factors
    return {
      epochs: stop,
      between: between / uniform,
      indicator: variance / uniform,
      bestData: dataOptimal.variance / uniform,
      bestPath: pathOptimal.variance / uniform,
      joint: joint.variance / uniform,
      factors: factors.variance / uniform,
    }
  })
}
