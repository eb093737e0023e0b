import { refuse, show } from '@opt/core'
import type { HeadRows } from '../head/head-rows.ts'
import {
  type CheckedDomain,
  checkDomain,
  checkHead,
  type Domain,
  type Head,
  type HeadParameters,
} from '../head/intake.ts'
import { openDomains } from '../head/open.ts'
import { ownWorkspace } from '../head/workspaces.ts'

/** A source and a target under one head. */
export interface Pair {
  source: HeadRows
  target: HeadRows
  /** g_T - g_S */
  gradient: Float64Array
}

/** Cubes of larger features and radii overflow. */
export const LARGEST = 1e100

const NAMES = ['source', 'target']

/** Checks and opens a source and a target under one head. */
export function openPair(source: Domain, target: Domain, head: HeadParameters): Pair {
  const checked = checkHead(head)
  return openChecked(checkDomain(source, checked, 'source'), checkDomain(target, checked, 'target'), checked)
}

/** {@link openPair} of checked arguments. */
export function openChecked(source: CheckedDomain, target: CheckedDomain, head: Head): Pair {
  const given = [source, target]
  given.forEach(({ features }, e) => {
    for (let i = 0; i < features.length; i++)
      if (Math.abs(features[i]) > LARGEST)
        refuse(`${NAMES[e]}.features`, `between -${LARGEST} and ${LARGEST}`, show(features[i]))
  })
  const [s, t] = openDomains(
    [source, target],
    { ...head, theta: head.theta.slice() },
    {
      label: (e) => NAMES[e],
      workspace: ownWorkspace,
    },
  )
  return { source: s, target: t, gradient: t.gradient.map((g, i) => g - s.gradient[i]) }
}
