import { callback, refuse, vector } from '@opt/core'
import type { CboOptions } from '../options.ts'

/** Changes a point into the nearest allowed one. */
export type Projector = (x: Float64Array) => void

/** Makes a projector of the option `project` and bounds; undefined when there are none. Bounds come last. */
export function projectorOf(
  project: CboOptions['project'],
  { lower, upper }: { lower: Float64Array | undefined; upper: Float64Array | undefined },
  d: number,
): Projector | undefined {
  const set = project === undefined ? undefined : setOf(project, d)
  if (lower === undefined && upper === undefined) return set
  return (x) => {
    set?.(x)
    for (let j = 0; j < d; j++) {
      if (lower !== undefined && x[j] < lower[j]) x[j] = lower[j]
      if (upper !== undefined && x[j] > upper[j]) x[j] = upper[j]
    }
  }
}

function setOf(project: NonNullable<CboOptions['project']>, d: number): Projector {
  if (typeof project === 'function') return (x) => x.set(vector(project(x.slice()), 'project(x)', { length: d }))
  callback(project?.projectInPlace, 'project.projectInPlace')
  if (project.dimension !== d) refuse('project.dimension', `${d}`, String(project.dimension))
  return (x) => project.projectInPlace(x)
}
