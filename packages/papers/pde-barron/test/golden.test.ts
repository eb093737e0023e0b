import { Random } from '@opt/core'
import { golden, near } from '@opt/testing'
import { GridSpace } from '../src/grid/space.ts'
import {
  barronGrowth,
  type Condition,
  conditioning,
  constants,
  gaussLegendre,
  invariantBall,
  type LagrangianName,
  type LagrangianParameters,
  lagrangian,
  networkNorm,
  type Parity,
  ritzGradient,
  sampleNetwork,
  solveGrid,
  solveNeurons,
  solveSparse,
  stepConstants,
  TrigSum,
  theoremBound,
  toMlp,
} from '../src/index.ts'
import { networkFields } from '../src/neurons/network.ts'
import { SparseSpace } from '../src/sparse/space.ts'
import { majorants } from '../src/theory/barron.ts'

interface Recorded {
  name: LagrangianName
  parameters: LagrangianParameters
}
const named = ({ name, parameters }: Recorded) => lagrangian(name, parameters)
/** null stands for Infinity in the files. */
const infinite = (values: Record<string, number | null>) =>
  Object.values(values).map((value) => (value === null ? Infinity : value))
const parityOf = (boundary: Condition[]): Parity[] => boundary.map((c) => (c === 'dirichlet' ? 'sin' : 'cos'))

test('Lagrangians', () => {
  for (const { lagrangian: recorded, constants: everywhere, local, points } of golden(
    import.meta.url,
    'lagrangians.json',
  )) {
    const L = named(recorded)
    const order = ({ lambda, Lambda, mu, Mu }: ReturnType<typeof constants>) => [lambda, Lambda, mu, Mu]
    near(order(constants(L)), infinite(everywhere), { relative: 1e-13, label: L.name })
    near(order(constants(L, { uMax: local.uMax, pMax: local.pMax })), infinite(local.constants), { relative: 1e-13 })
    for (const { u, p, v, q, value, du, dp, hessianU, hessianP } of points) {
      const column = (list: number[]) => list.map((entry) => Float64Array.of(entry))
      const at = { n: 1, x: column(p).map(() => Float64Array.of(0.5)), u: Float64Array.of(u), p: column(p) }
      const [one, many] = [new Float64Array(1), column(p)]
      const tolerance = { absolute: 1e-13, relative: 1e-13, label: L.name }
      L.value(at, one)
      near(one, [value], tolerance)
      L.slopes(at, one, many)
      near([one[0], ...many.map(([entry]) => entry)], [du, ...dp], tolerance)
      L.hessian(at, Float64Array.of(v), column(q), one, many)
      near([one[0], ...many.map(([entry]) => entry)], [hessianU, ...hessianP], tolerance)
    }
  }
})

test('conditioning, growth, balls and the theorem', () => {
  const { cases, theorem } = golden(import.meta.url, 'bounds.json')
  const tolerance = { relative: 1e-12, absolute: 1e-12 }
  for (const c of cases) {
    const L = named(c.lagrangian)
    const known = constants(L, { uMax: c.uMax, pMax: c.pMax })
    const order = [known.lambda, known.Lambda, known.mu, known.Mu]
    near(order, infinite(c.constants), tolerance)
    for (const { mass, stiffness, m, M, step, rate } of c.conditioning) {
      const found = conditioning(known, { boundary: c.boundary, mass, stiffness })
      near([found.m, found.M, found.step, found.rate], [m, M, step, rate], tolerance)
    }
    const paper = conditioning(known, { boundary: c.boundary })
    expect(paper.iterations(c.start, c.epsilon)).toBe(c.iterations)
    const { k1, k2 } = stepConstants(c.boundary)
    near([k1, k2], c.kappa, tolerance)
    for (const { gradientNorm, norm, majorantP, majorantU } of c.majorants) {
      const { ofGradient, ofValue } = majorants(L, gradientNorm, norm)
      near(
        [ofGradient, ofValue],
        [majorantP, majorantU].map((value) => value ?? Infinity),
        tolerance,
      )
    }
    const problem = { lagrangian: L, boundary: c.boundary, forcingNorm: c.forcingNorm }
    const growth = barronGrowth(problem, Math.min(1, paper.step), c.growth.length - 1)
    near(
      growth,
      c.growth.map((value: number | null) => value ?? Infinity),
      tolerance,
    )
    const ball = invariantBall(problem)
    if (c.invariantBall === null) expect(ball).toBeNull()
    else near(ball!, c.invariantBall, { relative: 1e-9 })
  }
  for (const { dimension, B_L, p, epsilon, log10 } of theorem)
    near(theoremBound({ dimension, compositionConstant: B_L, compositionPower: p, epsilon }), log10, tolerance)
})

interface Terms {
  frequencies: number[][]
  coefficients: number[]
}
const sumOf = (parity: Parity[], { frequencies, coefficients }: Terms) => new TrigSum(parity, frequencies, coefficients)
const parities = (flags: number[]): Parity[] => flags.map((flag) => (flag === 1 ? 'sin' : 'cos'))

function same(found: TrigSum, { frequencies, coefficients }: Terms, tolerance: number, label: string) {
  const data = found.toJSON()
  expect(data.frequencies).toEqual(frequencies)
  near(data.coefficients, coefficients, { absolute: tolerance, relative: tolerance, label })
}

test.each([0, 1, 2, 3, 4])('calculus of sums, case %i', (k) => {
  const c = golden(import.meta.url, 'calculus.json')[k]
  const f = sumOf(parities(c.parityF), c.f)
  const g = sumOf(parities(c.parityG), c.g)
  const all = f.multiply(g)
  same(all.product, c.product, 1e-13, 'product')
  expect(all.dropped).toBe(0)
  const some = f.multiply(g, c.threshold)
  same(some.product, c.thresholdProduct, 1e-13, 'thresholded product')
  const tolerance = { absolute: 1e-13, relative: 1e-13 }
  near(some.dropped, c.dropped, tolerance)
  for (const [axis, expected] of c.derivative.entries()) same(f.derivative(axis), expected, 1e-13, 'derivative')
  same(f.precondition(), c.preconditioned, 1e-13, 'P^-1')
  same(f.precondition({ mass: 2, stiffness: 0.5 }), c.preconditioned2, 1e-13, 'P^-1')
  near([f.norm(0), f.norm(1), f.norm(2)], c.norms, tolerance)
  near([f.gradientNorm(), f.l2(), f.h1(), f.dual()], [c.gradientNorm, c.l2, c.h1, c.dual], tolerance)
  near(f.at(c.points), c.values, tolerance)
  const cut = f.truncate(c.truncate.budget)
  same(cut.kept, c.truncate.kept, 1e-13, 'truncated')
  near(cut.dropped, c.truncate.dropped, tolerance)
  expect(f.neurons()).toBe(c.neurons)
})

test.each([0, 1, 2, 3, 4, 5])('descent on a grid, case %i', (k) => {
  const c = golden(import.meta.url, 'dense.json')[k]
  const answer = solveGrid(
    {
      lagrangian: named(c.lagrangian),
      f: sumOf(parityOf(c.boundary), c.f),
      boundary: c.boundary,
      modes: c.modes,
      grid: c.grid,
    },
    { step: c.step, tolerance: 0, maxIterations: c.iterations },
  )
  const t = c.step === 'adaptive' ? 1e-10 : 1e-12
  const tolerance = { absolute: t, relative: t }
  near(answer.m, c.m, tolerance)
  const column = (name: 'dual' | 'energy' | 'barron' | 'step') => answer.history.map((report) => report[name])
  near(column('dual'), c.dual.slice(1), { ...tolerance, label: 'dual' })
  near(column('energy'), c.energy.slice(1), { ...tolerance, label: 'energy' })
  near(column('barron'), c.barron.slice(1), { ...tolerance, label: 'barron' })
  near(column('step'), c.steps, { relative: c.step === 'adaptive' ? 1e-8 : t, label: 'steps' })
  near(answer.u.coefficients, c.coefficients, { ...tolerance, label: 'coefficients' })
  const whole = { lagrangian: named(c.lagrangian), f: sumOf(parityOf(c.boundary), c.f), boundary: c.boundary }
  const first = solveGrid({ ...whole, modes: c.modes, grid: c.grid }, { step: c.step, maxIterations: 1 })
  near(first.u.coefficients, c.first.flat(2), { ...tolerance, label: 'first iterate' })
  near(answer.discreteBound, c.errorBound, tolerance)
  const last = new GridSpace(whole, c.modes, c.grid).iterate(Float64Array.from(answer.u.coefficients))
  near(last.g, c.residual, { absolute: 1e-10, label: 'residual' })
  const { at, u, gradient } = c.value
  const d = c.boundary.length
  const point = Array.from(
    { length: d },
    (_, j) => (Math.floor(at / c.grid ** (d - 1 - j)) % c.grid) / c.grid + 0.5 / c.grid,
  )
  near([...answer.value([point]), ...answer.gradient([point]).data], [u, ...gradient], tolerance)
})

test.each([0, 1, 2, 3])('descent on sparse sums, case %i', (k) => {
  const c = golden(import.meta.url, 'sparse.json')[k]
  const answer = solveSparse(
    {
      lagrangian: named(c.lagrangian),
      f: sumOf(parityOf(c.boundary), c.f),
      threshold: c.threshold,
      budget: c.budget,
    },
    { step: c.step, tolerance: 0, maxIterations: c.iterations },
  )
  const tolerance = { absolute: 1e-11, relative: 1e-11 }
  near(answer.m, c.m, tolerance)
  expect(answer.history.map(({ terms }) => terms)).toEqual(
    c.trace.slice(1).map(({ terms }: { terms: number }) => terms),
  )
  for (const [t, expected] of c.trace.slice(1).entries()) {
    const { dual, dropped, truncated, barron, step } = answer.history[t]
    near(
      [dual, dropped, truncated, barron, step],
      [expected.dual, expected.dropped, expected.truncated, expected.norm, expected.step],
      {
        ...tolerance,
        label: `iterate ${t + 1}`,
      },
    )
  }
  same(answer.u, c.u, 1e-11, 'u')
  const space = new SparseSpace(
    { ...named(c.lagrangian).coefficients },
    sumOf(parityOf(c.boundary), c.f),
    c.threshold,
    0,
  )
  const { residual, dual, dropped } = space.iterate(answer.u)
  expect(residual.terms).toBe(c.residual.terms)
  near([dual, dropped], [c.residual.dual, c.residual.dropped], tolerance)
  near(answer.u.at(c.points), c.values, tolerance)
})

test.each([0, 1, 2, 3])('descent in the span of neurons, case %i', (k) => {
  const c = golden(import.meta.url, 'neurons.json')[k]
  const d = c.boundary.length
  const neurons = { activation: c.activation, inputWeights: c.W, biases: c.b }
  const answer = solveNeurons(
    { lagrangian: named(c.lagrangian), f: c.f, boundary: c.boundary, neurons, rule: c.rule.nodes },
    { step: c.step, tolerance: 0, maxIterations: c.iterations },
  )
  const tolerance = { absolute: 1e-10, relative: 1e-10 }
  near(answer.m, c.m, tolerance)
  expect(answer.kept).toEqual(c.kept)
  near(
    answer.history.map(({ dual }) => dual),
    c.dual.slice(1),
    { ...tolerance, label: 'dual' },
  )
  near(
    answer.history.map(({ step }) => step),
    c.steps,
    { relative: 1e-8, label: 'steps' },
  )
  near(Math.hypot(...answer.network.outputWeights), c.outputWeightsNorm, { relative: 1e-8, label: 'weights' })
  const { nodes } = gaussLegendre(c.rule.nodes)
  const points = Array.from({ length: nodes.length ** d }, (_, i) =>
    Array.from({ length: d }, (_, j) => nodes[Math.floor(i / nodes.length ** (d - 1 - j)) % nodes.length]),
  )
  near(answer.value(points), c.u, { ...tolerance, label: 'u' })
  const every = d === 2 ? 5 : 1
  const slopes = answer.gradient(points)
  for (let j = 0; j < d; j++) {
    const column = points.map((_, i) => slopes.get(i, j)).filter((_, i) => i % every === 0)
    near(column, c.gradient[j], { absolute: 1e-8, relative: 1e-8, label: 'gradient' })
  }
  near(answer.residualNorm, c.residualL2, { relative: 1e-8, label: 'residual' })
  near(Math.hypot(...answer.state.coefficients), c.h1, { relative: 1e-10, label: '|u| in H1' })
  if (c.errorBound === null) expect(answer.errorBound).toBeNull()
  else near(answer.errorBound!, c.errorBound, { relative: 1e-8 })
  // One neuron at a time gives its values, slopes and second derivatives.
  const rows = c.features.rows.map((row: number) => points[row])
  const x = Array.from({ length: d }, (_, j) => Float64Array.from(rows, (row: number[]) => row[j]))
  for (let neuron = 0; neuron < c.b.length; neuron++) {
    const outputWeights = new Float64Array(c.b.length)
    outputWeights[neuron] = 1
    const { u, p, h } = networkFields({ ...answer.network, outputWeights }, { n: rows.length, x })
    const column = (table: number[][]) => table.map((row) => row[neuron])
    const close = { absolute: 1e-12, relative: 1e-12 }
    near(u, column(c.features.phi), close)
    for (let j = 0; j < d; j++) near(p[j], column(c.features.gradient[j]), close)
    for (let j = 0; j < d; j++)
      for (let l = 0; l < d; l++)
        if (c.features.hessian[j]?.[l])
          near([h[j][l][0]], [c.features.hessian[j][l][0][neuron]], { absolute: 1e-11, relative: 1e-11 })
  }
})

/** A generator that draws given numbers. */
class Scripted extends Random {
  readonly #numbers: number[]

  constructor(numbers: number[]) {
    super({ generator: [1, 2, 3, 4], spare: null })
    this.#numbers = [...numbers]
  }

  override uniform(): number {
    return this.#numbers.shift()!
  }
}

test.each([0, 1, 2, 3])('sampled networks, case %i', (k) => {
  const c = golden(import.meta.url, 'network.json').sampling[k]
  const u = sumOf(parities(c.parity), c.u)
  const n = c.draws.length
  const tolerance = { absolute: 1e-12, relative: 1e-12 }
  near(u.at(c.points), c.exact, tolerance)
  for (const activation of ['cos', 'step', 'relu'] as const) {
    const numbers: number[] = []
    for (let i = 0; i < n; i++) {
      numbers.push(c.draws[i])
      for (const [j, w] of c.u.frequencies[c.index[i]].entries()) if (w > 0) numbers.push(c.signs[i][j] < 0 ? 0 : 0.9)
      if (activation !== 'cos') numbers.push(c.thresholdDraws[i])
    }
    const network = sampleNetwork(u, n, { activation, order: c.order, seed: new Scripted(numbers) })
    expect([...network.terms]).toEqual(c.index)
    const expected = c[activation]
    near(network.value(c.points), Array.isArray(expected) ? expected : expected.values, {
      ...tolerance,
      label: activation,
    })
    const scale = activation === 'cos' ? Math.PI : 1
    near(
      network.inputWeights.data,
      c.k.flat().map((entry: number) => scale * entry),
      tolerance,
    )
    if (activation === 'cos') near([...network.biases, ...network.outputWeights], [...c.phase, ...c.weights], tolerance)
    else {
      near(network.outputWeights, expected.weights, { ofLargest: 1e-12 })
      near(network.constant, expected.constant, { absolute: 1e-12, relative: 1e-12 })
      if (activation === 'step')
        near(
          network.biases,
          expected.thresholds.map((s: number) => -s),
          tolerance,
        )
      else near(network.linear, expected.linear, tolerance)
    }
    near(networkNorm(u, activation), c.bounds[activation], tolerance)
    near(toMlp(network).predict(c.points), Array.isArray(expected) ? expected : expected.values, {
      absolute: 1e-10,
      relative: 1e-10,
    })
  }
})

test.each([0, 1, 2, 3])('the energy of Deep Ritz and its gradient, case %i', (k) => {
  const c = golden(import.meta.url, 'network.json').ritz[k]
  const { W, b, a, boundary, activation } = c
  const found = ritzGradient(
    { lagrangian: named(c.lagrangian), f: c.f, boundary, rule: { points: c.points, weights: c.weights } },
    { activation, inputWeights: W, biases: b, outputWeights: a, boundary },
  )
  const tolerance = { absolute: 1e-11, relative: 1e-11 }
  near(found.energy, c.energy, tolerance)
  near(found.inputWeights, c.gradW.flat(), tolerance)
  near(found.biases, c.gradB, tolerance)
  near(found.outputWeights, c.gradA, tolerance)
})
