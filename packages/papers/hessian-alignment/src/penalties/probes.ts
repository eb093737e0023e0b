import { number, type Random, refuse, show } from '@opt/core'
import type { AlignmentSettings } from '../alignment-options.ts'
import { type Head, headVector, type Rows } from '../head/intake.ts'

/** Directions of +-1 like theta: a number of them to draw, or the directions, each flat or as a matrix. */
export type Probes = number | readonly Rows[]

/** Draws directions of +-1. */
export function drawProbes(count: number, size: number, rng: Random): Float64Array[] {
  return Array.from({ length: count }, () => Float64Array.from({ length: size }, () => (rng.uniform() < 0.5 ? -1 : 1)))
}

/** Checks given directions. */
function checkProbes(given: readonly Rows[], head: Head): Float64Array[] {
  if (!Array.isArray(given)) refuse('probes', 'a number of directions, or an array of them', show(given), 'type')
  number(given.length, 'probes.length', { integer: true, min: 1 })
  return Array.from(given, (probe, i) => headVector(probe, head, `probes[${i}]`))
}

/** Returns the probes of each domain. */
export function probesOf(
  { method, probes, independentProbes, rng }: AlignmentSettings,
  head: Head,
  E: number,
): { probes: Float64Array[][]; warnings: string[] } {
  if (method !== 'hutchinson') return { probes: [], warnings: [] }
  const size = head.theta.length
  if (typeof probes === 'number') {
    const common = drawProbes(probes, size, rng)
    const own = (e: number) => (independentProbes && e > 0 ? drawProbes(probes, size, rng) : common)
    return { probes: Array.from({ length: E }, (_, e) => own(e)), warnings: [] }
  }
  const given = checkProbes(probes, head)
  const odd = given.findIndex((probe) => probe.some((entry) => Math.abs(entry) !== 1))
  const warnings = odd < 0 ? [] : [`probes[${odd}] has entries other than 1 and -1: its products estimate no diagonal`]
  return { probes: Array.from({ length: E }, () => given), warnings }
}
