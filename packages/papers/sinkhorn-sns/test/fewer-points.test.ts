import { random } from '@opt/core'
import ndarray from 'ndarray'
import { sinkhornNewton } from '../src/index.ts'

/** Costs between points on a line, in order or not, or random ones; uneven masses. */
function problem(seed: number) {
  const rng = random(seed)
  const [n, m] = [rng.integer(130, 200), rng.integer(130, 200)]
  const points = (k: number) => Float64Array.from({ length: k }, () => rng.uniform())
  const [x, y] = [points(n), points(m)]
  if (seed % 4 < 2) for (const side of [x, y]) side.sort()
  const power = seed % 2 === 0 ? 1 : 2
  const cost = ndarray(
    Float64Array.from({ length: n * m }, (_, k) =>
      seed % 4 === 3 ? rng.uniform() : Math.abs(x[Math.floor(k / m)] - y[k % m]) ** power,
    ),
    [n, m],
  )
  const masses = (k: number) => {
    const mass = points(k)
    const total = mass.reduce((sum, v) => sum + v)
    return mass.map((v) => v / total)
  }
  return { cost, a: masses(n), b: masses(m), epsilon: 10 ** rng.uniform(-4, -1) }
}

function errorOf(plan: Float64Array, a: Float64Array, b: Float64Array): number {
  const [r, c] = [a.map((v) => -v), b.map((v) => -v)]
  plan.forEach((p, k) => {
    r[Math.floor(k / b.length)] += p
    c[k % b.length] += p
  })
  return [...r, ...c].reduce((sum, v) => sum + Math.abs(v), 0)
}

test('a start from fewer points ends where one from given potentials does, and is as good as its word', () => {
  for (let seed = 0; seed < 16; seed++) {
    const { cost, a, b, epsilon } = problem(seed)
    const s = sinkhornNewton(cost, a, b, { epsilon })
    expect(s.status).toBe('converged')
    expect(errorOf(s.plan().data, a, b)).toBeLessThan(1.001e-9)
    // Given potentials, no level has fewer points.
    const zeros = { f: new Float64Array(a.length), g: new Float64Array(b.length) }
    const t = sinkhornNewton(cost, a, b, { epsilon, initial: zeros })
    expect(t.status).toBe('converged')
    expect(Math.abs(s.value - t.value)).toBeLessThan(1e-8)
  }
})

test('a stop on the way, with fewer points or with entries left out, has the error that it says', () => {
  const { cost, a, b } = problem(1)
  for (let maxIterations = 1; maxIterations < 300; maxIterations++) {
    const s = sinkhornNewton(cost, a, b, { epsilon: 1e-3, maxIterations })
    expect(Math.abs(errorOf(s.plan().data, a, b) - s.error)).toBeLessThan(1e-13)
    expect([...s.f, ...s.g, s.cost].every(Number.isFinite)).toBe(true)
    if (s.status === 'converged') return
    expect([s.status, s.iterations]).toEqual(['max-iterations', maxIterations])
  }
  throw new Error('did not converge')
})
