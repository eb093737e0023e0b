import { random } from '@opt/core'
import { golden, near } from '@opt/testing'
import {
  adversarialAccuracy,
  blockDescent,
  convexRelu,
  fgsm,
  fromNetwork,
  inputGradient,
  type LossName,
  pgd,
  predict,
  sampledConvex,
  toNetwork,
} from '../src/index.ts'
import { losses } from '../src/program/losses.ts'
import { projectCone, shrinkGroup } from '../src/program/prox.ts'
import { byPattern, strings, within } from './shared.ts'

describe('proximal maps', () => {
  interface Cone {
    a: number[][]
    t: number[]
    w?: number
    outA: number[][]
    outT: number[]
  }
  const { group, loss, l1cone, l1coneSquare } = golden<{
    group: { z: number[][]; t: number; out: number[][] }
    loss: { loss: LossName; y: number[]; a: number[]; t: number; out: number[] }[]
    l1cone: Cone
    l1coneSquare: Cone
  }>(import.meta.url, 'prox.json')

  test('shrinks groups', () => {
    for (const [k, z] of group.z.entries()) {
      const out = Float64Array.of(7, ...z, 7)
      shrinkGroup(out, 1, z.length, group.t)
      near(out, [7, ...group.out[k], 7], within(1e-12))
    }
  })

  test.each(loss)('of the loss $loss, t = $t', ({ loss, y, a, t, out }) => {
    const ours = a.map((v, k) => losses[loss].prox(v, y[k], t))
    for (const [k, v] of ours.entries())
      expect(Math.abs(v - out[k])).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(out[k])))
  })

  test.each([l1cone, l1coneSquare])('of the l1 cone', ({ a, t, w = 0, outA, outT }) => {
    for (const [k, row] of a.entries()) {
      const z = Float64Array.of(...row, t[k])
      projectCone(z, 0, row.length, w, new Float64Array(row.length))
      near(z, [...outA[k], outT[k]], within(1e-12))
    }
  })
})

describe('recovery', () => {
  interface Case {
    X: number[][]
    toNetwork: { weights: [number[][], number[][]]; hidden: number[][]; output: number[] }
    fromNetwork: {
      hidden: number[][]
      output: number[]
      patterns: string[]
      weights: [number[][], number[][]]
      predictions: number[]
    }
  }
  test.each(golden<{ cases: Case[] }>(import.meta.url, 'recovery.json').cases)(
    'both ways',
    ({ X, toNetwork: to, fromNetwork: from }) => {
      const network = toNetwork({ v: to.weights[0], w: to.weights[1] })
      near(network.hidden.data, to.hidden, within(1e-12))
      near(network.output, to.output, within(1e-12))
      const { patterns, weights } = fromNetwork(from, X)
      expect(strings(patterns)).toEqual(from.patterns)
      near(weights.v.data, from.weights[0], within(1e-12))
      near(weights.w.data, from.weights[1], within(1e-12))
      near(predict(from, X), from.predictions, within(1e-12))
      near(predict(toNetwork(weights), X), from.predictions, within(1e-12))
    },
  )
})

describe('attacks', () => {
  interface Case {
    X: number[][]
    y: number[]
    hidden: number[][]
    output: number[]
    epsilon: number
    perturbed: boolean[]
    predictions: number[]
    inputGradient: number[][]
    fgsm: number[][]
    pgd: number[][]
    pgdSteps: number
    pgdStep: number
    cleanAccuracy: number
    fgsmAccuracy: number
    pgdAccuracy: number
  }
  test.each(golden<{ cases: Case[] }>(import.meta.url, 'attacks.json').cases)(
    'epsilon $epsilon',
    ({ X, y, epsilon, perturbed, ...c }) => {
      near(predict(c, X), c.predictions, within(1e-12))
      near(inputGradient(c, X).data, c.inputGradient, within(1e-12))
      near(fgsm(c, X, y, { epsilon, perturbed }).data, c.fgsm, within(1e-12))
      const options = { epsilon, perturbed, steps: c.pgdSteps, stepSize: c.pgdStep }
      near(pgd(c, X, y, options).data, c.pgd, within(1e-12))
      near(pgd(c, X, y, { epsilon, perturbed }).data, c.pgd, within(1e-12))
      expect(adversarialAccuracy(c, X, y, { ...options, attack: 'none' })).toBe(c.cleanAccuracy)
      expect(adversarialAccuracy(c, X, y, { ...options, attack: 'fgsm' })).toBe(c.fgsmAccuracy)
      expect(adversarialAccuracy(c, X, y, options)).toBe(c.pgdAccuracy)
      expect(adversarialAccuracy(c, X, y, { ...options, random: random(1) })).toBeLessThanOrEqual(c.pgdAccuracy)
      const start = pgd(c, X, y, { epsilon, perturbed, steps: 1, stepSize: 0, random: random(1) })
      for (const [k, row] of X.entries())
        for (const [j, x] of row.entries())
          expect(Math.abs(start.get(k, j) - x)).toBeLessThanOrEqual(perturbed[j] ? epsilon + 1e-15 : 0)
    },
  )
})

describe('the sampled convex program', () => {
  interface Case {
    loss: LossName
    X: number[][]
    y: number[]
    directions: number[][]
    beta: number
    objective: number
    alpha: number[]
  }
  const methods = {
    squared: ['fista', 'coordinate-descent'],
    bce: ['fista', 'coordinate-descent'],
    hinge: ['split'],
  } as const
  const cases = golden<{ cases: Case[] }>(import.meta.url, 'scp.json').cases.flatMap((c) =>
    methods[c.loss].map((method) => ({ ...c, method })),
  )
  test.each(cases)('$loss by $method', ({ loss, X, y, directions, beta, objective, method }) => {
    const hinge = loss === 'hinge'
    const answer = sampledConvex(X, y, { directions, loss, beta, method, tolerance: hinge ? 3e-5 : 1e-8 })
    expect(answer.status).toBe('converged')
    expect(Math.abs(answer.objective / objective - 1)).toBeLessThan(hinge ? 1e-4 : 1e-7)
    expect(answer.lowerBound).toBeLessThanOrEqual(objective * (1 + 1e-8))
    const { hidden, output } = answer.network
    let value = 0
    for (const [k, f] of predict(answer.network, X).entries()) value += losses[loss].value(f, y[k])
    for (const w of [...hidden.data, ...output]) value += 0.5 * beta * w * w
    expect(Math.abs(value / answer.objective - 1)).toBeLessThan(1e-12)
  })

  test('draws directions and comes closer to the optimum with more of them', () => {
    const { X, y, beta } = cases[0]
    const ratio = [20, 150].map(
      (count) => sampledConvex(X, y, { count, random: random(1), beta, tolerance: 1e-3 }).objective,
    )
    expect(ratio[1]).toBeLessThan(ratio[0])
  })
})

describe('random block coordinate descent', () => {
  interface Case {
    loss: LossName
    y: number[]
    rho: number
    u: number[][][]
    v: number[][][]
    s: number[][][]
    lambda: number[][][]
    nu: number[][][]
    blocks: number[]
    uAfter: number[][][]
    lagrangian: number[]
  }
  const { X, patterns, rbcd } = golden<{ X: number[][]; patterns: string[]; rbcd: Case[] }>(
    import.meta.url,
    'admm.json',
  )

  const stateOf = ({ u, v, s, lambda, nu }: Case) => ({
    u: Float64Array.from(u.flat(2)),
    v: Float64Array.from(v.flat(2)),
    lambda: Float64Array.from(lambda.flat(2)),
    s: Float64Array.from(byPattern(s)),
    nu: Float64Array.from(byPattern(nu)),
  })

  test.each(rbcd)('safe steps on the loss $loss', (c) => {
    const { loss, y, rho, blocks, uAfter, lagrangian } = c
    const answer = blockDescent(X, y, { patterns, loss, rho, at: stateOf(c), blocks })
    expect(answer.status).toBe('completed')
    near(
      answer.history.map((r) => r.value),
      lagrangian,
      within(1e-9),
    )
    near(answer.u, uAfter.flat(2), within(1e-9))
  })

  test.each(rbcd)('backtracking and blocks of two descend on the loss $loss', (c) => {
    const { loss, y, rho } = c
    for (const step of ['armijo', 'safe'] as const) {
      const options = { patterns, loss, rho, at: stateOf(c), step, blockSize: 2, random: random(2), maxIterations: 300 }
      const values = blockDescent(X, y, options).history.map((r) => r.value)
      for (let k = 1; k < values.length; k++) expect(values[k]).toBeLessThanOrEqual(values[k - 1] + 1e-12)
      expect(values.at(-1)).toBeLessThan(c.lagrangian[39])
    }
  })

  test('reaches the same update of u as the closed form', () => {
    const c = rbcd[0]
    const closed = convexRelu(X, c.y, {
      patterns,
      rho: c.rho,
      beta: 0.1,
      initial: { ...stateOf(c), r: new Float64Array(8), mu: new Float64Array(8) },
      maxIterations: 1,
    })
    const { u } = blockDescent(X, c.y, { patterns, rho: c.rho, at: stateOf(c), maxIterations: 20_000 })
    near(u, closed.state.u, within(1e-10))
  })
})
