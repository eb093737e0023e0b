import { type LinearOperator, number, type Random } from '@opt/core'
import { gaussRule } from '../eigen/tridiagonal-eigen.ts'
import { Recurrence } from '../lanczos/lanczos.ts'
import { generatorOf, Products, type SeedOption, signs } from '../operator.ts'

/** Options of stochastic Lanczos quadrature. */
export interface QuadratureOptions extends SeedOption {
  /** Random vectors. Default 10. */
  probes?: number | undefined
  /** Products for each; a rule of as many nodes is exact for polynomials of degree 2 steps - 1. Default 80, at most n. */
  steps?: number | undefined
}

/** A Gauss rule; its weights add up to 1. */
export interface Rule {
  nodes: Float64Array
  weights: Float64Array
}

/** Writes the unit vector that probe k, from 0, starts with. */
export type Probe = (v: Float64Array, k: number, rng: Random) => void

const unitSigns: Probe = (v, _, rng) => {
  const size = Math.sqrt(v.length)
  signs(rng, v)
  for (let i = 0; i < v.length; i++) v[i] /= size
}

/**
 * Computes one Gauss rule of the spectral measure of an operator for each of some random vectors, of
 * signs unless `draw` writes others (Golub and Meurant; Ubaru, Chen and Saad 2017), one product an
 * iteration. Stopped early, it returns the rules that are complete, or else the one that was begun.
 */
export function* quadrature(
  operator: LinearOperator,
  { probes = 10, steps = 80, seed }: QuadratureOptions,
  draw: Probe = unitSigns,
): Generator<{ probe: number; products: number }, { rules: Rule[]; products: Products }, boolean> {
  number(probes, 'probes', { integer: true, min: 1 })
  number(steps, 'steps', { integer: true, min: 1 })
  const products = new Products(operator)
  const { n } = products
  const rng = generatorOf(seed)
  const run = new Recurrence(products, Math.min(steps, n))
  const v = new Float64Array(n)
  const rules: Rule[] = []
  const finish = () => {
    const { nodes, weights } = gaussRule(run.alpha, run.beta)
    rules.push({ nodes: nodes.map((node) => node * products.scale), weights })
  }
  try {
    for (let probe = 1; probe <= probes; probe++) {
      draw(v, probe - 1, rng)
      run.start(v)
      while (run.step()) {
        if (yield { probe, products: products.count }) {
          if (rules.length === 0 || run.complete) finish()
          return { rules, products }
        }
      }
      finish()
    }
    return { rules, products }
  } finally {
    run.end()
  }
}
