import { golden } from '@opt/testing'
import { activation, ntk, singularKernel, taxonomy } from '../src/index.ts'

interface Case {
  name: string
  hermite: number[]
  A: number
  A1: number
  B1: number
  kind: string
  alpha?: number
  depths: { L: number; logSigma: number[]; logK: number[] }[]
  logPsi?: (number | null)[]
}
const { delta, activations } = golden<{ delta: number[]; activations: Case[] }>(import.meta.url, 'kernels.json')
const off = (value: number, want: number) => Math.abs(value - want) / (1 + Math.abs(want))

describe.each(activations)('$name', ({ hermite, A, A1, B1, kind, alpha, depths, logPsi }) => {
  const phi = activation({ hermite })

  test('is classified, with its numbers', () => {
    const answer = taxonomy(phi)
    expect(answer.kind).toBe(kind)
    expect(answer.mean).toBeCloseTo(A, 14)
    expect(answer.derivativeMean).toBeCloseTo(A1, 14)
    expect(answer.derivativeSecondMoment).toBeCloseTo(B1, 13)
    if (alpha === undefined || alpha === null) expect(answer.alpha).toBeUndefined()
    else expect(off(answer.alpha!, alpha)).toBeLessThan(1e-13)
  })

  test.each(depths)('has the kernel of 60 digits at depth $L', ({ L, logSigma, logK }) => {
    const got = ntk(phi, { depth: L, delta })
    delta.forEach((_, i) => {
      expect(off(got.logSigma[i], logSigma[i])).toBeLessThan(1e-12)
      expect(off(got.logKernel[i], logK[i])).toBeLessThan(1e-12)
    })
  })

  if (logPsi)
    test('has the singular kernel of 60 digits', () => {
      const got = singularKernel(phi, delta)
      logPsi.forEach((want, i) => {
        if (want === null) expect(got[i]).toBe(Infinity)
        else expect(off(got[i], want)).toBeLessThan(1e-10)
      })
    })
})
