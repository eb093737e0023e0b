import { callback, calling, matrix, number, options as optionsOf, refuse, show } from '@opt/core'
import { type Executor, type Task, task } from '@opt/executor'
import { type Path, SearchSpace, searchSpace } from './space.ts'
import { type Data, labelsOf } from './supernet/examples.ts'
import type { Dtype } from './supernet/memory.ts'
import { DESCENT, type DescentOptions } from './training/settings.ts'
import type { PlainData, TruthJob, trainTruth } from './truths/train-truth.ts'

export type { PlainData, TruthJob } from './truths/train-truth.ts'

/** The task of some networks, for `executor.map`. */
export const truthTask: Task<TruthJob, number[]> = /* @__PURE__ */ task<typeof trainTruth>(
  new URL('./truths/train-truth.js', import.meta.url),
  'trainTruth',
)

/** Options of {@link trainTruths}: those of a stand-alone training, and: */
export interface TrainTruthsOptions extends DescentOptions {
  classes: number
  space?: SearchSpace | undefined
  channels?: number | undefined
  bottleneck?: number | undefined
  dtype?: Dtype | undefined
  /** Default: every path of the space, of which those of one function share the work. */
  paths?: readonly Path[] | undefined
  /** One network of each path for each. Default [0]. */
  seeds?: readonly number[] | undefined
  onProgress?: ((progress: { completed: number; total: number }) => void) | undefined
  signal?: AbortSignal | undefined
}

/** Answer of {@link trainTruths}. */
export interface Truths {
  paths: number[][]
  /** `accuracies[k][s]`: path k, seed s; NaN: diverged. */
  accuracies: Float64Array[]
  /** Over the seeds. */
  means: Float64Array
}

/** Networks of a task: few enough to spread, many enough to be worth a copy of the data. */
const PER_TASK = 8
const OWN = ['channels', 'bottleneck', 'dtype'] as const

/**
 * Trains paths by themselves, side by side on an executor, and measures their test accuracies: the same bits for any
 * number of workers.
 *
 * @param executor `workerThreads()` of @opt/executor/node, `webWorkers()` or `inProcess()` of @opt/executor.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export async function trainTruths(
  executor: Executor,
  train: Data,
  test: Data,
  options: TrainTruthsOptions,
): Promise<Truths> {
  const { jobs, paths, keys, seeds, given } = calling('trainTruths', () => jobsOf(executor, train, test, options))
  const { onProgress, signal } = given
  const found = (await executor.map(truthTask, jobs, { onProgress, signal })).flat()
  const accuracies = keys.map((k) => Float64Array.from(seeds, (_, s) => found[k * seeds.length + s]))
  const means = Float64Array.from(accuracies, (row) => row.reduce((sum, a) => sum + a, 0) / seeds.length)
  return { paths, accuracies, means }
}

function jobsOf(executor: Executor, train: Data, test: Data, options: TrainTruthsOptions) {
  callback(executor?.map, 'executor.map')
  const names = [...DESCENT, ...OWN, 'classes', 'space', 'paths', 'seeds', 'onProgress', 'signal'] as const
  const given = optionsOf(options, 'options', names)
  const { space = searchSpace(), seeds = [0], classes } = given
  if (!(space instanceof SearchSpace)) refuse('space', 'what searchSpace() returned', show(space), 'type')
  number(classes, 'classes', { integer: true, min: 2 })
  if (!Array.isArray(seeds) || seeds.length === 0) refuse('seeds', 'a nonempty array of seeds', show(seeds), 'type')
  seeds.forEach((seed, k) => {
    number(seed, `seeds[${k}]`, { integer: true })
  })
  if (given.paths !== undefined && (!Array.isArray(given.paths) || given.paths.length === 0))
    refuse('paths', 'a nonempty array of paths', show(given.paths), 'type')
  if (given.paths === undefined && space.count > 20000)
    refuse('paths', 'given in a space of more than 20000 paths', `${space.count} paths`)
  const paths = given.paths
    ? given.paths.map((path, k) => space.check(path, `paths[${k}]`))
    : Array.from({ length: space.count }, (_, i) => space.path(i))
  const distinct = new Map<number, number>()
  const runs: TruthJob['runs'] = []
  const keys = paths.map((path) => {
    const canonical = space.canonical(path)
    const index = space.index(canonical)
    if (!distinct.has(index)) {
      distinct.set(index, distinct.size)
      for (const seed of seeds) runs.push({ path: canonical, seed })
    }
    return distinct.get(index)!
  })
  const plain = (data: Data, label: string): PlainData => {
    if (typeof data !== 'object' || data === null) refuse(label, 'inputs and labels', show(data), 'type')
    const { data: inputs, shape } = matrix(data.inputs, `${label}.inputs`)
    return { inputs, columns: shape[1], labels: labelsOf(data.labels, shape[0], classes, `${label}.labels`) }
  }
  const [learn, measure] = [plain(train, 'train'), plain(test, 'test')]
  if (measure.columns !== learn.columns)
    refuse('test.inputs', `of ${learn.columns} columns like train.inputs`, `${measure.columns}`)
  const settings: Record<string, unknown> = { inputs: learn.columns, classes }
  for (const name of [...DESCENT, ...OWN]) if (given[name] !== undefined) settings[name] = given[name]
  const job = {
    space: { edges: space.edges, ops: space.ops, cells: space.cells },
    train: learn,
    test: measure,
    options: settings as unknown as TruthJob['options'],
  }
  const jobs = Array.from({ length: Math.ceil(runs.length / PER_TASK) }, (_, k) => ({
    ...job,
    runs: runs.slice(k * PER_TASK, (k + 1) * PER_TASK),
  }))
  return { jobs, paths, keys, seeds, given }
}
