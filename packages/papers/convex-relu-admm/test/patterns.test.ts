import { random } from '@opt/core'
import { golden } from '@opt/testing'
import fc from 'fast-check'
import {
  enumeratePatterns,
  patternCount,
  patternStatistics,
  patternUpperBound,
  samplePatterns,
  samplesNeeded,
  thickPatterns,
} from '../src/index.ts'
import { strings } from './shared.ts'

interface Golden {
  cases: {
    name: string
    X: number[][]
    samples: number[][]
    sampledPatterns: string[]
    sampledIndices: number[]
    rank: number
    enumerated: string[]
    coverCountGeneralPosition: number
    upperBound: number
  }[]
  samplesNeeded: { n: number; xi: number; psi: number; value: number }[]
}

describe('golden patterns', () => {
  const { cases, samplesNeeded: needed } = golden<Golden>(import.meta.url, 'patterns.json')
  test.each(cases)('$name: sampled, enumerated, counted', ({ X, samples, rank, upperBound, ...expected }) => {
    const sampled = samplePatterns(X, { normals: samples })
    expect(strings(sampled)).toEqual(expected.sampledPatterns)
    expect([...sampled.indices]).toEqual(expected.sampledIndices)
    expect(strings(enumeratePatterns(X))).toEqual(expected.enumerated)
    expect(patternStatistics(X).rank).toBe(rank)
    expect(patternCount(X.length, rank)).toBe(expected.coverCountGeneralPosition)
    expect(Math.abs(patternUpperBound(X.length, rank) / upperBound - 1)).toBeLessThan(1e-12)
  })

  test.each(needed)('samples needed for n = $n', ({ value, ...question }) => {
    expect(Math.abs(samplesNeeded(question) / value - 1)).toBeLessThan(1e-12)
  })
})

/** All cells in the plane: a point between every two neighbouring boundary angles. */
function planeCells(X: number[][]): string[] {
  const angles = X.filter(([a, b]) => a !== 0 || b !== 0).flatMap(([a, b]) => {
    const at = Math.atan2(a, -b)
    return [at, at > 0 ? at - Math.PI : at + Math.PI]
  })
  angles.sort((a, b) => a - b)
  const cells = new Set<string>()
  for (const [i, angle] of angles.entries()) {
    const next = i + 1 < angles.length ? angles[i + 1] : angles[0] + 2 * Math.PI
    if (next - angle < 1e-9) continue
    const middle = (angle + next) / 2
    const g = [Math.cos(middle), Math.sin(middle)]
    cells.add(X.map(([a, b]) => (a * g[0] + b * g[1] >= 0 || (a === 0 && b === 0) ? '1' : '0')).join(''))
  }
  return [...cells].sort()
}

/** All cells in space: every ray in which two planes meet, moved a little to all sides of the planes through it. */
function spaceCells(X: number[][]): string[] {
  const cells = new Set<string>()
  const dot = (a: number[], b: number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
  const cross = (a: number[], b: number[]) => [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ]
  for (const [i, x] of X.entries())
    for (const y of X.slice(i + 1)) {
      const ray = cross(x, y)
      if (dot(ray, ray) === 0) continue
      for (const side of [1, -1]) {
        const p = ray.map((v) => v * side)
        // Integer data: nonzero products are at least 1, so these moves change no other sign.
        const through = X.filter((z) => dot(z, p) === 0)
        const inPlane = planeCells(through.map((z) => [dot(z, x), dot(z, y)]))
        for (const cell of inPlane) {
          let k = 0
          cells.add(X.map((z) => (dot(z, p) === 0 ? cell[k++] : dot(z, p) > 0 ? '1' : '0')).join(''))
        }
      }
    }
  return [...cells].sort()
}

describe('enumeration against brute force', () => {
  const entry = fc.integer({ min: -4, max: 4 })

  test('in the plane, with zero, equal and opposite rows', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, entry), { minLength: 1, maxLength: 9 }), (X) => {
        fc.pre(patternStatistics(X).rank > 0)
        expect(strings(enumeratePatterns(X))).toEqual(planeCells(X))
      }),
      { numRuns: 1000 },
    )
  })

  test('in space', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, entry, entry), { minLength: 3, maxLength: 6 }), (X) => {
        fc.pre(patternStatistics(X).rank === 3)
        expect(strings(enumeratePatterns(X))).toEqual(spaceCells(X))
      }),
      { numRuns: 400 },
    )
  })

  test('counts as the formula says in general position', () => {
    const rng = random(3)
    for (const [n, d] of [
      [7, 2],
      [9, 3],
      [8, 4],
      [7, 5],
      [5, 5],
    ]) {
      const X = Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()))
      expect(enumeratePatterns(X).count).toBe(patternCount(n, d))
    }
  })

  test('finds every sampled pattern', () => {
    const rng = random(5)
    const X = Array.from({ length: 10 }, () => [rng.normal(), rng.normal(), 1])
    const all = new Set(strings(enumeratePatterns(X)))
    for (const pattern of strings(samplePatterns(X, { count: 60, random: rng }))) expect(all).toContain(pattern)
  })

  test('accepts one row, and rows of zeros', () => {
    expect(strings(enumeratePatterns([[2, 1]]))).toEqual(['0', '1'])
    expect(
      strings(
        enumeratePatterns([
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toEqual(['11'])
  })
})

describe('sampling', () => {
  test('says when there are fewer patterns than asked for', () => {
    const { count, note } = samplePatterns([[1], [2]], { count: 5, random: random(0) })
    expect(count).toBe(2)
    expect(note).toBe('1500 draws gave 2 distinct patterns, not 5')
  })

  test('thick patterns come by falling score, all-ones first', () => {
    const rng = random(1)
    const X = Array.from({ length: 12 }, () => [3 * rng.normal(), 3 * rng.normal(), 1])
    const perturbed = [true, true, false]
    const thick = thickPatterns(X, { count: 5, random: random(2), perturbed, candidates: 2000 })
    expect(strings(thick)[0]).toBe('1'.repeat(12))
    expect(thick.scores[0]).toBe(Infinity)
    expect([...thick.scores]).toEqual([...thick.scores].sort((a, b) => b - a))
    const plain = thickPatterns(X, { count: 400, random: random(2), perturbed, candidates: 2000 })
    expect(plain.count).toBeLessThan(400)
    expect(plain.note).toMatch(/^2000 normals gave \d+ patterns, not 400$/)
    expect(thick.scores[4]).toBe(plain.scores[4])
  })
})
