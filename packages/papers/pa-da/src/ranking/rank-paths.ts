import { type Report, refuse, type Solver, show, solver } from '@opt/core'
import type { Path } from '../space.ts'
import { type Data, examplesOf } from '../supernet/examples.ts'
import { Supernet } from '../supernet/supernet.ts'
import { AccuracyMeter } from './accuracy.ts'

/** Options of {@link rankPaths}. */
export interface RankOptions {
  /** Default: all paths of the space, at most 20,000. */
  paths?: readonly Path[] | undefined
}

/** A report of {@link rankPaths}: of a path. */
export interface RankReport extends Report {
  path: number[]
  accuracy: number
  /** Paths done, of how many. */
  completed: number
  total: number
}

/** Answer of {@link rankPaths}; when it is stopped, of the paths so far. */
export interface Ranking {
  paths: number[][]
  /** Accuracy of each path with the shared weights. */
  accuracies: Float64Array
  /** Places of the paths, best first; of equal ones the first. */
  order: number[]
}

const MOST = 20000

/** Computes the validation accuracy of many paths with the shared weights; paths of one function share the work. */
export const rankPaths: Solver<[supernet: Supernet, validation: Data, options: RankOptions], RankReport, Ranking> =
  solver(
    'rankPaths',
    function* (supernet, validation, options) {
      if (!(supernet instanceof Supernet)) refuse('supernet', 'a Supernet', show(supernet), 'type')
      const { space } = supernet
      const examples = examplesOf(validation, supernet.inputs, supernet.classes, 'validation')
      const paths = pathsOf(supernet, options.paths)
      const accuracies = new Float64Array(paths.length)
      const meter = new AccuracyMeter(supernet, examples)
      const known = new Map<number, number>()
      let completed = 0
      for (const path of paths) {
        const key = space.index(space.canonical(path))
        const accuracy = known.get(key) ?? meter.accuracy(path)
        known.set(key, accuracy)
        accuracies[completed++] = accuracy
        const report: RankReport = { path, accuracy, completed, total: paths.length }
        if (yield report) break
      }
      const order = Array.from({ length: completed }, (_, k) => k).sort(
        (a, b) => accuracies[b] - accuracies[a] || a - b,
      )
      return { paths: paths.slice(0, completed), accuracies: accuracies.slice(0, completed), order }
    },
    { maxIterations: Number.MAX_SAFE_INTEGER, options: ['paths'] },
  )

function pathsOf({ space, fixedPath }: Supernet, given: readonly Path[] | undefined): number[][] {
  if (given === undefined && fixedPath) return [[...fixedPath]]
  if (given === undefined) {
    if (space.count > MOST)
      refuse('paths', `given in a space of more than ${MOST} paths (see evolve)`, `${space.count} paths`)
    return Array.from({ length: space.count }, (_, i) => space.path(i))
  }
  if (!Array.isArray(given) || given.length === 0) refuse('paths', 'a nonempty array of paths', show(given), 'type')
  return given.map((path, k) => space.check(path, `paths[${k}]`))
}
