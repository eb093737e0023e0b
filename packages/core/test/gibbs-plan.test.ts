import { allocate, type Random, random } from '../src/index.ts'
import { GibbsPlan, gibbsViews, transportKernels } from '../src/transport/index.ts'

function make(
  n: number,
  m: number,
  rng: Random,
  options: { symmetric?: boolean; plain?: boolean; size?: number } = {},
) {
  const { symmetric = false, plain = false, size = 1 } = options
  const { kernels, ...views } = allocate([transportKernels], (space) => gibbsViews(n, m, space), { plain })
  const masses = (count: number) => {
    const raw = Float64Array.from({ length: count }, () => rng.uniform(0.2, 1))
    const total = raw.reduce((s, v) => s + v, 0)
    return raw.map((v) => v / total)
  }
  const a = masses(n)
  const plan = new GibbsPlan(views, kernels, a, symmetric ? a : masses(m))
  const { data, stride } = views.C
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) data[i * stride + j] = size * rng.uniform()
  if (symmetric) for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) data[i * stride + j] = data[j * stride + i]
  return plan
}

const zeros = (plan: GibbsPlan, epsilon: number) =>
  plan.setPotentials({ f: new Float64Array(plan.rows), g: new Float64Array(plan.columns) }, epsilon)

/** The L1 error of the marginals of a_i b_j exp((f_i + g_j - C_ij) / epsilon), from the potentials alone. */
function recomputed(plan: GibbsPlan): number {
  const { C, a, b } = plan.views
  const { f, g } = plan.potentials()
  const P = Array.from(a, (ai, i) =>
    Array.from(b, (bj, j) => ai * bj * Math.exp((f[i] + g[j] - C.data[i * C.stride + j]) / plan.epsilon)),
  )
  const sum = (values: Iterable<number>) => [...values].reduce((s, v) => s + v, 0)
  const rows = sum(P.map((row, i) => Math.abs(sum(row) - a[i])))
  return rows + sum(Array.from(b, (bj, j) => Math.abs(sum(P.map((row) => row[j])) - bj)))
}

test('a solved plan has its marginals, in all sizes and from any side', () => {
  const rng = random(5)
  for (let k = 0; k < 200; k++) {
    const [n, m] = [rng.integer(1, 12), rng.integer(1, 12)]
    const symmetric = k % 2 === 0
    const plan = make(n, symmetric ? n : m, rng, { symmetric })
    zeros(plan, 0.2)
    const { error, iterations } = plan.solve(1e-9, 10_000, symmetric)
    expect(error).toBeLessThanOrEqual(1e-9)
    expect(Math.abs(recomputed(plan) - error)).toBeLessThan(1e-12)
    expect(iterations).toBeLessThan(10_000)
  }
})

test('an answer is a warm start that needs no iteration, for a moved cost a few', () => {
  const rng = random(6)
  const plan = make(30, 20, rng)
  zeros(plan, 0.05)
  const cold = plan.solve(1e-6, 10_000)
  expect(plan.solve(1e-6, 10_000).iterations).toBe(0)
  for (let k = 0; k < plan.views.C.data.length; k++) plan.views.C.data[k] += 1e-5 * rng.normal()
  const warm = plan.solve(1e-6, 10_000)
  expect(warm.error).toBeLessThanOrEqual(1e-6)
  expect(warm.iterations).toBeLessThan(cold.iterations / 2)
})

test('symmetric iterations keep F = G and need fewer than those from one side', () => {
  const [one, other] = [random(8), random(8)].map((r) => make(40, 40, r, { symmetric: true }))
  // Squared distances of points on a line, as a Sinkhorn divergence has them.
  for (const plan of [one, other]) {
    const { data, stride } = plan.views.C
    for (let i = 0; i < 40; i++) for (let j = 0; j < 40; j++) data[i * stride + j] = ((i - j) / 40) * ((i - j) / 40)
    zeros(plan, 0.02)
  }
  const averaged = one.solve(1e-8, 10_000, true)
  const plain = other.solve(1e-8, 10_000)
  expect(one.views.F).toEqual(one.views.G)
  expect(averaged.iterations).toBeLessThan(plain.iterations / 2)
})

test('a start that underflows everywhere is repaired', () => {
  const plan = make(9, 7, random(9), { size: 1e6 })
  zeros(plan, 1)
  const { error } = plan.solve(1e-6, 20_000)
  expect(error).toBeLessThan(2)
  plan.softRows()
  plan.softColumns()
  plan.evaluate()
  expect(Number.isFinite(plan.error())).toBe(true)
  const far = make(6, 6, random(10))
  far.setPotentials({ f: new Float64Array(6).fill(-900), g: new Float64Array(6).fill(300) }, 0.5)
  expect(far.solve(1e-9, 1000).error).toBeLessThan(1e-9)
})

test('a limit of iterations ends above the tolerance, and a cost of NaN at once', () => {
  const plan = make(20, 20, random(11))
  zeros(plan, 1e-3)
  const { error, iterations } = plan.solve(1e-12, 3)
  expect(iterations).toBe(3)
  expect(error).toBeGreaterThan(1e-12)
  expect(Math.abs(recomputed(plan) - error)).toBeLessThan(1e-9)
  plan.views.C.data[5] = Number.NaN
  expect(plan.solve(1e-3, 1000).error).toBeNaN()
})

test('plain kernels give the same bits', () => {
  const plans = [false, true].map((plain) => make(17, 23, random(12), { plain }))
  for (const plan of plans) {
    zeros(plan, 0.03)
    plan.solve(1e-10, 500)
  }
  expect(plans[1].potentials()).toEqual(plans[0].potentials())
})
