import { HeadRows } from './head-rows.ts'
import { type CheckedDomain, checkFinite, type Head, loadRows } from './intake.ts'
import type { Workspace, WorkspaceSizes } from './workspace.ts'

/** How to open domains: in which workspace, as what. */
export interface Opening {
  /** Whether squares of the features are needed. */
  squares: boolean
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
  { squares, halves = false, label, workspace }: Opening,
): HeadRows[] {
  const { rows, outputs, features: columns } = head
  const counts = domains.map(({ count }) => count)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const space = workspace({ total, most: Math.max(...counts), features: columns, rows, outputs, squares })
  let first = 0
  const all = domains.flatMap(({ count, features, targets }, e) => {
    const at = first * rows
    loadRows(features, columns, space.Z, { at, stride: rows, label: `${label(e)}.features` })
    if (rows > columns) for (let i = 1; i <= count; i++) space.Z[at + i * rows - 1] = 1
    space.targets.set(targets, first * outputs)
    first += count
    const half = halves ? count >> 1 : 0
    const rest = new HeadRows(space, first - count + half, count - half)
    return halves ? [new HeadRows(space, first - count, half), rest] : [rest]
  })
  const { Z, squares: out } = space
  for (let i = 0; i < out.length; i++) out[i] = Z[i] * Z[i]
  try {
    for (const one of all) one.moveTo(head.theta)
  } catch (error) {
    // Typed arrays are not looked through before: a NaN in them shows in the logits.
    domains.forEach(({ features }, e) => void checkFinite(features, columns, `${label(e)}.features`))
    throw error
  }
  return all
}
