import * as core from '@opt/core'
import { golden } from '@opt/testing'
import { kernelDigests } from '@opt/testing/kernels'
import { headKernels } from '../src/head/kernels.ts'
import { calls } from './kernel-calls.ts'

// `node scripts/checks/same-bits.mjs --write hessian-alignment` in the root writes the digests from Node 20 and checks others.
test.each([false, true])('the bits of all engines, plain: %s', (plain) => {
  expect(kernelDigests(core, headKernels, calls, { plain })).toEqual(golden(import.meta.url, 'digests.json'))
})

test('every size gives the same bits in WebAssembly and in plain JavaScript, and what the formulas say', () => {
  const rng = core.random(3)
  for (let t = 0; t < 200; t++) {
    const [n, d] = [rng.integer(1, 6), rng.integer(1, 14)]
    const rows = d + rng.integer(0, 2)
    const scale = [1, 1e-160, 1e160][t % 3]
    const numbers = (size: number) => Float64Array.from({ length: size }, () => scale * rng.normal())
    const Z = numbers(n * rows)
    const X = [0, 1, 2].map(() => numbers(n))
    const V = [0, 1, 2].map(() => numbers(rows))
    const [found, plain] = [false, true].map((plain) => {
      const views = core.allocate(
        [headKernels],
        (memory) => ({
          Z: memory.f64(n * rows),
          X: [0, 1, 2].map(() => memory.f64(n)),
          V: [0, 1, 2].map(() => memory.f64(rows)),
          a: memory.f64(n),
          b: memory.f64(n),
          u: memory.f64(rows),
          v: memory.f64(rows),
          D: memory.f64(n * d),
          s: memory.f64(rows),
        }),
        { plain },
      )
      const { kernels, a, b, u, v, D, s } = views
      views.Z.set(Z)
      X.forEach((x, i) => void views.X[i].set(x))
      V.forEach((x, i) => void views.V[i].set(x))
      kernels.twoProducts(n, rows, views.Z, views.V[0], views.V[1], a, b)
      kernels.twoSums(n, rows, views.Z, views.X[0], views.X[1], u, v)
      const [f, g, h] = views.X
      const [m, l, k] = views.V
      kernels.featureGradient(n, d, rows, views.Z, f, m, g, l, h, k, D, s)
      return [a, b, u, v, D, s].map((x) => x.slice())
    })
    expect(found).toEqual(plain)
    if (scale !== 1) continue
    const [a, b, u, v, D, s] = found
    for (let i = 0; i < n; i++) {
      const row = Array.from(Z.subarray(i * rows, (i + 1) * rows))
      expect(a[i]).toBeCloseTo(core.sum(row.map((z, j) => z * V[0][j])), 12)
      expect(b[i]).toBeCloseTo(core.sum(row.map((z, j) => z * z * V[1][j])), 12)
      for (let j = 0; j < d; j++)
        expect(D[i * d + j]).toBeCloseTo(X[0][i] * V[0][j] + X[1][i] * V[1][j] + row[j] * X[2][i] * V[2][j], 12)
    }
    for (let j = 0; j < rows; j++) {
      const column = Array.from({ length: n }, (_, i) => Z[i * rows + j])
      expect(u[j]).toBeCloseTo(core.sum(column.map((z, i) => z * X[0][i])), 12)
      expect(v[j]).toBeCloseTo(core.sum(column.map((z, i) => z * z * X[1][i])), 12)
      expect(s[j]).toBeCloseTo(core.sum(column.map((z, i) => z * X[1][i])), 12)
    }
  }
})
