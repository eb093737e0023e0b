import { golden, near } from '@opt/testing'
import {
  type Blocks,
  bsvrb,
  measure,
  msvrGamma,
  projectSpectrum,
  quadraticBlocks,
  replaySampler,
  temperatureLogistic,
  type Updates,
} from '../src/index.ts'

type Vector = number[]
interface QuadraticNoise {
  E: Vector[]
  e: Vector
  u: Vector
}
interface Batch {
  train: Vector
  val: Vector
}
interface Run<Sample> {
  parameters: {
    version: 1 | 2
    updates: Updates
    blocksPerStep: number
    alpha: number
    tau: number
    beta: number
    eta: number
    gammaUsed: number
    lo: number
    hi: number
    radius: number
  }
  start: { x: Vector; y: Vector[] }
  init: Sample[]
  blocks: Vector[]
  samples: Sample[][]
  records: { step: number; x: Vector; y: Vector[]; z: Vector; s: Vector[]; H?: Vector[][]; v?: Vector[] }[]
}
interface Hypergradient {
  x: Vector
  phi: number
  gradient: Vector
  y: Vector[]
}
interface Golden {
  quadratic: {
    A: Vector[][]
    B: Vector[][]
    b: Vector[]
    t: Vector[]
    rho: number
    optimum: Vector
    hypergradients: Hypergradient[]
    runs: Run<QuadraticNoise>[]
  }
  logistic: {
    A: Vector[]
    Aval: Vector[]
    temperatures: Vector
    mu: number
    oracles: {
      block: number
      batch: Batch | null
      x: Vector
      y: Vector
      v: Vector
      lowerGradY: Vector
      upperGradY: Vector
      hvpX: Vector
      hvpY: Vector
      hessian: Vector[]
      upper: number
    }[]
    hypergradients: Hypergradient[]
    runs: Run<Batch>[]
  }
  projection: { matrix: Vector[]; lo: number; hi: number; projected: Vector[] }[]
  msvrGamma: { m: number; I: number; alpha: number; gamma: number }[]
}
const data = golden<Golden>(import.meta.url, 'golden.json')
const to = (tolerance: number, label = '') => ({ absolute: tolerance, relative: tolerance, label })

const { A, B, b, t, rho } = data.quadratic
const quadratic = quadraticBlocks(A.map((_, i) => ({ A: A[i], B: B[i], b: b[i], t: t[i], rho })))
// The rows of A and Aval are label times features.
const positive = (inputs: Vector[]) => ({ inputs, labels: inputs.map(() => 1) })
const { mu, temperatures } = data.logistic
const logistic = temperatureLogistic(positive(data.logistic.A), positive(data.logistic.Aval), temperatures, { l2: mu })

const noise = ({ E, e, u }: QuadraticNoise) => {
  const sample = { E: Float64Array.from(E.flat()), e: Float64Array.from(e), u: Float64Array.from(u) }
  return { upper: sample, lower: sample }
}
const batch = ({ train, val }: Batch) => ({ upper: val, lower: train })

/** Whole runs, and runs that are saved as JSON and resumed at each record, give all records. */
function follows<Sample>(problem: Blocks, run: Run<Sample>, sampleOf: (sample: Sample) => object, resumed: boolean) {
  const { version, updates, alpha, tau, beta, eta, gammaUsed, lo, hi, radius, blocksPerStep } = run.parameters
  const sampler = replaySampler({ blocks: run.blocks, samples: [...run.init, ...run.samples.flat()].map(sampleOf) })
  expect(sampler.blocksPerStep).toBe(blocksPerStep)
  const options = { version, updates, alpha, tau, beta, eta, gamma: gammaUsed, radius, sampler }
  const bounds = version === 1 ? { eigenvalues: [lo, hi] as const } : {}
  let start: Parameters<typeof bsvrb>[1] = run.start
  let done = 0
  for (const record of run.records) {
    const answer = bsvrb(problem, start, { ...options, ...bounds, maxIterations: record.step - done, tolerance: 0 })
    expect(answer.k).toBe(record.step)
    const label = `after step ${record.step}`
    near(answer.x, record.x, to(1e-9, `x ${label}`))
    near(answer.y, record.y, to(1e-9, `y ${label}`))
    near(answer.state.z, record.z, to(1e-9, `z ${label}`))
    near(answer.state.s, record.s.flat(), to(1e-9, `s ${label}`))
    if (record.H) near(answer.state.adjoint, record.H.flat(2), to(1e-9, `H ${label}`))
    start = answer
    done = record.step
    if (resumed) {
      const text = JSON.stringify(answer.state, (_, value) =>
        ArrayBuffer.isView(value) ? [...(value as never)] : value,
      )
      start = { state: JSON.parse(text) }
    }
  }
}

describe.each([false, true])('runs, saved and resumed: %s', (resumed) => {
  test.each([...data.quadratic.runs.keys()])('quadratic run %i gives all records', (k) =>
    follows(quadratic, data.quadratic.runs[k], noise, resumed),
  )

  test.each([...data.logistic.runs.keys()])('logistic run %i gives all records', (k) =>
    follows(logistic, data.logistic.runs[k], batch, resumed),
  )
})

test('quadratic blocks have the optimum and the hypergradients of numpy', () => {
  near(quadratic.optimum().x, data.quadratic.optimum, to(1e-10))
  for (const { x, phi, gradient, y } of data.quadratic.hypergradients) {
    const exact = quadratic.hyperobjective(x)
    near(exact.value, phi, to(1e-10))
    near(exact.gradient, gradient, to(1e-10))
    near(quadratic.solution(x), y, to(1e-10))
    const measured = measure(quadratic, x, y)
    near([measured.phi, ...measured.gradient], [phi, ...gradient], to(1e-10))
  }
})

test('logistic blocks have the oracles and the hypergradients of numpy', () => {
  for (const one of data.logistic.oracles) {
    const { upper, lower } = logistic.block(one.block)
    const [x, y, v] = [one.x, one.y, one.v].map((values) => Float64Array.from(values))
    const [gx, outX] = [new Float64Array(10), new Float64Array(10)]
    const [gy, fy, outY, H] = [3, 3, 3, 9].map((n) => new Float64Array(n))
    lower.gradient(x, y, gx, gy, one.batch?.train)
    upper.gradient(x, y, gx, fy, one.batch?.val)
    lower.hvp!(x, y, v, outX, outY, one.batch?.train)
    lower.hessian!(x, y, H, one.batch?.train)
    near(upper.value(x, y), one.upper, to(1e-12))
    near([...gy, ...fy, ...outX, ...outY], [one.lowerGradY, one.upperGradY, one.hvpX, one.hvpY].flat(), to(1e-12))
    near(H, one.hessian.flat(), to(1e-12))
  }
  for (const { x, phi, gradient, y } of data.logistic.hypergradients) {
    const measured = measure(
      logistic,
      x,
      y.map((row) => row.map(() => 0)),
    )
    near([measured.phi, ...measured.gradient], [phi, ...gradient], to(1e-9))
    near(measured.solutions, y, to(1e-9))
  }
})

test('the projection and gamma are those of numpy', () => {
  for (const { matrix, lo, hi, projected } of data.projection)
    near(projectSpectrum(matrix, lo, hi).data, projected.flat(), to(1e-12))
  for (const { m, I, alpha, gamma } of data.msvrGamma) near(msvrGamma(m, I, alpha), gamma, to(1e-12))
})
