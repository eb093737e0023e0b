import { calling, nrm2, number, options as optionsOf, refuse, show } from '@opt/core'
import { predictedClasses } from '../head/curvature.ts'
import {
  type CheckedDomain,
  checkDomains,
  checkHead,
  type Domain,
  type Head,
  type HeadParameters,
} from '../head/intake.ts'
import { openDomains } from '../head/open.ts'
import { ownWorkspace } from '../head/workspaces.ts'
import { meanOf } from '../penalties/residuals.ts'
import { type DomainDistance, distanceOf } from './domain-distance.ts'
import { LARGEST, openChecked } from './open-pair.ts'
import { differenceSpectrum } from './spectrum.ts'
import { boundOf, type TransferBound } from './transfer-bound.ts'
import { growthWithin } from './transfer-measure.ts'

/** Options of {@link domainReport}. */
export interface ReportOptions {
  /** Names of the domains. Default 'domain 0', ... */
  names?: readonly string[] | undefined
  /** How far the head may move. Default a tenth of |theta|. */
  delta?: number | undefined
}

/** What a report says of one domain. */
export interface ReportedDomain {
  name: string
  count: number
  /** Mean loss. */
  loss: number
  /** Share of the examples whose most probable class is right, or has the largest target. */
  accuracy: number
  /** How hard the domain pulls: |g_e - gbar|, 0 where the head is where this domain would have it, beside the others. */
  pull: number
  /** The direction: gbar - g_e, like theta. */
  direction: Float64Array
  /** The class that the domain pulls towards: the largest entry of the direction's bias; null without a bias. */
  towards: number | null
  /** The feature whose weights it pulls at most. */
  feature: number
  /** To this domain from all other domains' examples together. */
  distance: DomainDistance
  /** By how much the gap to the others grows at the worst head found within delta. */
  growth: number
  /** By how much it can grow at most, certified. */
  bound: TransferBound
}

/** Answer of {@link domainReport}. */
export interface DomainReport {
  delta: number
  domains: ReportedDomain[]
  /** One sentence for each domain. */
  text: string
}

/**
 * Audits a finished model: which domains pull its head where, and how much worse each of them may get, beside the others,
 * when the head moves by delta.
 *
 * @throws TypeError or RangeError that names the wrong argument.
 */
export function domainReport(domains: readonly Domain[], head: HeadParameters, options?: ReportOptions): DomainReport {
  return calling('domainReport', () => {
    const checkedHead = checkHead(head)
    return reportOf(checkDomains(domains, checkedHead), checkedHead, options)
  })
}

/** {@link domainReport} of checked arguments. */
export function reportOf(
  domains: readonly CheckedDomain[],
  head: Head,
  given: ReportOptions | undefined,
): DomainReport {
  const { names = domains.map((_, e) => `domain ${e}`), delta = nrm2(head.theta) / 10 } = optionsOf(given, 'options', [
    'names',
    'delta',
  ])
  if (given?.delta === undefined && delta === 0) refuse('delta', 'given for a head of zeros', 'none')
  number(delta, 'delta', { positive: true, max: LARGEST })
  if (!Array.isArray(names) || names.length !== domains.length || !names.every((name) => typeof name === 'string'))
    refuse('names', `an array of ${domains.length} strings`, show(names), 'type')
  const rows = openDomains(domains, head, { label: (e) => `domains[${e}]`, workspace: ownWorkspace })
  const gradients = rows.map((domain) => domain.gradient)
  const mean = meanOf(gradients)
  const reported = rows.map((domain, e): ReportedDomain => {
    const direction = mean.map((m, i) => m - gradients[e][i])
    const pair = openChecked(pooled(domains, e, head), domains[e], head)
    const spectrum = differenceSpectrum(pair.source, pair.target)
    const bound = boundOf(pair, spectrum, delta)
    return {
      name: names[e],
      count: domain.n,
      loss: domain.loss,
      accuracy: accuracyOf(domain.logits, domains[e].targets, head.outputs),
      pull: nrm2(direction),
      direction,
      ...whereTo(direction, head),
      distance: distanceOf(pair, spectrum),
      growth: growthWithin(pair, bound, delta),
      bound,
    }
  })
  return { delta, domains: reported, text: reported.map((one) => sentence(one, delta)).join('\n') }
}

/** Puts the examples of all domains but one together. */
function pooled(domains: readonly CheckedDomain[], without: number, { features: d, outputs: K }: Head): CheckedDomain {
  const others = domains.filter((_, e) => e !== without)
  const count = others.reduce((sum, domain) => sum + domain.count, 0)
  const features = new Float64Array(count * d)
  const targets = new Float64Array(count * K)
  let first = 0
  for (const other of others) {
    features.set(other.features, first * d)
    targets.set(other.targets, first * K)
    first += other.count
  }
  return { count, features, targets }
}

function accuracyOf(logits: Float64Array, targets: Float64Array, K: number): number {
  const wanted = predictedClasses(K === 1 ? targets.map((y) => y - 0.5) : targets, K)
  const found = predictedClasses(logits, K)
  return found.reduce((right, k, i) => right + (k === wanted[i] ? 1 : 0), 0) / found.length
}

/** Names the class and the feature that a direction points to most. */
function whereTo(
  direction: Float64Array,
  { rows, features, outputs: K }: Head,
): { towards: number | null; feature: number } {
  const row = (j: number) => direction.subarray(j * K, (j + 1) * K)
  let feature = 0
  for (let j = 1; j < features; j++) if (nrm2(row(j)) > nrm2(row(feature))) feature = j
  return { towards: rows > features ? predictedClasses(row(features), K)[0] : null, feature }
}

const digits = (x: number) => String(Number(x.toPrecision(3)))

function sentence(
  { name, loss, accuracy, pull, towards, feature, growth, bound }: ReportedDomain,
  delta: number,
): string {
  const where = towards === null ? `most at feature ${feature}` : `towards class ${towards}, most at feature ${feature}`
  return `${name}: loss ${digits(loss)}, accuracy ${digits(accuracy)}; pulls the head by ${digits(pull)}, ${where}; within ${digits(delta)} its loss may rise by ${digits(growth)} more than the others', by ${digits(bound.bound)} at most.`
}
