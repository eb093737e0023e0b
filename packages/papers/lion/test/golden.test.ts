import { decodeFloats } from '@opt/core'
import { type ConvexFunction, constrained, Lion, LionK, lionFlow, lyapunov, lyapunovStep } from '../src/index.ts'
import { close, functionOf, type GoldenFunction, golden, leastSquares } from './helpers.ts'

const named = <T extends GoldenFunction>(
  list: T[],
  more: (one: T) => string = () => '',
): [string, T, ConvexFunction][] => list.map((one) => [`${one.kernel}${more(one)}`, one, functionOf(one)])

interface FunctionCase extends GoldenFunction {
  primal: { x: number[]; value: number; subgradient: number[] }[]
  conjugate: { y: number[]; conjugate: number | null; violation: number | null }[]
}

describe('convex functions', () => {
  test.each(named<FunctionCase>(golden('kernels').cases))('%s', (name, { primal, conjugate }, kernel) => {
    const tolerance = name === 'nuclear' ? 1e-10 : 1e-12
    for (const { x, value, subgradient } of primal) {
      const out = new Float64Array(x.length)
      kernel.subgradient(Float64Array.from(x), out)
      close(out, subgradient, tolerance, 'subgradient')
      close([kernel.value(Float64Array.from(x))], [value], tolerance, 'value')
    }
    for (const { y, conjugate: expected, violation } of conjugate) {
      const point = Float64Array.from(y)
      if (expected === null) expect(kernel.conjugate(point)).toBe(Infinity)
      else close([kernel.conjugate(point)], [expected], tolerance, 'conjugate')
      if (violation !== null) close([kernel.violation(point)], [violation], 1e-12, 'violation')
    }
  })
})

interface RunCase extends GoldenFunction {
  scheme: 'explicit' | 'implicit'
  learningRate: number
  weightDecay: number
  beta1: number
  beta2: number
  x0: number[]
  records: {
    step: number
    x: number[]
    m: number[]
    f: number
    lyapunov: number | null
    delta1: number | null
    delta2: number
    violation: number | null
  }[]
}

const trajectories = golden('trajectories')

describe('trajectories of 200 steps, with Lyapunov function and decrease terms', () => {
  const objective = leastSquares(trajectories.A, trajectories.b)
  const runs = named<RunCase>(trajectories.runs, ({ scheme }) => ` ${scheme}`)
  test.each(runs)('%s', (_, { scheme, x0, records, learningRate, weightDecay, beta1, beta2 }, kernel) => {
    const implicit = scheme === 'implicit'
    const x = Float64Array.from(x0)
    const gradient = new Float64Array(6)
    const options = { learningRate, weightDecay, beta1, beta2, kernel }
    const optimizer = new LionK(x, { ...options, implicit })
    for (let step = 1; step <= 200; step++) {
      objective.gradient(x, gradient)
      const from = { x: x.slice(), m: optimizer.momentum(), gradient }
      const eps = implicit ? learningRate : learningRate / (1 - learningRate * weightDecay)
      const next = lyapunovStep(from, { ...options, learningRate: eps })
      optimizer.step(gradient)
      const record = records.find((one) => one.step === step)
      if (!record) continue
      const m = optimizer.momentum()
      close(x, record.x, 1e-10, `x after ${step}`)
      close(m, record.m, 1e-10, `m after ${step}`)
      close(next.x, x, 1e-13, 'x of lyapunovStep')
      close(next.m, m, 1e-13, 'm of lyapunovStep')
      const f = objective.value(x)
      close([f], [record.f], 1e-10, 'f')
      const H = lyapunov({ f, x, m }, options)
      if (record.lyapunov === null) expect(H).toBe(Infinity)
      else close([H], [record.lyapunov], 1e-10, `H after ${step}`)
      if (record.delta1 === null) expect(next.delta1).toBe(NaN)
      else close([next.delta1], [record.delta1], 1e-10, `delta1 after ${step}`)
      close([next.delta2], [record.delta2], 1e-10, `delta2 after ${step}`)
      const violation = kernel.violation(x.map((v) => weightDecay * v))
      if (record.violation !== null) close([violation], [record.violation], 1e-10, 'violation')
    }
  })
})

interface StationaryCase extends GoldenFunction {
  weightDecay: number
  solution: number[]
  objective: number
}

describe('constrained finds the optimum of cvxpy', () => {
  const { A, b, cases } = golden('stationary')
  const list = named<StationaryCase>(cases, ({ weightDecay }) => `, lambda ${weightDecay}`)
  test.each(list)('%s', (_, { weightDecay, solution, objective }, kernel) => {
    const answer = constrained(leastSquares(A, b), Array(6).fill(1), {
      kernel,
      weightDecay,
      tolerance: 0,
      history: false,
    })
    const gap = answer.objective - objective
    expect(Math.abs(gap)).toBeLessThan(1e-6)
    close(answer.x, solution, 1e-3, 'x')
    expect(answer.residual).toBeGreaterThan(gap - 1e-8)
  })
})

interface FlowCase extends GoldenFunction {
  alpha: number
  gamma: number
  epsilon: number
  lambda: number
  x0: number[]
  m0: number[]
  records: { t: number; x: number[]; m: number[]; lyapunov: number; delta1: number; delta2: number; decrease: number }[]
}

describe('the flow is that of scipy', () => {
  const { A, b, runs } = golden('ode')
  const list = named<FlowCase>(runs, ({ epsilon }) => `, epsilon ${epsilon}`)
  test.each(list)('%s', (name, { records, x0, m0, alpha, gamma, epsilon, lambda }, kernel) => {
    const tolerance = name.startsWith('huber') ? 5e-5 : 1e-7
    const duration = records.at(-1)!.t
    const { history, status } = lionFlow(leastSquares(A, b), x0, {
      m0,
      alpha,
      gamma,
      epsilon,
      lambda,
      kernel,
      duration,
    })
    expect(status).toBe('completed')
    for (const record of records) {
      const here = history.find(({ time }) => Math.abs(time - record.t) < 1e-9)!
      close(here.x, record.x, tolerance, `x at ${record.t}`)
      close(here.m, record.m, tolerance, `m at ${record.t}`)
      const { value, delta1, delta2, decrease } = here.lyapunov
      const expected = [record.lyapunov, record.delta1, record.delta2, record.decrease]
      close([value, delta1, delta2, decrease], expected, 10 * tolerance, `Lyapunov at ${record.t}`)
    }
  })
})

describe('Lion is that of pytorch_optimizer and optax', () => {
  const { X, y, initial } = golden('problem-a')
  interface LionCase {
    name: string
    options: { lr: number; betas: [number, number]; weight_decay: number }
    losses: number[]
    trajectory: { step: number; params: Record<string, number[] | number[][]> }[]
    finalState: Record<string, { exp_avg: number[] | number[][] }>
  }
  const { cases }: { cases: LionCase[] } = golden('lion-optimizer')
  const lossAndGradient = (W: Float64Array, b: Float64Array, u: Float64Array) => {
    const gradient = { W: new Float64Array(12), b: new Float64Array(4), u: new Float64Array(4) }
    let value = 0
    X.forEach((x: number[], k: number) => {
      const z = Array.from(b, (bj, j) => x.reduce((sum, xi, i) => sum + xi * W[3 * j + i], bj))
      const e = z.reduce((sum, v, j) => sum + (u[j] * v) / Math.sqrt(1 + v * v), -y[k])
      value += (e * e) / (2 * X.length)
      z.forEach((v, j) => {
        const root = Math.sqrt(1 + v * v)
        gradient.u[j] += (e * v) / root / X.length
        const g = (e * u[j]) / (root * root * root) / X.length
        gradient.b[j] += g
        x.forEach((xi, i) => (gradient.W[3 * j + i] += g * xi))
      })
    })
    return { value, gradient }
  }

  for (const Optimizer of [Lion, LionK])
    test.each(cases.map((one: LionCase): [string, LionCase] => [one.name, one]))(`${Optimizer.name}: %s`, (_, one) => {
      const weights = {
        W: Float64Array.from(initial.W.flat()),
        b: Float64Array.from(initial.b),
        u: Float64Array.from(initial.u),
      }
      const { lr, betas, weight_decay } = one.options
      const options = { learningRate: lr, beta1: betas[0], beta2: betas[1], weightDecay: weight_decay }
      const optimizer = new Optimizer(weights, options)
      for (let t = 0; t < 100; t++) {
        const { value, gradient } = lossAndGradient(weights.W, weights.b, weights.u)
        close([value], [one.losses[t]], 1e-10, `losses[${t}]`)
        optimizer.step(gradient)
        const there = one.trajectory.find(({ step }) => step === t + 1)
        for (const [name, values] of Object.entries(there?.params ?? {}))
          close(weights[name as 'W'], values.flat(), 1e-10, `${name} after ${t + 1}`)
      }
      const sign = Optimizer === Lion ? 1 : -1
      for (const { name, arrays } of optimizer.state().parameters) {
        const expected = one.finalState[name].exp_avg.flat()
        const m = decodeFloats(arrays.momentum, Float64Array, expected.length, name)
        close(
          m.map((v) => sign * v),
          expected,
          1e-10,
          `${name}.momentum`,
        )
      }
    })
})
