import { plainKernels, random } from '@opt/core'
import { on, paddedMatrix, range, U, uniform, worst } from './matrices.ts'
import { gpu, onDevice } from './open.ts'

const rng = random(9)
const epsilon = 0.1
/** Relative error of a plan's entry: of its exponent, whose terms are below 1, and of exp. */
const ENTRY = (2 * 3 * U) / epsilon + 2 * (3 + 2 * 40) * U
/** The same of a sum of them. */
const SUM = ENTRY + 16 * U

const shapes: [m: number, n: number][] = [
  [1, 1],
  [5, 3],
  [40, 37],
  [3, 700],
  [600, 9],
  [0, 3],
]
const each = it.each(shapes)

/** A problem in float32, and a copy in float64 for the CPU. */
function problem(m: number, n: number) {
  const C = paddedMatrix(rng, m, n, 0, 1)
  const vectors = { f: uniform(rng, m), g: uniform(rng, n), a: uniform(rng, m, 0.1, 1) }
  const given = { C: C.data, ...vectors, r: new Float32Array(m), c: new Float32Array(n) }
  const copy = (values: Float32Array) => Float64Array.from(values)
  const cpu = {
    C: copy(given.C),
    f: copy(given.f),
    g: copy(given.g),
    a: copy(given.a),
    r: copy(given.r),
    c: copy(given.c),
  }
  return { given, cpu, ld: C.ld, scratch: new Float64Array(2 * n) }
}
const relative = (want: ArrayLike<number>, share: number) => (k: number) => share * Math.abs(want[k]) + 1e-37

onDevice('the plan', () => {
  each('gibbs and gibbsMarginals of %d x %d, also in place, as on the CPU', async (m, n) => {
    const { given, cpu, ld } = problem(m, n)
    plainKernels.gibbsMarginals(m, n, cpu.C, ld, cpu.f, cpu.g, epsilon, cpu.C, ld, cpu.r, cpu.c)
    const K = new Float32Array(m * (n + 1)).fill(7)
    const own = { K, L: K, inPlace: given.C, both: given.C, r2: given.r, c2: given.c }
    const got = await on(gpu, { ...given, ...own }, (v) => {
      gpu.gibbs(m, n, v.C, ld, v.f, v.g, epsilon, v.K, n + 1)
      gpu.gibbs(m, n, v.inPlace, ld, v.f, v.g, epsilon, v.inPlace, ld)
      gpu.gibbsMarginals(m, n, v.C, ld, v.f, v.g, epsilon, v.L, n + 1, v.r, v.c)
      gpu.gibbsMarginals(m, n, v.both, ld, v.f, v.g, epsilon, v.both, ld, v.r2, v.c2)
    })
    const want = range(m).flatMap((i) => [...cpu.C.subarray(i * ld, i * ld + n), 7])
    expect(worst(got.K, want, relative(want, ENTRY))).toBeLessThan(1)
    expect(worst(got.L, want, relative(want, ENTRY))).toBeLessThan(1)
    expect(worst(got.inPlace, cpu.C, relative(cpu.C, ENTRY))).toBeLessThan(1)
    expect(worst(got.both, cpu.C, relative(cpu.C, ENTRY))).toBeLessThan(1)
    for (const [r, c] of [
      [got.r, got.c],
      [got.r2, got.c2],
    ]) {
      expect(worst(r, cpu.r, relative(cpu.r, SUM))).toBeLessThan(1)
      expect(worst(c, cpu.c, relative(cpu.c, SUM))).toBeLessThan(1)
    }
  })

  each('rescale of %d x %d, as on the CPU', async (m, n) => {
    const { given, cpu, ld } = problem(m, n)
    plainKernels.rescale(m, n, cpu.C, ld, cpu.f, cpu.g, cpu.r, cpu.c)
    const got = await on(gpu, given, (v) => gpu.rescale(m, n, v.C, ld, v.f, v.g, v.r, v.c))
    expect(worst(got.C, cpu.C, relative(cpu.C, 3 * U))).toBeLessThan(1)
    expect(worst(got.r, cpu.r, () => 20 * U * n)).toBeLessThan(1)
    expect(worst(got.c, cpu.c, () => 20 * U * m)).toBeLessThan(1)
  })
})

onDevice('iterations', () => {
  each('sinkhornRow of %d x %d, as on the CPU', async (m, n) => {
    const { given, cpu, ld, scratch } = problem(m, n)
    if (m > 1) cpu.a[1] = given.a[1] = 0
    plainKernels.sinkhornRow(m, n, cpu.C, ld, cpu.a, cpu.f, cpu.g, epsilon, cpu.c, scratch)
    const got = await on(gpu, given, (v) => gpu.sinkhornRow(m, n, v.C, ld, v.a, v.f, v.g, epsilon, v.c))
    if (m > 1) expect(got.f[1]).toBe(-Infinity)
    expect(worst(got.f, cpu.f, () => 6 * U + epsilon * (2 ** -20 + 60 * U))).toBeLessThan(1)
    // z follows from f, whose error counts over epsilon.
    expect(worst(got.c, cpu.c, relative(cpu.c, SUM + (6 * U) / epsilon + 2 ** -20 + 60 * U))).toBeLessThan(1)
  })

  each('scale2 of %d x %d, as on the CPU', async (m, n) => {
    const { given, cpu, ld } = problem(m, n)
    given.g.forEach((v, j) => (cpu.g[j] = given.g[j] = Math.abs(v)))
    plainKernels.scale2(m, n, cpu.C, ld, cpu.a, cpu.g, cpu.f, cpu.c)
    const got = await on(gpu, given, (v) => gpu.scale2(m, n, v.C, ld, v.a, v.g, v.f, v.c))
    expect(worst(got.f, cpu.f, relative(cpu.f, 18 * U))).toBeLessThan(1)
    expect(worst(got.c, cpu.c, relative(cpu.c, 36 * U))).toBeLessThan(1)
  })

  it('converge: twenty of them make both marginals right', async () => {
    const [m, n] = [30, 41]
    const { given, ld } = problem(m, n)
    const total = given.a.reduce((sum, v) => sum + v, 0)
    const masses = given.a.map((v) => v / total)
    const g = new Float32Array(n)
    let fit: { f: Float32Array; c: Float32Array } = { f: given.f, c: given.c }
    for (let k = 0; k < 20; k++) {
      fit = await on(gpu, { ...given, a: masses, g }, (v) =>
        gpu.sinkhornRow(m, n, v.C, ld, v.a, v.f, v.g, epsilon, v.c),
      )
      g.forEach((_, j) => (g[j] += epsilon * Math.log(1 / n / fit.c[j])))
    }
    const { r } = await on(gpu, { ...given, f: fit.f, g }, (v) =>
      gpu.gibbsMarginals(m, n, v.C, ld, v.f, v.g, epsilon, v.C, ld, v.r, v.c),
    )
    expect(worst(r, masses, () => 1e-6)).toBeLessThan(1)
  })
})
