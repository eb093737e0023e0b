import { jest } from '@jest/globals'
import { random } from '@opt/core'
import { costRows, pairwiseCost, sinkhorn, sinkhornNewton, type TransportSolution } from '@opt/sinkhorn-sns'
import fc from 'fast-check'
import { webgpu } from '../src/index.ts'
import { gpu, onDevice } from './open.ts'

const backend = gpu

const rng = random(7)
const points = (n: number, d: number) => Array.from({ length: n }, () => Array.from({ length: d }, () => rng.uniform()))
const masses = (n: number) => {
  const w = Float64Array.from({ length: n }, () => 0.1 + rng.uniform())
  const total = w.reduce((sum, v) => sum + v, 0)
  return w.map((v) => v / total)
}
const [n, m] = [23, 38]
const [x, y] = [points(n, 2), points(m, 2)]
const [a, b] = [masses(n), masses(m)]
const C = pairwiseCost(x, y)

/** L1 error of both marginals in float64, from the potentials alone. */
function trueError(solution: TransportSolution, p: Float64Array, q: Float64Array): number {
  const P = solution.plan()
  const [r, c] = [new Float64Array(p.length), new Float64Array(q.length)]
  for (let i = 0; i < p.length; i++)
    for (let j = 0; j < q.length; j++) {
      r[i] += P.get(i, j)
      c[j] += P.get(i, j)
    }
  const mass = p.reduce((sum, v) => sum + v, 0)
  const off = (s: Float64Array, t: Float64Array) => s.reduce((sum, v, k) => sum + Math.abs(v - t[k]), 0)
  return (off(r, p) + off(c, q)) / mass
}

function expectClose(ours: TransportSolution, theirs: TransportSolution, tolerance: number): void {
  expect(Math.abs(ours.value - theirs.value)).toBeLessThan(tolerance)
  expect(Math.abs(ours.cost - theirs.cost)).toBeLessThan(tolerance)
  ours.f.forEach((v, i) => expect(Math.abs(v - theirs.f[i])).toBeLessThan(10 * tolerance))
  ours.g.forEach((v, j) => expect(Math.abs(v - theirs.g[j])).toBeLessThan(10 * tolerance))
}

onDevice('Sinkhorn on the device', () => {
  test.each([
    ['a matrix', 'sqeuclidean', () => C],
    ['squared distances', 'sqeuclidean', () => costRows(x, y)],
    ['distances', 'euclidean', () => costRows(x, y, 'euclidean')],
    ['sums of differences', 'cityblock', () => costRows(x, y, 'cityblock')],
  ] as const)('takes the iterations of the CPU: %s', async (_, metric, cost) => {
    const options = { epsilon: 0.05, tolerance: 1e-5 }
    const cpu = sinkhorn(pairwiseCost(x, y, metric), a, b, options)
    const ours = await sinkhorn.async(cost(), a, b, { ...options, backend })
    expect(ours.status).toBe('converged')
    expect(Math.abs(ours.iterations - cpu.iterations)).toBeLessThanOrEqual(2)
    expect(ours.history.map(({ error }) => error)).toEqual(ours.history.map(({ error }) => error).sort((s, t) => t - s))
    expectClose(ours, cpu, 1e-6)
    expect(ours.error).toBeLessThanOrEqual(1e-5)
    expect(Math.abs(ours.error - trueError(ours, a, b))).toBeLessThan(1e-6)
  })

  test.each([1, 3, 4, 7])('computes costs of points in %i dimensions', async (d) => {
    const [u, v] = [points(9, d), points(14, d)]
    const [p, q] = [masses(9), masses(14)]
    for (const metric of ['sqeuclidean', 'euclidean', 'cityblock'] as const) {
      const options = { epsilon: 0.2, tolerance: 1e-5 }
      const ours = await sinkhorn.async(costRows(u, v, metric), p, q, { ...options, backend })
      expectClose(ours, sinkhorn(pairwiseCost(u, v, metric), p, q, options), 1e-6)
    }
  })

  test('gives back plan and marginals of masses that are not normalised, with zeros', async () => {
    const p = a.map((v, i) => (i % 4 === 0 ? 0 : 3 * v))
    const total = p.reduce((sum, v) => sum + v, 0)
    const q = b.map((v, j) => (j === 5 ? 0 : v))
    const share = total / q.reduce((sum, v) => sum + v, 0)
    for (const cost of [C, costRows(x, y)]) {
      const to = q.map((v) => v * share)
      const ours = await sinkhorn.async(cost, p, to, { epsilon: 0.1, tolerance: 1e-5, backend })
      expectClose(ours, sinkhorn(C, p, to, { epsilon: 0.1, tolerance: 1e-7 }), 2e-5)
      expect(trueError(ours, p, to)).toBeLessThan(2e-5)
      expect([...ours.planRow(0)]).toEqual(Array(m).fill(0))
    }
  })

  test('starts where it is told to', async () => {
    const options = { epsilon: 0.05, tolerance: 1e-5, backend }
    const first = await sinkhorn.async(C, a, b, options)
    const again = await sinkhorn.async(C, a, b, { ...options, initial: first })
    expect(again.iterations).toBe(1)
  })

  test('keeps its accuracy at a large epsilon, and whatever the gauge of the start', async () => {
    const options = { epsilon: 30, tolerance: 1e-6 }
    const initial = { f: new Float64Array(n).fill(1e5), g: new Float64Array(m).fill(-1e5) }
    const cpu = sinkhorn(C, a, b, { ...options, tolerance: 1e-10 })
    for (const start of [{}, { initial }]) {
      const ours = await sinkhorn.async(C, a, b, { ...options, ...start, backend })
      expect(ours.status).toBe('converged')
      expect(trueError(ours, a, b)).toBeLessThan(2e-6)
      expect(Math.abs(ours.cost - cpu.cost)).toBeLessThan(1e-6)
    }
  })

  test('ends where it is told to, and says so', async () => {
    const options = { epsilon: 0.01, backend }
    const few = await sinkhorn.async(C, a, b, { ...options, maxIterations: 5 })
    expect(few).toMatchObject({ status: 'max-iterations', iterations: 5 })
    expect(Math.abs(few.error - trueError(few, a, b))).toBeLessThan(1e-6)
    const stop = new AbortController()
    const onProgress = () => stop.abort()
    const aborted = await sinkhorn.async(C, a, b, { ...options, signal: stop.signal, onProgress })
    expect(aborted).toMatchObject({ status: 'aborted', iterations: 1 })
  })

  test('stalls where float32 ends, and says so', async () => {
    const ours = await sinkhorn.async(C, a, b, { epsilon: 0.2, tolerance: 1e-9, backend })
    expect(ours.status).toBe('stalled')
    expect(ours.message).toContain('float32 does not allow a smaller error')
    expect(ours.error).toBeLessThan(1e-6)
  })

  test('refuses relaxation', async () => {
    const relaxed = sinkhorn.async(C, a, b, { epsilon: 0.1, relaxation: 1.5, backend })
    await expect(relaxed).rejects.toThrow('sinkhorn: relaxation must be 1 with a backend, got 1.5')
  })
})

onDevice('sparse Newton on the device', () => {
  test.each([
    ['a matrix', false, 0.01],
    ['points', true, 0.01],
    ['a small epsilon', true, 0.002],
  ] as const)('solves as the CPU does: %s', async (_, byPoints, epsilon) => {
    const options = { epsilon, tolerance: 2e-6 }
    const cpu = sinkhornNewton(C, a, b, options)
    const ours = await sinkhornNewton.async(byPoints ? costRows(x, y) : C, a, b, { ...options, backend })
    expect(ours.status).toBe('converged')
    expect(ours.newtonIterations).toBeGreaterThan(0)
    expect(ours.newtonIterations).toBeLessThan(cpu.newtonIterations + 6)
    expectClose(ours, cpu, 1e-6)
    // Float32 rounds costs: of the exact ones, the plan is that much further off.
    expect(trueError(ours, a, b)).toBeLessThan(2e-6 + (1.2e-7 * ours.cost) / epsilon + 1e-6)
  })

  test('keeps a fixed number of entries without annealing, as the paper does', async () => {
    const options = { epsilon: 0.05, annealing: false, warmup: 20, keep: 80, tolerance: 5e-6 } as const
    const cpu = sinkhornNewton(C, a, b, options)
    const ours = await sinkhornNewton.async(C, a, b, { ...options, backend })
    expect(ours.status).toBe('converged')
    expectClose(ours, cpu, 1e-6)
    for (const { phase, kept } of ours.history) if (phase === 'newton') expect(kept).toBe(80)
  })

  test('works on the columns where they are fewer', async () => {
    const options = { epsilon: 0.01, tolerance: 2e-6 }
    const ours = await sinkhornNewton.async(costRows(y, x), b, a, { ...options, backend })
    expect(ours.status).toBe('converged')
    expectClose(ours, sinkhornNewton(pairwiseCost(y, x), b, a, options), 1e-6)
  })

  test('solves a single pair', async () => {
    const { cost, status } = await sinkhornNewton.async([[2]], [1], [1], { epsilon: 0.1, tolerance: 1e-6, backend })
    expect([cost, status]).toEqual([2, 'converged'])
  })
})

onDevice('whatever the problem', () => {
  const recipes = fc.record({
    n: fc.integer({ min: 1, max: 20 }),
    m: fc.integer({ min: 1, max: 20 }),
    family: fc.constantFrom('uniform', 'line', 'integers', 'constant', 'wide', 'far'),
    marginals: fc.constantFrom('uniform', 'zeros', 'tiny'),
    decade: fc.double({ min: -2.5, max: 1, noNaN: true }),
    seed: fc.nat(1e9),
  })

  test('SNS converges, to what its potentials say, or says why not', async () => {
    await fc.assert(
      fc.asyncProperty(recipes, async ({ n, m, family, marginals, decade, seed }) => {
        const rng = random(seed)
        const entry = {
          uniform: () => rng.uniform(),
          line: (i: number, j: number) => (i / n - j / m) * (i / n - j / m),
          integers: () => rng.integer(0, 5),
          constant: () => 3,
          wide: () => rng.normal() * 1000,
          far: () => 1e6 + rng.uniform(),
        }[family]
        const cost = Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => entry(i, j)))
        const weights = (k: number) => {
          const zero = marginals === 'uniform' ? 1 : marginals === 'zeros' ? 0 : 1e-9
          const w = Float64Array.from({ length: k }, (_, i) => (i % 3 === 1 ? zero : 0.5 + rng.uniform()))
          const total = w.reduce((sum, v) => sum + v, 0)
          return w.map((v) => v / total)
        }
        const [p, q] = [weights(n), weights(m)]
        const flat = cost.flat()
        const range = Math.max(...flat) - Math.min(...flat) || 1
        const epsilon = range * 10 ** decade
        const ours = await sinkhornNewton.async(cost, p, q, { epsilon, tolerance: 2e-6, backend })
        if (ours.status !== 'converged') expect(ours.message).toMatch(/rounding|maxIterations|stalled/)
        const paid = Math.abs(ours.cost - Math.min(...flat))
        expect(Math.abs(trueError(ours, p, q) - ours.error)).toBeLessThan(1e-6 + (3e-7 * paid) / epsilon)
        if (ours.status === 'converged') expect(ours.error).toBeLessThanOrEqual(2e-6)
      }),
      { numRuns: 60 },
    )
  })
})

onDevice('the backend in a solver', () => {
  const base = () => backend.memory.used

  test('needs a call that waits', () => {
    const before = base()
    expect(() => sinkhorn(C, a, b, { epsilon: 0.1, backend })).toThrow(
      new TypeError('sinkhorn: has to wait for a promise or a device; call sinkhorn.async(...)'),
    )
    expect(base()).toBe(before)
  })

  test('gives all memory back, however a solve ends', async () => {
    const before = base()
    const options = { epsilon: 0.02, tolerance: 1e-5, backend }
    await sinkhornNewton.async(C, a, b, options)
    await sinkhorn.async(costRows(x, y), a, b, { ...options, maxIterations: 2 })
    await expect(
      sinkhorn.async(C, a, b, {
        ...options,
        onProgress: () => {
          throw new Error('enough')
        },
      }),
    ).rejects.toThrow('enough')
    expect(base()).toBe(before)
  })

  test("is found by 'auto', which does without it where it must and says so once", async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    const found = await sinkhorn.async(C, a, b, { epsilon: 0.1, tolerance: 1e-5, backend: 'auto' })
    expect(found.f.every((v, i) => v === sinkhorn(C, a, b, { epsilon: 0.1, tolerance: 1e-5 }).f[i])).toBe(false)
    expect(warn).not.toHaveBeenCalled()
    for (let k = 0; k < 2; k++) {
      const cpu = sinkhorn(C, a, b, { epsilon: 0.1, tolerance: 1e-9, backend: 'auto' })
      expect(cpu.status).toBe('converged')
    }
    expect(warn.mock.calls).toEqual([
      [
        "@opt: backend 'auto' works on the CPU: sinkhorn: has to wait for a promise or a device; call sinkhorn.async(...)",
      ],
    ])
    warn.mockRestore()
  })

  test('says that the device was closed in the middle; auto finishes on the CPU', async () => {
    const other = await webgpu()
    const options = { epsilon: 0.01, tolerance: 1e-5, maxIterations: 3000 }
    const onProgress = () => other.close()
    await expect(sinkhorn.async(C, a, b, { ...options, onProgress, backend: other })).rejects.toThrow(
      /webgpu: the device has been closed/,
    )
    expect(other.usable).toBe(false)
    await expect(sinkhorn.async(C, a, b, { ...options, backend: other })).rejects.toThrow('closed')
    const third = await webgpu()
    const auto = await sinkhorn.async(C, a, b, { ...options, onProgress: () => third.close(), backend: 'auto' })
    expect(auto.status).toBe('converged')
  })
})
