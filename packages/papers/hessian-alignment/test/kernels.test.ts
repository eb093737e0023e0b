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
    const [n, K] = [rng.integer(1, t % 10 ? 11 : 140), rng.integer(1, 6)]
    const [D, d] = [8 * rng.integer(1, 4), 4 * rng.integer(1, 3)]
    const [C, add] = [K * rng.integer(1, 3), rng.integer(0, 2)]
    const [L, width] = [rng.integer(0, 2) * K, C + rng.integer(0, 4)]
    const scale = [1, 1e-160, 1e160][t % 3]
    const numbers = (size: number) => Float64Array.from({ length: size }, () => scale * rng.normal())
    const sizes = { Z: n * D, V: K * D, X: n * K, terms: n * width, strips: d * width, start: n * d }
    const given = Object.entries(sizes).map(([name, size]) => [name, numbers(size)] as const)
    const [found, plain] = [false, true].map((plain) => {
      const { kernels, products, sums, squareProducts, squareSums, G, ...views } = core.allocate(
        [headKernels],
        (memory) => ({
          ...(Object.fromEntries(given.map(([name, x]) => [name, memory.f64(x.length)])) as Views),
          products: memory.f64(n * K),
          sums: memory.f64(K * D),
          squareProducts: memory.f64(n * K),
          squareSums: memory.f64(K * D),
          G: memory.f64(n * d),
        }),
        { plain },
      )
      for (const [name, x] of given) views[name as keyof Views].set(x)
      const { Z, V, X, terms, strips, start } = views
      kernels.products(n, D, K, Z, V, products)
      kernels.squareProducts(n, D, K, Z, V, squareProducts)
      kernels.sums(n, D, K, Z, X, sums)
      kernels.squareSums(n, D, K, Z, X, squareSums)
      G.set(start)
      kernels.outer(n, d, L, C, D, width, Z, terms, strips, G, add)
      return { products, squareProducts, sums, squareSums, G }
    })
    expect(found).toEqual(plain)
    if (scale !== 1) continue
    const { Z, V, X, terms, strips, start } = Object.fromEntries(given) as Views
    let worst = 0
    const near = (own: number, want: number) => {
      worst = Math.max(worst, Math.abs(own - want) / (1 + Math.abs(want)))
    }
    const total = (size: number, f: (i: number) => number) => core.sum(Array.from({ length: size }, (_, i) => f(i)))
    for (let k = 0; k < K; k++) {
      for (let i = 0; i < n; i++) {
        near(
          found.products[i * K + k],
          total(D, (j) => Z[i * D + j] * V[k * D + j]),
        )
        near(
          found.squareProducts[i * K + k],
          total(D, (j) => Z[i * D + j] ** 2 * V[k * D + j]),
        )
      }
      for (let j = 0; j < D; j++) {
        near(
          found.sums[k * D + j],
          total(n, (i) => Z[i * D + j] * X[i * K + k]),
        )
        near(
          found.squareSums[k * D + j],
          total(n, (i) => Z[i * D + j] ** 2 * X[i * K + k]),
        )
      }
    }
    for (let i = 0; i < n; i++)
      for (let j = 0; j < d; j++) {
        const term = (c: number) => terms[i * width + c] * strips[4 * width * (j >> 2) + 4 * c + (j & 3)]
        const first = add * start[i * d + j] + total(L, term)
        const others = total(C - L, (c) => term(L + c))
        near(found.G[i * d + j], first * (L > 0 && L < C ? Z[i * D + j] : 1) + others)
      }
    expect(worst).toBeLessThan(1e-12)
  }
})

type Views = Record<'Z' | 'V' | 'X' | 'terms' | 'strips' | 'start', Float64Array>
