import { HeadRows } from './head-rows.ts'
import { type CheckedDomain, checkFinite, type Head, loadRows } from './intake.ts'
import type { Workspace, WorkspaceSizes } from './workspace.ts'

/** How to open domains: in which workspace, as what. */
export interface Opening {
  /** Whether each domain becomes two: its first floor(n / 2) rows and the rest. Default false. */
  halves?: boolean
  /** The names of the domains in messages. */
  label: (e: number) => string
  workspace: (sizes: WorkspaceSizes) => Workspace
}

/** Loads domains into a workspace and evaluates the head on them. */
export function openDomains(
  domains: readonly CheckedDomain[],
  head: Head,
  { halves = false, label, workspace }: Opening,
): HeadRows[] {
  const { rows, outputs, features: columns } = head
  const counts = domains.map(({ count }) => count)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const space = workspace({ total, most: Math.max(...counts), features: columns, rows, outputs })
  const { data: Z, stride } = space.Z
  let first = 0
  const all = domains.flatMap(({ count, features, targets }, e) => {
    const at = first * stride
    loadRows(features, columns, Z, { at, stride, label: `${label(e)}.features` })
    if (rows > columns) for (let i = 0; i < count; i++) Z[at + i * stride + columns] = 1
    space.targets.set(targets, first * outputs)
    first += count
    const half = halves ? count >> 1 : 0
    const rest = new HeadRows(space, first - count + half, count - half)
    return halves ? [new HeadRows(space, first - count, half), rest] : [rest]
  })
  try {
    for (const one of all) one.moveTo(head.theta)
  } catch (error) {
    // Typed arrays are not looked through before: a NaN in them shows in the logits.
    domains.forEach(({ features }, e) => void checkFinite(features, columns, `${label(e)}.features`))
    throw error
  }
  return all
}
