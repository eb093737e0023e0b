import type { ExperimentContext } from '@opt/core'
import { mean } from '@opt/core/experiment'
import ndarray from 'ndarray'
import { PathSampler } from '../samplers/path-sampler.ts'
import { Supernet } from '../supernet/supernet.ts'
import type { TrainingState } from '../training/checkpoint.ts'
import { trainSupernet } from '../training/train-supernet.ts'
import { gradientVariance } from '../variance/gradient-variance.ts'
import { dataOf } from './arm.ts'
import type { Pictures } from './data.ts'
import type { Plan } from './plan.ts'

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

/** Means of {@link variancesOf} over some trainings. */
export async function variances(
  context: ExperimentContext,
  pictures: Pictures,
  batchSize: number,
  plan: NonNullable<Plan['variance']>,
): Promise<Variances[]> {
  const runs: Variances[][] = []
  for (let k = 0; k < plan.seeds; k++) {
    await context.progress(0.9 + (0.1 * k) / plan.seeds, 'variance')
    runs.push(variancesOf(1000 * context.seed + k, pictures, batchSize, plan))
  }
  const keys = Object.keys(runs[0][0]) as (keyof Variances)[]
  return runs[0].map(
    (_, c) =>
      Object.fromEntries(keys.map((key) => [key, mean(runs.map((rows) => rows[c][key]))])) as unknown as Variances,
  )
}

/** Measures the variance of the gradient along a SPOS training, exactly, on some of its examples. */
export function variancesOf(
  seed: number,
  { train, classes }: Pictures,
  batchSize: number,
  { checkpoints, count }: Pick<NonNullable<Plan['variance']>, 'checkpoints' | 'count'>,
): Variances[] {
  const { columns } = train
  const X = ndarray(train.inputs.slice(0, count * columns), [count, columns])
  const y = train.labels.slice(0, count)
  const supernet = new Supernet({ inputs: columns, classes, seed })
  const { space } = supernet
  const paths = Array.from({ length: space.count }, (_, i) => space.path(i))
  const epochs = checkpoints[checkpoints.length - 1]
  let resume: TrainingState | undefined
  return checkpoints.map((stop) => {
    const run = trainSupernet(supernet, dataOf(train), {
      method: 'spos',
      epochs,
      batchSize,
      seed,
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

/** What the variances say, and a table of them. */
export function reportVariances({ claim, table }: ExperimentContext, found: Variances[], judged: boolean): void {
  const last = found[found.length - 1]
  claim({
    claim:
      'Norms of whole paths can lower the variance: best paths at most 0.85, paths and data at most 0.7 of uniform',
    paper: '',
    ours: `${last.bestPath.toFixed(2)} and ${last.joint.toFixed(2)}`,
    pass: judged ? last.bestPath <= 0.85 && last.joint <= 0.7 : null,
  })
  claim({
    claim: 'The factors of operations that the code uses do not: with weights, at tau 0.75, more than twice uniform',
    paper: '',
    ours: `${last.factors.toFixed(1)} times`,
    pass: judged ? last.factors > 2 : null,
  })
  table({
    title: 'Variance of the weighted gradient, relative to uniform sampling, along a SPOS training',
    columns: [
      'epochs',
      'share between paths',
      'data by |p - y|',
      'best data',
      'best paths',
      'both',
      'factors at tau 0.75',
    ],
    rows: found.map(({ epochs, between, indicator, bestData, bestPath, joint, factors }) => [
      epochs,
      ...[between, indicator, bestData, bestPath, joint, factors].map((value) => value.toFixed(2)),
    ]),
  })
}
