import { symmetricEigen } from '@opt/curvature'
import { type BlockSample, type MultiBlockProblem, msvrGamma, type Sampler, type Updates } from '../src/index.ts'

type Vector = number[]

interface Options {
  version: 1 | 2
  updates: Updates
  alpha: number
  beta: number
  tau: number
  tauV: number
  eta: number
  radius: number
  bounds: [number, number]
  steps: number
}

const axpy = (a: number, x: Vector, y: Vector) => y.map((value, j) => value + a * x[j])
const dot = (x: Vector, y: Vector) => x.reduce((sum, value, j) => sum + value * y[j], 0)

/** The algorithm word by word: all blocks move in each step, all of the previous state is kept, nothing is skipped. */
export function reference<Q>(
  problem: MultiBlockProblem<Q>,
  start: { x: Vector; y: Vector[] },
  sampler: Sampler<Q>,
  { version, updates, alpha, beta, tau, tauV, eta, radius, bounds, steps }: Options,
) {
  const m = problem.blocks
  const [n, d] = [start.x.length, start.y[0].length]
  const gamma = msvrGamma(m, sampler.blocksPerStep, alpha)
  const f64 = (x: Vector) => Float64Array.from(x)
  const zeros = (length: number) => new Float64Array(length)

  const lowerGradient = (i: number, x: Vector, y: Vector, q?: BlockSample<Q>) => {
    const gy = zeros(d)
    problem.block(i).lower.gradient(f64(x), f64(y), zeros(n), gy, q?.lower)
    return [...gy]
  }
  const upperGradient = (i: number, x: Vector, y: Vector, q?: BlockSample<Q>) => {
    const [gx, gy] = [zeros(n), zeros(d)]
    problem.block(i).upper.gradient(f64(x), f64(y), gx, gy, q?.upper)
    return { fx: [...gx], fy: [...gy] }
  }
  const product = (i: number, x: Vector, y: Vector, v: Vector, q?: BlockSample<Q>) => {
    const [outX, outY] = [zeros(n), zeros(d)]
    problem.block(i).lower.hvp!(f64(x), f64(y), f64(v), outX, outY, q?.lower)
    return { cross: [...outX], Hv: [...outY] }
  }
  const unit = (j: number) => Array.from({ length: d }, (_, k) => (k === j ? 1 : 0))
  const hessian = (i: number, x: Vector, y: Vector, q?: BlockSample<Q>) =>
    Array.from({ length: d }, (_, j) => product(i, x, y, unit(j), q).Hv)
  const project = (H: Vector[]) => {
    const S = H.map((row, i) => row.map((value, j) => (value + H[j][i]) / 2))
    const { values, vectors } = symmetricEigen(S)
    const clipped = values.map((value) => Math.min(bounds[1], Math.max(bounds[0], value)))
    return S.map((_, i) =>
      S.map((_, j) => clipped.reduce((sum, value, k) => sum + value * vectors!.get(i, k) * vectors!.get(j, k), 0)),
    )
  }
  const solve = (H: Vector[], b: Vector) => {
    const { values, vectors } = symmetricEigen(H)
    return b.map((_, i) =>
      values.reduce((sum, value, k) => {
        const along = b.reduce((s, entry, j) => s + entry * vectors!.get(j, k), 0)
        return sum + (along / value) * vectors!.get(i, k)
      }, 0),
    )
  }
  const ball = (v: Vector) => {
    const length = Math.sqrt(dot(v, v))
    return length > radius ? v.map((value) => (value * radius) / length) : v
  }
  const mix = (s: Vector, now: Vector, previous: Vector) =>
    s.map((value, j) => (1 - alpha) * value + (alpha + gamma) * now[j] - gamma * previous[j])

  let { x } = start
  let y = start.y.map((row) => [...row])
  let v = y.map((row) => row.map(() => 0))
  const q0 = y.map((_, i) => structuredClone(sampler.sample(i)))
  let s = y.map((row, i) => lowerGradient(i, x, row, q0[i]))
  let u = y.map((row, i) => upperGradient(i, x, row, q0[i]).fy.map((value) => -value))
  let H = y.map((row, i) => (version === 1 ? project(hessian(i, x, row, q0[i])) : []))
  let z: Vector = x.map(() => 0)
  y.forEach((row, i) => {
    const { fx, fy } = upperGradient(i, x, row, q0[i])
    const { cross } = product(i, x, row, version === 1 ? solve(H[i], fy) : v[i], q0[i])
    z = axpy(1 / m, axpy(-1, cross, fx), z)
  })
  let previous = { x, y, v, H }
  const missed = y.map(() => 0)

  for (let k = 0; k < steps; k++) {
    const chosen = Array.from(sampler.blocks())
    const [nextS, nextU, nextH] = [[...s], [...u], [...H]]
    let [G, oldG] = [x.map(() => 0), x.map(() => 0)]
    for (const i of chosen) {
      const q = structuredClone(sampler.sample(i))
      const old = { y: previous.y[i], v: previous.v[i], H: previous.H[i] }
      nextS[i] = mix(s[i], lowerGradient(i, x, y[i], q), lowerGradient(i, previous.x, old.y, q))
      const [now, before] = [upperGradient(i, x, y[i], q), upperGradient(i, previous.x, old.y, q)]
      const a = version === 1 ? solve(H[i], now.fy) : v[i]
      const oldA = version === 1 ? solve(old.H, before.fy) : old.v
      const [one, two] = [product(i, x, y[i], a, q), product(i, previous.x, old.y, oldA, q)]
      if (version === 2) nextU[i] = mix(u[i], axpy(-1, now.fy, one.Hv), axpy(-1, before.fy, two.Hv))
      else {
        const [present, past] = [hessian(i, x, y[i], q), hessian(i, previous.x, old.y, q)]
        nextH[i] = project(H[i].map((row, j) => mix(row, present[j], past[j])))
      }
      G = axpy(1 / chosen.length, axpy(-1, one.cross, now.fx), G)
      oldG = axpy(1 / chosen.length, axpy(-1, two.cross, before.fx), oldG)
    }
    previous = { x, y, v, H }
    ;[s, u, H] = [nextS, nextU, nextH]
    const times = y.map((_, i) => {
      if (updates === 'all') return 1
      missed[i]++
      if (!chosen.includes(i)) return 0
      const count = missed[i]
      missed[i] = 0
      return count
    })
    y = y.map((row, i) => axpy(-tau * times[i], s[i], row))
    if (version === 2) v = v.map((row, i) => (times[i] === 0 ? row : ball(axpy(-tauV * times[i], u[i], row))))
    z = axpy(
      1,
      G,
      axpy(-1, oldG, z).map((value) => (1 - beta) * value),
    )
    x = axpy(-eta, z, x)
  }
  return { x, y, z, s }
}
