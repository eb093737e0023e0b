import type { ExperimentContext } from '@opt/core'
import { type Task, task } from '@opt/executor'
import { openExecutor, progressOf } from '@opt/executor/experiment'
import { searchSpace } from '../space.ts'
import { type Truths, trainTruths, truthTask } from '../truths.ts'
import { type ArmJob, dataOf, type runArm } from './arm.ts'
import type { Pictures } from './data.ts'
import { type ArmResult, judge } from './judge.ts'
import type { Plan } from './plan.ts'
import { RECORDED_TRUTH } from './recorded.ts'

const armTask: Task<ArmJob, Float64Array> = /* @__PURE__ */ task<typeof runArm>(
  new URL('./arm.js', import.meta.url),
  'runArm',
)

/** Where a bundler finds the tasks. */
const modules = {
  [truthTask.module]: () => import('../truths/train-truth.ts'),
  [armTask.module]: () => import('./arm.ts'),
}

/** What the models by themselves and the arms came to; `truths` is null where the recorded truth is used. */
export interface Study {
  truths: Truths | null
  /** True accuracy of each path of the default space. */
  truth: Float64Array
  arms: Record<string, ArmResult>
}

/** Trains the truths and all arms side by side. */
export async function study(
  context: ExperimentContext,
  { train, validation, test, classes }: Pictures,
  plan: Plan,
): Promise<Study> {
  const { seed, signal, cores } = context
  const executor = await openExecutor(modules, cores)
  try {
    const { batchSize } = plan
    const truths =
      plan.truth &&
      (await trainTruths(executor, dataOf(train), dataOf(test), {
        classes,
        seeds: Array.from({ length: plan.truth.seeds }, (_, k) => 1000 * seed + 500 + k),
        epochs: plan.truth.epochs,
        batchSize,
        onProgress: progressOf(context, 'models by themselves', 0, 0.4),
        signal,
      }))
    const truth = truths?.means ?? recordedTruth()
    const jobs = Object.entries(plan.arms).flatMap(([name, { seeds, epochs = plan.epochs, sampling }]) =>
      Array.from({ length: seeds }, (_, k) => {
        const job: ArmJob = { train, validation, classes, seed: 1000 * seed + k, epochs, batchSize, sampling }
        return { name, job }
      }),
    )
    const accuracies = await executor.map(
      armTask,
      jobs.map(({ job }) => job),
      { onProgress: progressOf(context, 'supernets', truths ? 0.4 : 0, 0.9), signal },
    )
    const arms: Record<string, ArmResult> = {}
    jobs.forEach(({ name }, k) => {
      arms[name] ??= { tau: [], distinct: [], good: [], regret: [] }
      judge(truth, accuracies[k], arms[name])
    })
    return { truths, truth, arms }
  } finally {
    await executor.close()
  }
}

/** The recorded accuracy of each path of the default space. */
export function recordedTruth(): Float64Array {
  const space = searchSpace()
  const places = new Map(space.distinct().map((path, k) => [space.index(path), k]))
  const right = (i: number) => RECORDED_TRUTH[places.get(space.index(space.canonical(space.path(i))))!]
  return Float64Array.from({ length: space.count }, (_, i) => right(i) / 40_000)
}
