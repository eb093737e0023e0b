import { golden, near } from '@opt/testing'
import {
  hermiteCoefficients,
  hermiteFeatures,
  hermiteKernel,
  hierarchicalFit,
  layerwise,
  limitFeature,
  ridgeLoo,
} from '../src/index.ts'

const rows = ({ data, shape: [n, m] }: { data: Float64Array; shape: number[] }) =>
  Array.from({ length: n }, (_, i) => data.subarray(i * m, (i + 1) * m))

test('Hermite kernels and features', () => {
  for (const { X, Y, kernels, features } of golden(import.meta.url, 'hermite.json')) {
    for (const [degree, expected] of kernels.entries())
      near(rows(hermiteKernel(X, Y, degree)), expected, { ofLargest: 1e-12, label: `kernel ${degree}` })
    for (const [degree, expected] of Object.entries<number[][]>(features))
      near(rows(hermiteFeatures(X, [Number(degree)])), expected, { ofLargest: 1e-12, label: `features ${degree}` })
  }
})

test.each([0, 1])('ridge with leave-one-out, case %i', (k) => {
  const { F, y, lambdas, loo, index, coefficients, residuals, leverages } = golden(import.meta.url, 'ridge.json')[k]
  const answer = ridgeLoo(F, y, lambdas)
  const tolerance = { absolute: 1e-9, relative: 1e-9 }
  near(answer.loo, loo, { ...tolerance, label: 'loo' })
  expect(answer.index).toBe(index)
  expect(answer.lambda).toBe(lambdas[index])
  near(answer.coefficients, coefficients, { ...tolerance, label: 'coefficients' })
  near(answer.residuals, residuals, { ...tolerance, label: 'residuals' })
  near(answer.leverages, leverages, { ...tolerance, label: 'leverages' })
  near(
    answer.looResiduals,
    residuals.map((r: number, i: number) => r / (1 - leverages[i])),
    tolerance,
  )
})

describe.each([0, 1, 2])('the fit, case %i', (k) => {
  const { X, y, degrees, test: others, steps, best } = golden(import.meta.url, 'fit.json')[k]
  const grid = Array.from({ length: 15 }, (_, j) => 10 ** (-2 + j / 2))
  const tolerance = { absolute: 1e-8, relative: 1e-8 }
  const linkUnits = (step: number) => steps[step].link

  test('each step', () => {
    for (const [step, expected] of steps.entries()) {
      const answer = hierarchicalFit({ X, y }, { degrees, linkUnits, refinements: step })
      const { now } = answer.state
      expect(now.number).toBe(step)
      expect(now.lambdaIndex).toBe(expected.lambdaIndex)
      near(answer.history[step].lambda, grid[expected.lambdaIndex], { relative: 1e-12 })
      near(now.solution, expected.coefficients, { ...tolerance, label: `coefficients ${step}` })
      near(now.looScores, expected.looFeature, { ...tolerance, label: `feature ${step}` })
      near(now.link.mean, expected.link.mean, tolerance)
      near(now.link.deviation, expected.link.deviation, tolerance)
      near(now.link.coefficients, expected.link.coefficients, { ...tolerance, label: `link ${step}` })
      near(answer.history[step].linkLoo, expected.link.loo, tolerance)
      if (answer.step === step) near(answer.predict(others), expected.test, { ...tolerance, label: `test ${step}` })
    }
  })

  test('keeps the best', () => {
    const answer = hierarchicalFit({ X, y }, { degrees, linkUnits, refinements: steps.length - 1 })
    expect(answer.step).toBe(best)
    near(answer.score.coefficients, steps[best].coefficients, tolerance)
    near(answer.predict(others), steps[best].test, tolerance)
    near(
      answer.history.map(({ linkLoo }) => linkLoo),
      steps.map(({ link }: { link: { loo: number } }) => link.loo),
      tolerance,
    )
  })
})

test('layerwise gradient descent', () => {
  for (const one of golden(import.meta.url, 'layerwise.json')) {
    const problem = { X: [...one.X1, ...one.X2], y: [...one.y1, ...one.y2] }
    const options = {
      features: { directions: one.V, offsets: one.s },
      linkUnits: { signs: one.signs, offsets: one.offsets },
      featureSteps: one.steps1,
      linkSteps: one.steps2,
      featureDecay: one.decay1,
      linkDecay: one.decay2,
      earlyStopping: false,
    }
    const tolerance = { absolute: 1e-10, relative: 1e-10 }
    for (const { step, u, loss } of one.stage1) {
      const answer = layerwise(problem, { ...options, maxIterations: step })
      near(answer.featureWeights, u, { ...tolerance, label: `u after ${step} steps` })
      near(answer.history[step - 1].loss, loss, tolerance)
    }
    const answer = layerwise(problem, options)
    near(answer.scale, one.scale, tolerance)
    near(answer.linkWeights, one.c, { ...tolerance, label: 'c' })
    const { feature, output } = answer.evaluate(one.test)
    near(feature, one.feature, { ...tolerance, label: 'feature' })
    near(output, one.output, { ...tolerance, label: 'output' })
  }
})

test('the theory', () => {
  const { limit, links } = golden(import.meta.url, 'theory.json')
  for (const { A, coefficients, M, correlation, norm } of limit) {
    const answer = limitFeature(A, coefficients)
    near(rows(answer.matrix), M, { absolute: 1e-9 })
    near(answer.correlation, correlation, { absolute: 1e-9 })
    near(answer.deviation, norm, { absolute: 1e-9 })
  }
  const functions: Record<string, (z: number) => number> = {
    'tanh(2z)': (z) => Math.tanh(2 * z),
    'sin(2z)': (z) => Math.sin(2 * z),
    'exp(-z^2)': (z) => Math.exp(-z * z),
    'z+He2/(2 sqrt 2)+He3/(2 sqrt 6)': (z) =>
      z + (z * z - 1) / (2 * Math.SQRT2) + (z * z * z - 3 * z) / (2 * Math.sqrt(6)),
  }
  expect(links.length).toBe(4)
  for (const { name, hermite, secondMoment } of links) {
    near(hermiteCoefficients(functions[name], 5), hermite, { absolute: 1e-9, label: name })
    near(
      hermiteCoefficients((z) => functions[name](z) ** 2, 0),
      [secondMoment],
      { absolute: 1e-9, label: name },
    )
  }
})
