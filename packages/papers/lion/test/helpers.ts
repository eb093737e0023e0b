import { readFileSync } from 'node:fs'
import {
  deadzone,
  group21,
  huber,
  type Kernel,
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

/** JSON beside this file. */
export const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'))

export interface GoldenKernel {
  kernel: string
  parameters: { p?: number; e?: number; k?: number; shape?: [number, number] }
}

export function kernelOf({ kernel, parameters: { p = 2, e = 1, k = 1, shape = [1, 1] } }: GoldenKernel): Kernel {
  const makers: Record<string, () => Kernel> = {
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

/** Every kernel, on vectors of 6 entries. */
export const KERNELS: [string, Kernel][] = [
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
].map((kernel) => [kernel.name, kernel])

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

export function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i])
    if (!(error <= tolerance * Math.max(1, Math.abs(expected[i]))))
      throw new Error(`${what}[${i}]: ${actual[i]} against ${expected[i]}`)
  }
}
