import type { ExperimentContext } from '@opt/core'
import { type ScheduleName, schedule } from '../index.ts'

/**
 * f(x) = max_i H_i(x) on the unit ball of R^T, where H_i = sum_{j < i} a_j x_j - b_i x_i for i <= T and
 * H_{T+1} = sum_j a_j x_j, a_j = 1 / (8 (T - j + 1)), b_j = sqrt(j / T) / 2, with a subgradient of the first maximiser:
 * the function on which the last iterate of plain SGD loses a factor log T (Harvey, Liaw, Plan and Randhawa 2019).
 */
export class WorstFunction {
  readonly T: number
  readonly a: Float64Array
  readonly b: Float64Array
  readonly gradient: Float64Array

  constructor(T: number) {
    this.T = T
    this.a = Float64Array.from({ length: T }, (_, j) => 1 / (8 * (T - j)))
    this.b = Float64Array.from({ length: T }, (_, j) => Math.sqrt((j + 1) / T) / 2)
    this.gradient = new Float64Array(T)
  }

  /** Returns f(x), and leaves a subgradient in {@link gradient}. */
  value(x: Float64Array): number {
    const { T, a, b, gradient } = this
    let [best, first, prefix] = [-Infinity, 0, 0]
    for (let i = 0; i <= T; i++) {
      const H = i < T ? prefix - b[i] * x[i] : prefix
      if (H > best + 1e-15) [best, first] = [H, i]
      if (i < T) prefix += a[i] * x[i]
    }
    gradient.fill(0)
    gradient.set(a.subarray(0, first))
    if (first < T) gradient[first] = -b[first]
    return best
  }
}

/** Returns f after T projected subgradient steps from 0. */
export function descend(f: WorstFunction, steps: Float64Array): number {
  const x = new Float64Array(f.T)
  for (let t = 0; t < f.T; t++) {
    f.value(x)
    let squares = 0
    for (let i = 0; i < x.length; i++) {
      x[i] -= steps[t] * f.gradient[i]
      squares += x[i] * x[i]
    }
    if (squares > 1) for (let i = 0; i < x.length; i++) x[i] /= Math.sqrt(squares)
  }
  return f.value(x)
}

/** The error of the last iterate on the worst function, for three schedules and growing T. */
export async function worstFunction(context: ExperimentContext, at: number, share: number): Promise<void> {
  const sizes = context.scale === 'quick' ? [64, 256, 1024] : [64, 256, 1024, 4096]
  const rows: { label: string; errors: number[]; steps: (T: number) => Float64Array }[] = [
    { label: '1 / sqrt t', errors: [], steps: (T) => shape('inverse-sqrt', T) },
    { label: 'constant 1 / sqrt T', errors: [], steps: (T) => shape('flat', T).map((v) => v / Math.sqrt(T)) },
    { label: 'linear decay', errors: [], steps: (T) => shape('linear', T).map((v) => v / Math.sqrt(T)) },
  ]
  for (const [k, T] of sizes.entries()) {
    await context.progress(at + (share * k) / sizes.length, `the worst function, T = ${T}`)
    const f = new WorstFunction(T)
    for (const { errors, steps } of rows) errors.push(Math.sqrt(T) * descend(f, steps(T)))
  }
  const [slow, , linear] = rows.map(({ errors }) => errors)
  context.claim({
    claim: `the last iterate of linear decay errs by O(1 / sqrt T): at most 0.036 / sqrt T on the worst function, T = 64 to ${sizes.at(-1)}`,
    paper: 'D G / sqrt T, optimal',
    ours: linear.map((v) => v.toFixed(4)).join(', '),
    pass: linear.every((v) => v <= 0.036),
  })
  context.claim({
    claim: 'with the steps 1 / sqrt t it loses a factor log T: above log(T) / (32 sqrt T), and growing',
    paper: 'log T / sqrt T',
    ours: slow.map((v) => v.toFixed(3)).join(', '),
    // log 64 is 6 log 2, and T grows by factors of 4.
    pass: slow.every((v, k) => v > ((6 + 2 * k) * Math.LN2) / 32 && (k === 0 || v > slow[k - 1] + 0.05)),
  })
  context.table({
    title: 'The worst function: f(last iterate) sqrt T',
    columns: ['steps', ...sizes.map((T) => `T = ${T}`)],
    rows: rows.map(({ label, errors }) => [label, ...errors.map((v) => v.toFixed(4))]),
  })
  context.figure({
    kind: 'line',
    title: 'Error of the last iterate on the worst function, times sqrt T',
    x: { label: 'T', scale: 'log' },
    y: { label: 'f(x) sqrt T' },
    series: rows.map(({ label, errors }) => ({ label, x: sizes, y: errors })),
  })
}

const shape = (name: ScheduleName, steps: number) => schedule(name, { steps })
