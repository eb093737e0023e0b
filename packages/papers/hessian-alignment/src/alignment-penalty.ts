import { allFinite, calling, refuse } from '@opt/core'
import { type AlignmentOptions, type AlignmentSettings, checkAlignment } from './alignment-options.ts'
import {
  type CheckedDomain,
  checkDomains,
  checkHead,
  type Domain,
  type Head,
  type HeadParameters,
} from './head/intake.ts'
import { openDomains } from './head/open.ts'
import { pullBack } from './head/pull-back.ts'
import type { Workspace } from './head/workspace.ts'
import { sharedWorkspace } from './head/workspaces.ts'
import { coral } from './penalties/coral.ts'
import { METHODS } from './penalties/methods.ts'
import { probesOf } from './penalties/probes.ts'

/** Answer of {@link alignmentPenalty}. */
export interface AlignmentAnswer {
  /** weight penalty + lossWeight mean loss */
  value: number
  /** The penalty alone. */
  penalty: number
  /** The mean loss of each domain. */
  losses: Float64Array
  /** The gradient of `value` in the head, row-major like theta: the last K entries are those of the bias, if it has one. */
  gradHead: Float64Array
  /** The gradient of `value` in each domain's features, n x d. */
  gradFeatures: Float64Array[]
  /** What was accepted but may not be meant. */
  warnings: string[]
}

/**
 * Computes by how much the head's gradients and Hessians (or what a baseline compares) differ between domains, with the
 * exact gradient in head and features; hand the latter to the backward pass of whatever made the features. Linear in the
 * number of rows, features and classes; no automatic differentiation.
 *
 * Hemati, Zhang, Estiri and Chen, ICCV 2023: HGP is `method: 'hgp'`, Hutchinson's method `'hutchinson'`, whose limit of
 * many probes is `'diagonal'`.
 *
 * @param domains at least two, in any sizes; each counts the same.
 * @throws TypeError or RangeError that names the wrong argument, or when the penalty overflows.
 */
export function alignmentPenalty(
  domains: readonly Domain[],
  head: HeadParameters,
  options?: AlignmentOptions,
): AlignmentAnswer {
  return calling('alignmentPenalty', () => {
    const settings = checkAlignment(options)
    const checkedHead = checkHead(head)
    const checked = checkDomains(domains, checkedHead)
    const { space, ...answer } = penalize(checked, checkedHead, settings)
    if (!(Number.isFinite(answer.value) && allFinite(answer.gradHead) && space.finite))
      refuse('domains', 'of a scale whose penalty and gradient are finite', 'an overflow')
    let first = 0
    const gradFeatures = checked.map(({ count }) => space.gradientRows(first, (first += count)).slice())
    return { ...answer, gradFeatures }
  })
}

/** Answer of {@link penalize}. */
export interface RowsAnswer extends Omit<AlignmentAnswer, 'gradFeatures'> {
  /** Holds the gradient in the features, one domain's rows after the other's, until the next call. */
  space: Workspace
}

/** {@link alignmentPenalty} of checked arguments; what overflows is not refused. */
export function penalize(domains: readonly CheckedDomain[], head: Head, settings: AlignmentSettings): RowsAnswer {
  const { method, weight, lossWeight, unbiased: halves } = settings
  const E = domains.length
  checkCounts(domains, settings)
  const rows = openDomains(domains, head, {
    halves,
    label: (e) => `domains[${e}]`,
    workspace: sharedWorkspace,
  })
  const { space } = rows[0]
  const { probes, warnings } = probesOf(settings, head, E)

  // What the penalty is, and how its differential is made of those of the domains' statistics ...
  const f = settings.reduce === 'sum' ? 1 : 1 / E
  const ofFeatures = method === 'coral' ? coral(domains, head.features) : null
  const { value: penalty, cotangents } =
    method === 'coral'
      ? { value: ofFeatures!.value, cotangents: rows.map(() => ({})) }
      : METHODS[method](rows, { ...settings, f, E, halves, probes })

  // ... pulled back to theta and the features, with the losses of the domains.
  const losses = new Float64Array(E)
  const gradHead = new Float64Array(head.theta.length)
  rows.forEach((domain, i) => {
    const e = halves ? i >> 1 : i
    const share = domain.n / domains[e].count
    losses[e] += share * domain.loss
    pullBack(domain, cotangents[i], { weight, lossWeight: (lossWeight * share) / E }, gradHead)
  })
  const value = weight * penalty + lossWeight * losses.reduce((sum, loss) => sum + loss / E, 0)

  if (ofFeatures) {
    let first = 0
    for (const gradient of ofFeatures.gradients) first = space.addRows(first, gradient, weight)
  }
  return { value, penalty, losses, gradHead, space, warnings }
}

function checkCounts(domains: readonly CheckedDomain[], { method, unbiased }: AlignmentSettings): void {
  const least = unbiased || method === 'coral' ? 2 : 1
  domains.forEach(({ count }, e) => {
    if (count < least)
      refuse(
        `domains[${e}]`,
        `of at least ${least} rows with ${unbiased ? 'unbiased' : `method '${method}'`}`,
        `${count}`,
      )
  })
}
