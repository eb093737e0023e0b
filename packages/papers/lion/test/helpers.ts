import { golden as goldenFile, type Numbers, near } from '@opt/testing'
import {
  type ConvexFunction,
  deadzone,
  group21,
  huber,
  l1,
  linf,
  logcosh,
  logsumexp,
  lp,
  nuclear,
  type Objective,
  pseudohuber,
  relu,
  squared,
  topk,
} from '../src/index.ts'

/** Reads golden/<name>.json. */
export const golden = (name: string) => goldenFile(import.meta.url, `${name}.json`)

/** K as the golden files name it. */
export interface GoldenFunction {
  kernel: string
  parameters: { p?: number; e?: number; k?: number; shape?: [number, number] }
}

export function functionOf({
  kernel,
  parameters: { p = 2, e = 1, k = 1, shape = [1, 1] },
}: GoldenFunction): ConvexFunction {
  const makers: Record<string, () => ConvexFunction> = {
    l1,
    linf,
    relu,
    sq: squared,
    dead: () => deadzone(e),
    huber: () => huber(e),
    topk: () => topk(k),
    pseudohuber: () => pseudohuber(e),
    logcosh: () => logcosh(e),
    lse: () => logsumexp(e),
    group21: () => group21(...shape),
    nuclear: () => nuclear(...shape),
  }
  return makers[kernel]?.() ?? lp(p)
}

/** Every K, for vectors of 6 entries, by name. */
export const FUNCTIONS: [string, ConvexFunction][] = [
  l1(),
  lp(1.5),
  lp(2),
  lp(3),
  linf(),
  squared(),
  deadzone(0.3),
  huber(0.3),
  topk(2),
  relu(),
  pseudohuber(0.3),
  logcosh(0.3),
  logsumexp(0.3),
  group21(3, 2),
  nuclear(3, 2),
].map((K) => [K.name, K])

/** f(x) = |Ax - b|^2 / (2n). */
export function leastSquares(A: number[][], b: number[]): Objective {
  const rest = (x: Float64Array) => A.map((row, i) => row.reduce((sum, a, j) => sum + a * x[j], -b[i]))
  return {
    value: (x) => rest(x).reduce((sum, r) => sum + r * r, 0) / (2 * b.length),
    gradient(x, out) {
      const r = rest(x)
      for (let j = 0; j < x.length; j++) out[j] = A.reduce((sum, row, i) => sum + row[j] * r[i], 0) / b.length
    },
  }
}

/** Throws unless all numbers are within the tolerance, relative to max(1, |expected|). */
export const close = (actual: Numbers, expected: Numbers, tolerance: number, label: string): void =>
  near(actual, expected, { absolute: tolerance, relative: tolerance, label })
