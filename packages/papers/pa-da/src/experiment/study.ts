import { type ExperimentContext, refuse } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { type Executor, inProcess, type Task, task } from '@opt/executor'
import { kendallTau } from '../ranking/kendall.ts'
import { searchSpace } from '../space.ts'
import type { SamplingOptions } from '../training/settings.ts'
import { type Truths, trainTruths, truthTask } from '../truths.ts'
import type { ArmJob, runArm } from './arm.ts'
import type { Pictures } from './data.ts'
import { DIGITS_TRUTH } from './digits-truth.ts'

const armTask: Task<ArmJob, Float64Array> = /* @__PURE__ */ task<typeof runArm>(
  new URL('./arm.js', import.meta.url),
  'runArm',
)

/** Opens an executor on the given number of cores in Node; elsewhere on this thread. */
export async function openExecutor(cores?: number): Promise<Executor> {
  if ('process' in globalThis) return (await import('../node/threads.ts')).threads(cores)
  return inProcess({
    modules: {
      [truthTask.module]: () => import('../truths/train-truth.ts'),
      [armTask.module]: () => import('./arm.ts'),
    },
  })
}

/** How much to run. */
export interface Plan {
  /** Of the models by themselves; null: the recorded truth of the small digits. */
  truth: { seeds: number; epochs: number } | null
  epochs: number
  batchSize: number
  /** Arms by name, with their numbers of seeds. */
  arms: Record<string, { seeds: number; epochs?: number; sampling: SamplingOptions }>
}

/** What an arm came to, one entry for each seed. */
export interface ArmResult {
  tau: number[]
  /** Over the distinct paths only. */
  distinct: number[]
  /** Over the distinct paths whose true accuracy is above 0.9. */
  good: number[]
  /** Best true accuracy minus that of the supernet's favourite. */
  regret: number[]
}

/** Trains the truths and all arms side by side. */
export async function study(
  context: ExperimentContext,
  { train, validation, test, classes }: Pictures,
  plan: Plan,
): Promise<{ truth: Truths; arms: Record<string, ArmResult> }> {
  const { seed, signal, cores } = context
  const executor = await openExecutor(plan.truth ? cores : 1)
  // Progress is reported as results come in; if it was aborted, the map rejects.
  const report = (from: number, to: number, label: string) => (done: { completed: number; total: number }) => {
    context.progress(from + ((to - from) * done.completed) / done.total, label).catch(() => {})
  }
  try {
    const { dataOf } = await import('./arm.ts')
    const { batchSize } = plan
    const truth = plan.truth
      ? await trainTruths(executor, dataOf(train), dataOf(test), {
          classes,
          seeds: Array.from({ length: plan.truth.seeds }, (_, k) => 1000 * seed + 500 + k),
          epochs: plan.truth.epochs,
          batchSize,
          onProgress: report(0, 0.45, 'models by themselves'),
          signal,
        })
      : recordedTruth()
    const jobs = Object.entries(plan.arms).flatMap(([name, { seeds, epochs = plan.epochs, sampling }]) =>
      Array.from({ length: seeds }, (_, k) => {
        const job: ArmJob = { train, validation, classes, seed: 1000 * seed + k, epochs, batchSize, sampling }
        return { name, job }
      }),
    )
    const progress = { onProgress: report(0.45, 0.9, 'supernets'), signal }
    const accuracies = await executor.map(
      armTask,
      jobs.map(({ job }) => job),
      progress,
    )
    const arms: Record<string, ArmResult> = {}
    jobs.forEach(({ name }, k) => {
      arms[name] ??= { tau: [], distinct: [], good: [], regret: [] }
      judge(truth, accuracies[k], arms[name])
    })
    return { truth, arms }
  } finally {
    await executor.close()
  }
}

/** The recorded truth of the small digits. */
export function recordedTruth(): Truths {
  const space = searchSpace()
  const places = new Map(space.distinct().map((path, k) => [space.index(path), k]))
  const paths = Array.from({ length: space.count }, (_, i) => space.path(i))
  const accuracies = paths.map((path) => {
    const k = places.get(space.index(space.canonical(path)))!
    return Float64Array.from(DIGITS_TRUTH, (row) => row[k] / 397)
  })
  return { paths, accuracies, means: Float64Array.from(accuracies, (row) => mean(row)) }
}

function judge({ means }: Truths, found: Float64Array, result: ArmResult): void {
  if (!means.every(Number.isFinite)) refuse('study: truth', 'finite', 'a model that diverged')
  const space = searchSpace()
  const distinct = space.distinct().map((path) => space.index(path))
  const over = (places: number[]) =>
    kendallTau(
      places.map((i) => found[i]),
      places.map((i) => means[i]),
    ).tau
  result.tau.push(kendallTau(found, means).tau)
  result.distinct.push(over(distinct))
  result.good.push(over(distinct.filter((i) => means[i] > 0.9)))
  let favourite = 0
  for (const i of distinct) if (found[i] > found[favourite]) favourite = i
  result.regret.push(means.reduce((a, b) => Math.max(a, b)) - means[favourite])
}

/** '0.57 (0.51 to 0.63)'. */
export const spread = (values: number[]): string =>
  `${mean(values).toFixed(3)} (${values.reduce((a, b) => Math.min(a, b)).toFixed(3)} to ${values.reduce((a, b) => Math.max(a, b)).toFixed(3)})`
