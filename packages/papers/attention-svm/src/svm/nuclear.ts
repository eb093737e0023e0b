import { SingularValues } from '../linear/singular-values.ts'
import { gramSolver } from './gram-solver.ts'
import { NuclearBounds } from './nuclear-bounds.ts'
import type { Method, SavedArrays, ScaledProblem } from './problem.ts'

const RELAXATION = 1.8
/** rho changes where one residual is this many times the other, both relative. */
const BALANCE = 3
/** Iterations between certificates and changes of rho. */
const PERIOD = 10

/**
 * min |W|_* subject to A(W) >= h, or with a soft margin, by the alternating direction method of multipliers on the
 * splitting (W, A(W)) = (V, s), with bounds from both sides.
 *
 * @param start a feasible W, from the Frobenius SVM; zeros for a soft margin.
 */
export function* nuclear(problem: ScaledProblem, start: Float64Array, state?: SavedArrays): Method {
  const { rows, h, isEquation, C } = problem
  const solve = gramSolver(rows)
  const svd = new SingularValues(rows.p, rows.q)
  const bounds = new NuclearBounds(problem, start)
  const shrunk = new Float64Array(svd.size)
  const [V, U, W, B] = [start.slice(), ...Array.from({ length: 3 }, () => new Float64Array(start.length))]
  const [s, y, mu] = Array.from({ length: 3 }, () => new Float64Array(rows.m))
  const numbers = Float64Array.of(1, 0) // rho and the iteration
  rows.apply(V, s)
  const saved = { V, U, s, y, vectors: svd.vectors, numbers, ...bounds.saved }
  if (state) for (const [name, values] of Object.entries(saved)) values.set(state[name])

  for (;;) {
    const rho = numbers[0]
    for (let k = 0; k < B.length; k++) B[k] = V[k] - U[k]
    rows.apply(B, mu)
    for (let c = 0; c < mu.length; c++) mu[c] = s[c] - y[c] - mu[c]
    solve(mu)
    W.set(B)
    rows.addAdjoint(mu, W)

    // Of W only the relaxed point is needed: B becomes (relaxed W) + U, and A(W) = s - y - mu.
    let [primal, size, change, multipliers] = [0, 0, 0, 0]
    for (let k = 0; k < W.length; k++) {
      primal += (W[k] - V[k]) * (W[k] - V[k])
      size += W[k] * W[k]
      B[k] = RELAXATION * W[k] + (1 - RELAXATION) * V[k] + U[k]
      W[k] = V[k]
    }
    svd.decompose(B)
    let rank = 0
    for (let k = 0; k < svd.size; k++) {
      shrunk[k] = Math.max(0, svd.values[k] - 1 / rho)
      if (shrunk[k] > 0) rank++
    }
    svd.compose(shrunk, V)
    for (let k = 0; k < V.length; k++) {
      U[k] = B[k] - V[k]
      change += (V[k] - W[k]) * (V[k] - W[k])
      multipliers += U[k] * U[k]
    }
    for (let c = 0; c < s.length; c++) {
      const score = s[c] - y[c] - mu[c]
      const relaxed = RELAXATION * score + (1 - RELAXATION) * s[c] + y[c]
      const next = isEquation?.[c] ? h[c] : proximal(relaxed, h[c], C / rho)
      primal += (score - s[c]) * (score - s[c])
      size += score * score
      change += (next - s[c]) * (next - s[c])
      y[c] = relaxed - next
      s[c] = next
      multipliers += y[c] * y[c]
    }

    const iteration = ++numbers[1]
    if (iteration % PERIOD === 0 || iteration === 1) {
      bounds.fromBelow(rho, y)
      bounds.fromAbove(V, shrunk, rank, svd)
    }
    if (iteration % PERIOD === 0) {
      const balance = Math.sqrt(primal / size) / Math.sqrt(change / multipliers)
      const factor = balance > BALANCE ? 2 : balance < 1 / BALANCE ? 1 / 2 : 1
      numbers[0] *= factor
      for (let k = 0; k < U.length; k++) U[k] /= factor
      for (let c = 0; c < y.length; c++) y[c] /= factor
    }
    if (yield bounds) return { ...bounds.result(), state: saved }
  }
}

/** Minimises price max(0, h - s) + (s - v)^2 / 2; price Infinity is the hard margin. */
function proximal(v: number, h: number, price: number): number {
  if (v >= h) return v
  return Math.min(v + price, h)
}
