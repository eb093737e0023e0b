import { mlp } from '@opt/nn'
import { golden, near } from '@opt/testing'
import {
  adagradEta,
  adagradNormEta,
  adamEta,
  armijoEta,
  armijoSteps,
  crossEntropy,
  exactSolve,
  fixedEta,
  gradientSteps,
  type KnownLoss,
  linear,
  linearSmoothness,
  logistic,
  type Model,
  minimize,
  networkModel,
  projectionBound,
  type Rows,
  squared,
  stationarityBound,
  TargetSurrogate,
} from '../src/index.ts'

// Made by a numpy prototype in float64 of the algorithms in the paper and its code; losses with 40 digits.

const LOSSES: Record<string, () => KnownLoss> = { squared, logistic, crossEntropy }

test('losses, to logits of 800', () => {
  const { cases } = golden<{
    cases: { loss: string; Z: number[][]; y: number[][]; value: number[]; gradient: number[][] }[]
  }>(import.meta.url, 'losses.json')
  expect(cases.map(({ loss }) => loss)).toEqual(expect.arrayContaining(['squared', 'logistic', 'crossEntropy']))
  for (const { loss, Z, y, value, gradient } of cases) {
    const known = LOSSES[loss]()
    Z.forEach((z, i) => {
      const label = [y[i]].flat()
      const own = known.value([z], label, 1)
      near(own, value[i], { relative: 1e-14, absolute: 1e-16, label: `${loss} value ${i}` })
      near(known.gradient([z], label), gradient[i], {
        relative: 1e-14,
        absolute: 3e-16,
        label: `${loss} gradient ${i}`,
      })
    })
  }
})

interface Case {
  name: string
  loss: string
  model: { kind: string; inputs: number; hidden?: number; outputs: number; activation?: 'tanh' | 'relu' }
  X: number[][]
  y: number[][]
  theta0: number[]
  batches: number[][] | null
  options: {
    m: number
    inner: string
    alpha?: number
    variant?: string
    eta?: number
    schedule?: 'sqrt' | 'exponential'
    T?: number
  }
  steps: { batchLoss: number; theta: number[]; eta: number | null; surrogate: number[]; innerStep: number }[]
}

const rule = ({ variant = 'fixed', eta }: Case['options']) =>
  ({ fixed: fixedEta, armijo: armijoEta, adagrad: adagradEta, adagradNorm: adagradNormEta, adam: adamEta })[variant]!({
    eta,
  })

const inner = ({ inner, alpha }: Case['options']) =>
  inner === 'exact' ? exactSolve() : inner === 'armijo' ? armijoSteps() : gradientSteps({ stepSize: alpha! })

/** The model of a case, and its parameters. */
function modelOf({ model, theta0 }: Case): { model: Model<Rows>; theta: Float64Array } {
  const { kind, inputs, hidden, outputs, activation } = model
  if (kind === 'linear') return { model: linear({ inputs, outputs }), theta: Float64Array.from(theta0) }
  const network = mlp({ sizes: [inputs, hidden!, outputs], activation: activation!, batch: 32 })
  network.parameters.set(theta0)
  return { model: networkModel(network), theta: network.parameters as Float64Array }
}

const { cases } = golden<{ cases: Case[] }>(import.meta.url, 'sso.json')

test('there are 44 trajectories', () => expect(cases).toHaveLength(44))

test.each(cases.map((one) => [one.name, one] as const))('SSO, %s', (_, one) => {
  const { X, y, batches, options, steps } = one
  const { model, theta } = modelOf(one)
  const surrogate = new TargetSurrogate(model, theta, {
    loss: LOSSES[one.loss](),
    steps: options.m,
    rule: rule(options),
    inner: inner(options),
    schedule: options.schedule,
    total: options.T,
    examples: X.length,
  })
  const tolerance = options.inner === 'exact' ? 1e-9 : 1e-10
  steps.forEach((expected, t) => {
    const indices = batches ? batches[t % batches.length] : X.map((_, i) => i)
    const report = surrogate.step({
      inputs: indices.map((i) => X[i]),
      labels: indices.flatMap((i) => y[i]),
      indices,
    })
    const at = (what: string) => ({ relative: tolerance, absolute: tolerance, label: `${what} of step ${t}` })
    near(report.loss!, expected.batchLoss, at('loss'))
    near(theta, expected.theta, at('theta'))
    if (expected.eta === null) expect(report.eta).toBeUndefined()
    else near(report.eta!, expected.eta, at('eta'))
    if (options.inner === 'exact') expect(report.values[0]).toBe(0)
    else near(report.values, expected.surrogate, at('surrogate'))
    if (options.inner === 'armijo') near(report.stepSize!, expected.innerStep, at('inner step'))
  })
})

interface BoundCase {
  loss: string
  X: number[][]
  y: number[][]
  theta0: number[]
  eta: number
  smoothness: number
  beta: number
  objective: number[]
  gradientNormSquared: number[]
  exactObjective: number[]
  optimum: number
  targetDistance: number
}

const bounds = golden<{ cases: BoundCase[] }>(import.meta.url, 'bounds.json').cases

test.each(bounds.map((one) => [one.loss, one] as const))('bounds, %s', (_, one) => {
  const { X, y, theta0, eta, smoothness, beta, objective, gradientNormSquared, exactObjective, optimum } = one
  const features = X[0].length
  const outputs = theta0.length / features
  near(linearSmoothness(X, { eta, features }), beta, { relative: 1e-12 })
  const run = (options: object) =>
    minimize(
      linear({ inputs: features, outputs }),
      theta0,
      { inputs: X, labels: y.flat() },
      {
        loss: LOSSES[one.loss](),
        rule: fixedEta({ eta }),
        tolerance: 0,
        maxIterations: objective.length,
        ...options,
      },
    )
  const fixed = run({ steps: 3, inner: gradientSteps({ stepSize: 1 / beta }) })
  near(
    fixed.history.map((report) => report.objective!),
    objective,
    { relative: 1e-10 },
  )
  near(
    fixed.history.map(({ error }) => error! * error!),
    gradientNormSquared,
    { relative: 1e-8, absolute: 1e-15 },
  )
  const exact = run({ inner: exactSolve() })
  near(
    exact.history.map((report) => report.objective!),
    exactObjective,
    { relative: 1e-9 },
  )
  for (let T = 1; T <= 30; T++) {
    const smallest = Math.min(...gradientNormSquared.slice(0, T))
    expect(smallest).toBeLessThanOrEqual(
      stationarityBound({ gap: objective[0] - optimum, smoothness: beta, iterations: T }),
    )
    const gap = exactObjective[T] - optimum
    expect(gap).toBeLessThanOrEqual(
      projectionBound({ smoothness, distance: one.targetDistance, iterations: T }) + 1e-12,
    )
  }
})
