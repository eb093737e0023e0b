import { exp, log, type Random, random } from '@opt/core'

/** A transport problem that is hard on purpose, and how it is to be solved. */
export interface HardProblem {
  /** The families it was drawn from. */
  name: string
  cost: number[][]
  a: number[]
  b: number[]
  epsilon: number
  tolerance: number
  initial?: { f: number[]; g: number[] }
}

type Draw<T> = (rng: Random, n: number, m: number) => T

const list = <T>(length: number, of: (k: number) => T): T[] => Array.from({ length }, (_, k) => of(k))
const table = (n: number, m: number, of: (i: number, j: number) => number) => list(n, (i) => list(m, (j) => of(i, j)))
const logUniform = (rng: Random, low: number, high: number) => exp(rng.uniform(log(low), log(high)))
const pick = <T>(rng: Random, from: readonly T[]): T => from[rng.integer(0, from.length)]

/** Costs of ordinary size. */
const ORDINARY: Record<string, Draw<number[][]>> = {
  uniform: (rng, n, m) => table(n, m, () => rng.uniform()),
  normal: (rng, n, m) => table(n, m, () => 100 * rng.normal()),
  integers: (rng, n, m) => table(n, m, () => rng.integer(0, 4)),
  constant: (_, n, m) => table(n, m, () => 3),
  monge: (rng, n, m) => {
    const [x, y] = [n, m].map((k) => list(k, () => rng.uniform()).sort((s, t) => s - t))
    return table(n, m, (i, j) => (x[i] - y[j]) * (x[i] - y[j]))
  },
  line: (rng, n, m) => {
    const [x, y] = [n, m].map((k) => list(k, () => rng.uniform()))
    return table(n, m, (i, j) => Math.abs(x[i] - y[j]))
  },
  self: (rng, n, m) => {
    const x = list(Math.max(n, m), () => [rng.normal(), rng.normal()])
    return table(n, m, (i, j) => (x[i][0] - x[j][0]) * (x[i][0] - x[j][0]) + (x[i][1] - x[j][1]) * (x[i][1] - x[j][1]))
  },
  product: (rng, n, m) => {
    const [x, y] = [n, m].map((k) => list(k, () => rng.normal()))
    return table(n, m, (i, j) => x[i] * y[j])
  },
  separable: (rng, n, m) => {
    const [x, y] = [n, m].map((k) => list(k, () => rng.normal()))
    return table(n, m, (i, j) => x[i] + y[j])
  },
  identity: (_, n, m) => table(n, m, (i, j) => (i === j ? 0 : 1)),
  blocks: (rng, n, m) => {
    const k = rng.integer(2, 5)
    return table(n, m, (i, j) => (i % k === j % k ? 1e-3 * rng.uniform() : 1 - 0.1 * rng.uniform()))
  },
  duplicates: (rng, n, m) => {
    const [x, y] = [n, m].map((k) => list(k, () => rng.integer(0, 3)))
    const C = table(3, 3, () => rng.uniform())
    return table(n, m, (i, j) => C[x[i]][y[j]])
  },
  heavy: (rng, n, m) => table(n, m, () => 1 / (1e-4 + rng.uniform())),
  scales: (rng, n, m) => table(n, m, () => logUniform(rng, 1e-6, 1)),
}

/** Masses before they are normalised. */
const MASSES: Record<string, (rng: Random, k: number) => number[]> = {
  uniform: (_, k) => list(k, () => 1),
  smooth: (rng, k) => list(k, () => 0.1 + rng.uniform()),
  integers: (rng, k) => list(k, () => rng.integer(1, 5)),
  skewed: (rng, k) => list(k, () => logUniform(rng, 1e-8, 1)),
  tiny: (rng, k) => list(k, () => logUniform(rng, 1e-22, 1)),
  smallest: (rng, k) => list(k, () => (rng.uniform() < 0.5 ? rng.uniform() : logUniform(rng, 1e-300, 1))),
  denormal: (rng, k) => list(k, () => (rng.uniform() < 0.5 ? rng.uniform() : rng.integer(1, 1000) * 5e-324)),
  zeros: (rng, k) => list(k, () => (rng.uniform() < 0.4 ? 0 : rng.uniform())),
}

/** Scales positive masses to the sum 1 (what is left over by rounding goes to the largest). */
function normalised(masses: number[]): number[] {
  const w = masses.some((v) => v > 0) ? masses : masses.map((_, i) => (i === 0 ? 1 : 0))
  const total = w.reduce((s, v) => s + v, 0)
  return w.map((v) => v / total)
}

/** Marginals of one kind, or what a family says about both together. */
function marginals(rng: Random, n: number, m: number): { name: string; a: number[]; b: number[] } {
  const [s, t] = [pick(rng, Object.keys(MASSES)), pick(rng, Object.keys(MASSES))]
  const together = rng.uniform()
  if (together < 0.15 && n === m) {
    const a = normalised(MASSES[s](rng, n))
    return { name: `equal ${s}`, a, b: a.slice() }
  }
  if (together < 0.3) {
    // Nearly equal marginals: the blocks of a separable problem exchange next to nothing.
    const size = logUniform(rng, 1e-14, 1e-2)
    const base = MASSES[s](rng, Math.max(n, m))
    const near = (k: number) =>
      normalised(
        base
          .slice(0, k)
          .map((v) => v * (1 + size * rng.normal()))
          .map(Math.abs),
      )
    return { name: `near ${s}`, a: near(n), b: near(m) }
  }
  if (together < 0.35) {
    // All masses are denormal: as integers times the smallest double their sums are exactly equal.
    const units = list(3 * n * m, () => [rng.integer(0, n), rng.integer(0, m)])
    const [a, b] = [list(n, () => 0), list(m, () => 0)]
    for (const [i, j] of units) {
      a[i] += 5e-324
      b[j] += 5e-324
    }
    return { name: 'all denormal', a, b }
  }
  return { name: `${s}/${t}`, a: normalised(MASSES[s](rng, n)), b: normalised(MASSES[t](rng, m)) }
}

/** One hard problem, the same for the same seed. */
export function hardProblem(seed: number): HardProblem {
  const rng = random(seed)
  const size = () => (rng.uniform() < 0.6 ? rng.integer(1, 6) : rng.integer(1, 41))
  const n = size()
  const m = rng.uniform() < 0.4 ? n : size()
  const family = pick(rng, Object.keys(ORDINARY))
  const cost = ORDINARY[family](rng, n, m)
  const { a, b, name } = marginals(rng, n, m)
  const flat = cost.flat()
  const range = Math.max(...flat) - Math.min(...flat) || 1
  const epsilon = range * logUniform(rng, 1e-6, 1)
  const tolerance = logUniform(rng, 1e-12, 1e-6)

  let pattern = 'all allowed'
  const forbid = rng.uniform()
  if (forbid < 0.25) {
    // Some pairs are forbidden, or cost so much that they might as well be; whether that can be borne is left to
    // chance.
    const high = forbid < 0.15 ? Infinity : range * logUniform(rng, 1e9, 1e30)
    pattern = forbid < 0.15 ? 'forbidden' : 'huge'
    const k = rng.integer(1, 4)
    const kind = rng.integer(0, 4)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) {
        const far = [
          () => rng.uniform() < 0.3,
          () => i % k !== j % k,
          () => j > i + k,
          () => Math.abs(i * m - j * n) > 2 * Math.max(n, m),
        ][kind]()
        if (far) cost[i][j] = high
      }
    // What has to be paid hides what is asked for: pairs of huge cost are there to be avoided.
    if (high < Infinity && leftBehind({ cost, a, b }, high) > 0) {
      pattern = 'too huge'
      for (const row of cost) for (let j = 0; j < m; j++) if (row[j] === high) row[j] = range
    }
  }

  let initial: HardProblem['initial']
  const start = rng.uniform()
  if (start < 0.2) {
    const far = range * logUniform(rng, 1e-3, start < 0.05 ? 1e100 : 1e6)
    initial = { f: list(n, () => far * rng.normal()), g: list(m, () => far * rng.normal()) }
  }
  return {
    name: `${family}, ${name}, ${pattern}${initial ? ', far start' : ''}`,
    cost,
    a,
    b,
    epsilon,
    tolerance,
    ...(initial ? { initial } : {}),
  }
}

/**
 * The largest mass that must stay behind at a point where pairs of a cost of `limit` and more are forbidden: the
 * largest excess of a set of rows over all columns that it may reach, by augmenting paths.
 */
export function leftBehind({ cost, a, b }: Pick<HardProblem, 'cost' | 'a' | 'b'>, limit = Infinity): number {
  const [n, m] = [a.length, b.length]
  const flow = table(n, m, () => 0)
  const supply = a.slice()
  const demand = b.slice()
  for (;;) {
    const from = new Map<number, number>()
    const queue = list(n, (i) => i).filter((i) => supply[i] > 0)
    for (const i of queue) from.set(i, -1)
    let end = -1
    for (let head = 0; head < queue.length && end < 0; head++) {
      const node = queue[head]
      if (node < n) {
        for (let j = 0; j < m; j++)
          if (cost[node][j] < limit && !from.has(n + j)) {
            from.set(n + j, node)
            queue.push(n + j)
            if (demand[j] > 0) end = n + j
          }
      } else
        for (let i = 0; i < n; i++)
          if (flow[i][node - n] > 0 && !from.has(i)) {
            from.set(i, node)
            queue.push(i)
          }
    }
    if (end < 0) return Math.max(...supply, ...demand)
    let amount = demand[end - n]
    let node = end
    for (let k = end; k >= 0; k = from.get(k) ?? -1) {
      const p = from.get(k) ?? -1
      if (p < 0) amount = Math.min(amount, supply[k])
      else if (p >= n) amount = Math.min(amount, flow[k][p - n])
    }
    for (node = end; node >= 0; ) {
      const p = from.get(node) ?? -1
      if (p < 0) supply[node] -= amount
      else if (p < n) flow[p][node - n] += amount
      else flow[node][p - n] -= amount
      node = p
    }
    demand[end - n] -= amount
  }
}
