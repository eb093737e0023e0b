import { type Random, random } from '@opt/core'
import { hutchinson, lanczos, symmetric, tridiagonalEigen } from '@opt/curvature'
import { mlp } from '@opt/nn'
import { golden, near } from '@opt/testing'
import ndarray from 'ndarray'
import * as api from '../src/index.ts'
import { fullRecursion } from './dense.ts'

const grid = (flat: number[], rows: number, columns: number) => ndarray(Float64Array.from(flat), [rows, columns])
const close = { absolute: 1e-14, relative: 1e-10 }

interface Linear {
  n: number
  d: number
  A: number[]
  start: number[]
  trace: number
  frobenius: number
  lambdaMax: number
  fourth: number
  maxSquared: number
  gdRate: number
  sufficientRate: number
  cases: {
    batch: number
    replacement: boolean
    noiseFactor: number
    criticalRate: number
    fourthMomentRate: number
    traceRate: number | null
    radius: { rate: number; largest: number; smallest: number; secondMoment: number[]; expectedLoss: number[] }[]
  }[]
}

describe('linear.json', () => {
  const matrices = golden<Linear[]>(import.meta.url, 'linear.json')
  test.each(matrices.map((entry) => [`${entry.n} x ${entry.d}`, entry] as const))('%s', (_, entry) => {
    const { n, d } = entry
    const A = grid(entry.A, n, d)
    near(
      Object.values(api.sharpness(A)),
      [entry.trace, entry.frobenius, entry.lambdaMax, entry.fourth, entry.maxSquared],
      close,
    )
    const K = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => {
        let sum = 0
        for (let k = 0; k < d; k++) sum += A.get(i, k) * A.get(j, k)
        return sum
      }),
    )
    const kernel = api.linearizeKernel(K)
    for (const known of entry.cases) {
      const batch = { batchSize: known.batch, replacement: known.replacement }
      for (const gradients of [A, kernel]) {
        const { rate, status, bounds, weights } = api.criticalRate(gradients, batch)
        expect(status).toBe('converged')
        near(rate, known.criticalRate, { relative: 1e-10 })
        near(bounds.fourthMoment!, known.fourthMomentRate, close)
        near([bounds.sufficient!, bounds.gd], [entry.sufficientRate, entry.gdRate], close)
        if (known.traceRate === null) expect(bounds.trace).toBe(Infinity)
        else near(bounds.trace, known.traceRate, close)
        near(
          weights.reduce((sum, w) => sum + w, 0),
          1,
          close,
        )
      }
      for (const { rate: learningRate, largest, smallest, secondMoment, expectedLoss } of known.radius) {
        const { stable, radius, status, traceProduct, eigenProduct } = api.isStable(A, { ...batch, learningRate })
        expect(status).toBe('converged')
        near(radius!, largest, { relative: 1e-8 })
        expect(stable).toBe(learningRate <= known.criticalRate)
        near([traceProduct, eigenProduct], [learningRate * entry.trace, learningRate * entry.lambdaMax], close)
        const full = fullRecursion(A, known.noiseFactor, learningRate)
        near([full[0], full[full.length - 1]], [smallest, largest], { absolute: 1e-12, relative: 1e-8 })
        const moments = api.secondMoment(A, { ...batch, learningRate, start: entry.start })
        near(moments.secondMoment, secondMoment, close)
        near(moments.expectedLoss, expectedLoss, close)
      }
    }
  })
})

interface Model {
  model: string
  n: number
  d: number
  m: number
  X: number[]
  W: number[]
  a: number[]
  y: number[]
  u: number[]
  v: number[]
  trace: number
  frobenius: number
  lambdaMax: number
  fourth: number
  pathNorm: number
  c: number[]
  e: number[]
  traceLowerBound: number
  pathUpperBound: number
  [name: string]: unknown
}

describe('models.json', () => {
  const models = golden<Model[]>(import.meta.url, 'models.json')
  let residuals: number[] = []
  test.each(models.map((entry, k) => [`${k}: ${entry.model}`, entry] as const))('%s', (_, entry) => {
    const { n, d, m } = entry
    const X = grid(entry.X, n, d)
    const relu = entry.model === 'relu2'
    const kind = entry.parametrisation as api.DiagonalKind
    const A = relu
      ? api.reluGradients(X, grid(entry.W, m, d), entry.a)
      : api.diagonalGradients(X, entry.u, entry.v, kind)
    const { trace, frobenius, lambdaMax, fourthMoment } = api.sharpness(A)
    near([trace, frobenius, lambdaMax], [entry.trace, entry.frobenius, entry.lambdaMax], close)
    if (relu) near(fourthMoment, entry.fourth, close)
    if (relu) {
      const net = reluNetwork(entry)
      residuals = Array.from(net.predict(X), (f, i) => f - entry.y[i])
      const bounds = api.reluBounds(X, grid(entry.W, m, d), entry.a)
      for (const name of ['trace', 'pathNorm', 'c', 'e', 'traceLowerBound', 'pathUpperBound'] as const)
        near(bounds[name], entry[name], close)
      near(api.pathNorm(grid(entry.W, m, d), entry.a), entry.pathNorm, close)
      near(Array.from(api.linearizeKernel(net.ntk(X)).eigenvalues).at(-1)!, entry.lambdaMax, close)
    } else {
      const bounds = api.diagonalBounds(X, entry.u, entry.v, kind)
      for (const [name, value] of Object.entries(bounds)) near(value, entry[name] as number, close)
    }
    const known = entry.alignment as Record<string, number>
    const ours = api.alignment(A, residuals) as unknown as Record<string, number>
    expect(Object.keys(ours).sort()).toEqual(Object.keys(known).sort())
    for (const [name, value] of Object.entries(known)) near(ours[name], value, close)
  })

  test.each(models.filter(({ sgd }) => sgd).map((entry, k) => [k, entry] as const))(
    'the gradients of ReLU network %i take SGD of single examples along the recorded path',
    (_, entry) => {
      const { rate, indices, W, a } = entry.sgd as { rate: number; indices: number[]; W: number[]; a: number[] }
      const { n, d, m } = entry
      const X = grid(entry.X, n, d)
      const at = { W: Float64Array.from(entry.W), a: Float64Array.from(entry.a) }
      const net = reluNetwork(entry)
      for (const i of indices) {
        const gradients = api.reluGradients(X, ndarray(at.W, [m, d]), at.a)
        setWeights(net, m, d, at)
        const e = net.predict(X)[i] - entry.y[i]
        at.W.forEach((w, k) => void (at.W[k] = w - rate * e * gradients.get(i, k)))
        at.a.forEach((w, k) => void (at.a[k] = w - rate * e * gradients.get(i, m * d + k)))
      }
      near([...at.W, ...at.a], [...W, ...a], close)
    },
  )
})

function reluNetwork(entry: Model) {
  const net = mlp({ sizes: [entry.d, entry.m, 1], bias: false, loss: 'squared' })
  setWeights(net, entry.m, entry.d, entry)
  return net
}

function setWeights(
  net: ReturnType<typeof mlp>,
  m: number,
  d: number,
  { W, a }: { W: ArrayLike<number>; a: ArrayLike<number> },
): void {
  for (let j = 0; j < m; j++) {
    for (let k = 0; k < d; k++) net.parameters[k * m + j] = W[j * d + k]
    net.parameters[m * d + j] = a[j]
  }
}

interface Tools {
  d: number
  H: number[]
  probes: number[]
  estimate: number
  standardError: number
  probeVariance: number
  frobenius: number
  start: number[]
  alpha: number[]
  beta: number[]
  ritz: [number, number][]
  lambdaMin: number
  lambdaMax: number
}

/** A generator whose signs are the given ones, in vectors of d entries of at most 30. */
function replay(signs: number[], d: number): Random {
  const rng = random(0)
  let at = 0
  rng.integer = () => {
    let bits = 0
    for (let i = 0; i < d; i++) if (signs[at++] > 0) bits += 2 ** i
    return bits
  }
  return rng
}

test.each(golden<Tools[]>(import.meta.url, 'tools.json').map((entry) => [entry.d, entry] as const))(
  'tools.json, d = %i',
  (d, entry) => {
    const tight = { absolute: 1e-9, relative: 1e-9 }
    const H = grid(entry.H, d, d)
    const hessian = symmetric(d, (v) =>
      Float64Array.from(v, (_, i) => v.reduce((sum, x, j) => sum + H.get(i, j) * x, 0)),
    )
    near(api.probeVariance(H), entry.probeVariance, tight)
    const { trace, standardError } = hutchinson(hessian, {
      probes: entry.probes.length / d,
      seed: replay(entry.probes, d),
    })
    near([trace, standardError], [entry.estimate, entry.standardError], tight)
    const { alpha, beta } = lanczos(hessian, { start: entry.start, steps: 8 })
    near(alpha, entry.alpha, tight)
    near(beta.subarray(0, entry.beta.length), entry.beta, tight)
    entry.ritz.forEach((ends, k) => {
      const { values } = tridiagonalEigen(alpha.subarray(0, k + 1), beta.subarray(0, k))
      near([values[0], values[k]], ends, tight)
    })
    const all = api.estimateSharpness(hessian, { seed: 1 })
    near([all.lambdaMin, all.lambdaMax], [entry.lambdaMin, entry.lambdaMax], tight)
    expect(Math.max(all.lambdaMinError, all.lambdaMaxError)).toBeLessThan(1e-7 * entry.frobenius)
    expect(Math.abs(all.frobenius - entry.frobenius)).toBeLessThan(5 * all.frobeniusError)
  },
)
