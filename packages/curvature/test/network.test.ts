import { random } from '@opt/core'
import { mlp } from '@opt/nn'
import { near } from '@opt/testing'
import { diagonal, extremeEigen, hutchPlusPlus, spectralDensity, symmetric, symmetricEigen } from '../src/index.ts'

const rng = random(1)
const inputs = Float64Array.from({ length: 60 }, () => rng.normal())
const targets = Int32Array.from({ length: 20 }, (_, i) => (inputs[3 * i] > 0 ? 1 : 0))
const network = mlp({ sizes: [3, 5, 2], activation: 'tanh', seed: 1 })
const n = network.parameters.length
const hessian = symmetric(n, (v) => network.hvp(inputs, targets, v))

/** The Hessian column by column. */
const rows = Array.from({ length: n }, (_, i) => {
  const unit = new Float64Array(n)
  unit[i] = 1
  return network.hvp(inputs, targets, unit).slice()
})

test("the Hessian of a network: extreme eigenvalues, trace, diagonal and density are the explicit matrix's", () => {
  const all = symmetricEigen(rows).values
  near(
    extremeEigen(hessian, { count: 4, which: 'both', tolerance: 1e-10 }).values,
    [...all.slice(0, 2), ...all.slice(-2)],
    {
      absolute: 1e-9,
    },
  )
  const trace = rows.reduce((sum, row, i) => sum + row[i], 0)
  const estimate = hutchPlusPlus(hessian, { products: 60 })
  expect(Math.abs(estimate.trace - trace)).toBeLessThan(4 * estimate.standardError + 1e-12)
  const { diagonal: d, standardErrors } = diagonal(hessian)
  d.forEach((value, i) => {
    expect(Math.abs(value - rows[i][i])).toBeLessThan(5 * standardErrors[i] + 1e-12)
  })
  const { nodes } = spectralDensity(hessian, { probes: 3 })
  near([nodes[0], nodes.at(-1)!], [all[0], all[n - 1]], { absolute: 1e-10 })
})

test('products in single precision are refused no sooner than they are wrong', () => {
  const single = mlp({ sizes: [3, 5, 2], activation: 'tanh', seed: 1, dtype: 'float32' })
  const { values, status } = extremeEigen(
    symmetric(n, (v) => single.hvp(inputs, targets, v)),
    { tolerance: 1e-4 },
  )
  expect(status).toBe('converged')
  near(values, extremeEigen(hessian).values, { relative: 1e-4 })
})
