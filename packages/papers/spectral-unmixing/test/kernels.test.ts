import * as core from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import { checkSameBits } from '@opt/testing/kernels'
import { unmixingKernels } from '../src/kernels/kernels.ts'
import * as calls from './kernel-calls.ts'

// `node scripts/checks/same-bits.mjs --write spectral-unmixing` in the root writes the digests from Node 20 and checks other engines.
kernelTests(core, calls, golden(import.meta.url, 'digests.json'))

test('every size gives the same bits in WebAssembly and in plain JavaScript', () => {
  const rng = core.random(3)
  const numbers = (n: number, low = 0.01) => Float64Array.from({ length: n }, () => rng.uniform(low, 2))
  for (let t = 0; t < 300; t++) {
    const [n, l, k] = [rng.integer(1, 9), 2 * rng.integer(1, 6), rng.integer(1, 10)]
    const [Y, W, S, A, powers] = [n * l, k * l, k * k, n * k, n * k].map((size) => numbers(size))
    const h = Float64Array.from({ length: n }, () => rng.uniform(0, 0.9))
    const [sparsity, sumToOne] = [rng.uniform(), rng.uniform()]
    const [found, plain] = [false, true].map((plain) => {
      const { kernels, ...views } = core.allocate(
        [unmixingKernels],
        (views) => ({
          Y: views.f64(n * l),
          W: views.f64(k * l),
          S: views.f64(k * k),
          h: views.f64(n),
          powers: views.f64(n * k),
          A: views.f64(n * k),
          G: views.f64(k * l),
          H: views.f64(k * k),
          work: views.f64(4 * k),
        }),
        { plain },
      )
      for (const [name, values] of Object.entries({ Y, W, S, h, powers, A })) views[name as 'Y'].set(values)
      const { work } = views
      kernels.stepAbundances(
        n,
        l,
        k,
        views.Y,
        views.W,
        views.S,
        sparsity,
        sumToOne,
        views.h,
        views.powers,
        views.A,
        views.G,
        views.H,
        work,
      )
      const stepped = [views.A, views.G, views.H].map((view) => view.slice())
      kernels.gather(n, l, k, views.Y, views.A, views.G, views.H, work)
      // What is gathered of the new abundances has the bits of the step.
      expect([views.A, views.G, views.H]).toEqual(stepped)
      return stepped
    })
    expect(found).toEqual(plain)
    const logs = numbers(n * k, -30)
    checkSameBits(core, unmixingKernels, 'learn', [n, k, logs, rng.uniform(0.1, 30), 0.9, h])
    checkSameBits(core, unmixingKernels, 'powers', [n, k, logs, h, numbers(n * k)])
  }
})
