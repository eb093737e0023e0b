import fc from 'fast-check'
import { type Condition, gaussLegendre, type Lagrangian, lagrangian, solveGrid, solveNeurons } from '../src/index.ts'
import { strongResidual } from '../src/neurons/residual.ts'

const LAGRANGIANS: Lagrangian[] = [
  lagrangian('quadratic', { diffusion: 2, reaction: 3 }),
  lagrangian('log-cosh', { gradient: 2, reaction: 4 }),
  lagrangian('surface', { diffusion: 0.3, surface: 2, reaction: 1 }),
  lagrangian('quartic', { gradient: 0.1, reaction: 1, cubic: 2 }),
  lagrangian('poisson-boltzmann', { screening: 5 }),
  lagrangian('quadratic', { reaction: { value: ([x]) => 1 + 3 * x, min: 1, max: 4 } }),
]

/** A product of functions of one coordinate, each given with its first and second derivative. */
type Factor = (x: number) => [number, number, number]

const wave =
  (a: number, phase: number): Factor =>
  (x) => [Math.cos(a * x + phase), -a * Math.sin(a * x + phase), -a * a * Math.cos(a * x + phase)]
/** 4 x (1 - x) times another factor. */
const vanishing =
  (factor: Factor): Factor =>
  (x) => {
    const [s, s1, s2] = factor(x)
    const b = 4 * x * (1 - x)
    const slope = 4 - 8 * x
    return [b * s, slope * s + b * s1, -8 * s + 2 * slope * s1 + b * s2]
  }

/** Value, gradient and second derivatives of the product of one factor an axis. */
function product(factors: Factor[], x: number[]) {
  const parts = factors.map((factor, j) => factor(x[j]))
  const entry = (orders: number[]) => parts.reduce((value, part, j) => value * part[orders[j]], 1)
  const orders = (...axes: number[]) => factors.map((_, j) => axes.filter((axis) => axis === j).length)
  return {
    u: entry(orders()),
    p: factors.map((_, j) => entry(orders(j))),
    h: factors.map((_, j) => factors.map((_, k) => entry(orders(j, k)))),
  }
}

const one = (value: number) => Float64Array.of(value)

/** The right-hand side and the flux of a given solution. */
function dataOf(L: Lagrangian, factors: Factor[]) {
  const fields = (x: number[]) => {
    const { u, p, h } = product(factors, x)
    return { n: 1, x: x.map(one), u: one(u), p: p.map(one), h: h.map((row) => row.map(one)) }
  }
  return {
    f: (x: number[]) => {
      const at = fields(x)
      return strongResidual(L, at, at, one(0))[0]
    },
    flux: (x: number[], axis: number) => {
      const at = fields(x)
      const dp = x.map(() => one(0))
      L.slopes(at, one(0), dp)
      return x[axis] === 1 ? dp[axis][0] : -dp[axis][0]
    },
  }
}

/** The H1 distance of an answer from the solution, by Gauss-Legendre. */
function distance(
  factors: Factor[],
  answer: { value(x: number[][]): Float64Array; gradient(x: number[][]): { data: ArrayLike<number> } },
): number {
  const d = factors.length
  const q = d === 1 ? 64 : 24
  const { nodes, weights } = gaussLegendre(q)
  const places = Array.from({ length: q ** d }, (_, i) => (d === 1 ? [i] : [Math.floor(i / q), i % q]))
  const points = places.map((place) => place.map((k) => nodes[k]))
  const [values, slopes] = [answer.value(points), answer.gradient(points).data]
  let square = 0
  for (const [i, point] of points.entries()) {
    const { u, p } = product(factors, point)
    const weight = places[i].reduce((w, k) => w * weights[k], 1)
    square += weight * (values[i] - u) ** 2
    for (let j = 0; j < d; j++) square += weight * (slopes[i * d + j] - p[j]) ** 2
  }
  return Math.sqrt(square)
}

const condition = fc.constantFrom<Condition>('dirichlet', 'neumann')
const size = fc.double({ min: 0.3, max: 4, noNaN: true })

test('the bound of sines is above the error of solutions that are known: faces, lifts and fluxes of all kinds', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...LAGRANGIANS),
      fc.array(condition, { minLength: 1, maxLength: 2 }),
      fc.array(fc.tuple(size, size), { minLength: 2, maxLength: 2 }),
      fc.constantFrom('none', 'own', 'other'),
      fc.integer({ min: 4, max: 10 }),
      fc.constantFrom(3, 100),
      (L, faces, waves, kind, modes, maxIterations) => {
        // Without a Dirichlet face log cosh has no convexity in u.
        const boundary: Condition[] = L.constants({}).mu > 0 ? faces : ['dirichlet', ...faces.slice(1)]
        const plain = boundary.map((_, j) => wave(...waves[j]))
        const factors = kind === 'none' ? plain.map((w, j) => (boundary[j] === 'dirichlet' ? vanishing(w) : w)) : plain
        const { f, flux } = dataOf(L, factors)
        const extra = boundary.map((face, j) => (face === 'dirichlet' ? vanishing(wave(1 + j, 2)) : wave(2, j)))
        const lift = {
          value: (x: number[]) => product(factors, x).u + (kind === 'other' ? product(extra, x).u : 0),
          gradient: (x: number[]) => {
            const own = product(factors, x).p
            const other = product(extra, x).p
            return kind === 'other' ? own.map((p, j) => p + other[j]) : own
          },
        }
        const problem = { lagrangian: L, f, boundary, flux, modes, ...(kind !== 'none' && { lift }) }
        const answer = solveGrid(problem, { maxIterations })
        const error = distance(factors, answer)
        expect(error).toBeLessThanOrEqual(answer.errorBound * (1 + 1e-9) + 1e-9)
      },
    ),
    { numRuns: 60 },
  )
})

test('the bound of neurons is above the error of solutions that are known', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...LAGRANGIANS),
      fc.array(fc.tuple(size, size), { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 5, max: 30 }),
      (L, waves, count) => {
        const factors = waves.map((w) => vanishing(wave(...w)))
        const { f } = dataOf(L, factors)
        const boundary = waves.map((): Condition => 'dirichlet')
        const answer = solveNeurons({ lagrangian: L, f, boundary, neurons: { count }, rule: count > 20 ? 32 : 24 })
        const error = distance(factors, answer)
        expect(error).toBeLessThanOrEqual(answer.errorBound! * (1 + 1e-9) + 1e-9)
      },
    ),
    { numRuns: 40 },
  )
})

test.each([
  ['a root, on Neumann faces', ([x]: number[]) => Math.sqrt(x)],
  ['a root of another place', ([x]: number[]) => Math.sqrt(Math.abs(x - 0.3))],
  ['a kink', ([x]: number[]) => Math.abs(x - 0.37)],
  ['a sharp peak', ([x]: number[]) => Math.exp(-3000 * (x - 0.21) ** 2)],
])('the bound counts the quadrature error: %s', (_, f) => {
  const problem = { lagrangian: lagrangian('quadratic', { reaction: 1 }), f, boundary: ['neumann'] as Condition[] }
  const truth = solveGrid({ ...problem, modes: 100, grid: 2000 }, { certificateModes: 100 })
  for (const modes of [4, 8, 16, 32]) {
    const { u, errorBound } = solveGrid({ ...problem, modes })
    const error = truth.u.add(u, -1).h1()
    expect(error).toBeLessThanOrEqual(errorBound)
  }
})
