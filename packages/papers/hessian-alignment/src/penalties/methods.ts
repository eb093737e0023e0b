import type { HeadRows } from '../head/head-rows.ts'
import type { Cotangent, Directions } from '../head/pull-back.ts'
import { add, distances, meanOf, scaled } from './residuals.ts'
import type { VarianceAverage } from './variance-average.ts'

/** What the penalties need besides the domains. */
export interface PenaltySettings {
  readonly alpha: number
  readonly beta: number
  /** 1 for reduce 'sum', 1 / E for 'mean'. */
  readonly f: number
  /** The number of domains; there are twice as many rows with halves. */
  readonly E: number
  /** Whether the domains come as two halves each. */
  readonly halves: boolean
  readonly detached: boolean
  /** Directions for each domain. */
  readonly probes: readonly (readonly Float64Array[])[]
  readonly average?: VarianceAverage | undefined
}

/** A penalty's value and the factors of its differential in each domain's statistics. */
export interface Penalty {
  value: number
  cotangents: Cotangent[]
}

export type HeadMethod = 'gradient' | 'hgp' | 'diagonal' | 'hutchinson' | 'irm' | 'vrex' | 'fishr'

type Method = (domains: readonly HeadRows[], settings: PenaltySettings) => Penalty

/** beta f sum |g_e - gbar|^2 */
const gradient: Method = (domains, { beta, f, halves }) => {
  const { value, factors } = distances(
    domains.map((domain) => domain.gradient),
    beta * f,
    halves,
  )
  return { value, cotangents: factors.map((M) => ({ gradient: M })) }
}

/**
 * The gradient part + alpha f sum |H_e g_e - Hbar gbar|^2, where <M, d(H g)> = <M, H dg> + <M, dH g>. Unless it is
 * detached, the centre moves as well: its factor is minus the sum of the others.
 */
const hgp: Method = (domains, settings) => {
  const { alpha, f, halves, detached } = settings
  const { value, cotangents } = gradient(domains, settings)
  const sides = halves ? [0, 1] : [0]
  const sideOf = (i: number) => (halves ? i % 2 : 0)
  const meanOn = (vectors: Float64Array[]) => sides.map((s) => meanOf(vectors.filter((_, i) => sideOf(i) === s)))
  const means = meanOn(domains.map((domain) => domain.gradient))
  const alongMean = domains.map((domain, i) => domain.along(means[sideOf(i)]))
  const alongGradient = domains.map((domain) => domain.along(domain.gradient))
  const centres = meanOn(domains.map((domain, i) => domain.product(alongMean[i])))
  const products = domains.map((domain, i) => domain.product(alongGradient[i]))
  const { value: curvature, factors } = distances(products, alpha * f, halves, centres)
  const pairs = domains.map((domain, i): Directions[] => {
    const alongM = domain.along(factors[i])
    add(cotangents[i].gradient!, domain.product(alongM))
    return [[alongGradient[i], alongM]]
  })
  if (!detached) {
    const rho = meanOn(factors).map((mean) => scaled(mean, -1))
    const alongRho = domains.map((domain, i) => domain.along(rho[sideOf(i)]))
    const pulled = meanOn(domains.map((domain, i) => domain.product(alongRho[i])))
    pairs.forEach((own, i) => {
      add(cotangents[i].gradient!, pulled[sideOf(i)])
      own.push([alongMean[i], alongRho[i]])
    })
  }
  return { value: value + curvature, cotangents: cotangents.map((c, i) => ({ ...c, products: pairs[i] })) }
}

/** The gradient part + alpha f sum |diag H_e - mean|^2. */
const diagonal: Method = (domains, settings) => {
  const { alpha, f, halves } = settings
  const { value, cotangents } = gradient(domains, settings)
  const { value: curvature, factors } = distances(
    domains.map((domain) => domain.diagonal),
    alpha * f,
    halves,
  )
  return { value: value + curvature, cotangents: cotangents.map((c, i) => ({ ...c, diagonal: factors[i] })) }
}

/** The gradient part + alpha f sum |D_e - Dbar|^2, D_e the mean of zeta (H_e zeta) over the probes. */
const hutchinson: Method = (domains, settings) => {
  const { probes, alpha, f, halves } = settings
  const { value, cotangents } = gradient(domains, settings)
  const own = (i: number) => probes[halves ? i >> 1 : i]
  const estimates = domains.map((domain, i) =>
    meanOf(own(i).map((zeta) => domain.product(domain.along(zeta)).map((h, j) => h * zeta[j]))),
  )
  const { value: curvature, factors } = distances(estimates, alpha * f, halves)
  return {
    value: value + curvature,
    cotangents: cotangents.map((c, i) => ({ ...c, products: probePairs(domains[i], own(i), factors[i]) })),
  }
}

/** The pairs of <M, zeta (H zeta)> for each probe, one at a time. */
function* probePairs(domain: HeadRows, probes: readonly Float64Array[], M: Float64Array): Generator<Directions> {
  for (const zeta of probes) yield [domain.along(zeta), domain.along(zeta.map((z, j) => (z * M[j]) / probes.length))]
}

/** Mean q_e^2; with halves the mean of q_e^a q_e^b, as in DomainBed. */
const irm: Method = (domains, { E, halves }) => {
  const q = domains.map((domain) => domain.irm)
  const other = q.map((own, i) => (halves ? q[i ^ 1] : own))
  const value = q.reduce((sum, own, i) => sum + own * other[i], 0) / q.length
  return { value, cotangents: other.map((o) => ({ irm: ((halves ? 1 : 2) / E) * o })) }
}

/** Mean (L_e - Lbar)^2. */
const vrex: Method = (domains, { E, halves }) => {
  const { value, factors } = distances(
    domains.map(({ loss }) => Float64Array.of(loss)),
    1 / E,
    halves,
  )
  return { value, cotangents: factors.map(([loss]) => ({ loss })) }
}

/** f sum |v_e - vbar|^2; of moving averages of the variances, if they are kept. */
const fishr: Method = (domains, { f, halves, average }) => {
  const variances = domains.map((domain) => domain.gradientVariance)
  const { value, factors } = distances(average ? average.add(variances) : variances, f, halves)
  return { value, cotangents: factors.map((variance) => ({ variance })) }
}

/** The penalties of a head's statistics. */
export const METHODS: Record<HeadMethod, Method> = { gradient, hgp, diagonal, hutchinson, irm, vrex, fishr }
