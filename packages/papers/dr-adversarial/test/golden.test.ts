import { norm } from '@opt/core'
import { type ActivationName, type DenseNetwork, fgsm, mlp, pgd } from '@opt/nn'
import { SGD } from '@opt/optimizers'
import { golden } from '@opt/testing'
import {
  barrierAttack,
  CompositionalWeights,
  classMargins,
  type GairatKind,
  gairatWeights,
  hypergradient,
  klWeights,
  mailWeights,
  marginPgd,
  martLoss,
  type RobustStep,
  trainRobust,
} from '../src/index.ts'

type Matrix = number[][]

/** Compares every entry: |a - b| <= relative max(1, max|b|). */
function close(ours: ArrayLike<number>, theirs: ArrayLike<number>, relative: number): void {
  expect(ours.length).toBe(theirs.length)
  let [largest, worst] = [1, 0]
  for (let i = 0; i < theirs.length; i++) {
    largest = Math.max(largest, Math.abs(theirs[i]))
    worst = Math.max(worst, Math.abs(ours[i] - theirs[i]))
  }
  expect(worst).toBeLessThanOrEqual(relative * largest)
}

interface WeightCases {
  dro: { losses: number[]; r: number; weights: number[]; value: number; kl: number; primal: number }[]
  tracking: { r: number; track: number; batches: { losses: number[]; logU: number; weights: number[] }[] }[]
  gairat: { steps: number; lambda_: number; kappa: number[]; weights: Record<GairatKind, number[]> }[]
  mail: {
    logits: Matrix
    labels: number[]
    slope: number
    bias: number
    margins: number[]
    weights: number[]
  }[]
  mart: {
    adversarial: Matrix
    natural: Matrix
    labels: number[]
    beta: number
    value: number
    gradientAdversarial: Matrix
    gradientNatural: Matrix
  }[]
}

const weights = golden<WeightCases>(import.meta.url, 'weights.json')

describe('weights.json', () => {
  test.each(weights.dro)('KL weights, r = $r', (c) => {
    const found = klWeights(c.losses, c.r)
    close(found.weights, c.weights, 1e-12)
    const primal = found.weights.reduce((sum, w, i) => sum + w * c.losses[i], 0) - c.r * found.divergence
    close([found.value, found.divergence, primal], [c.value, c.kl, c.primal], 1e-12)
  })

  test.each(weights.tracking)('tracking, r = $r', ({ r, track, batches }) => {
    const tracker = new CompositionalWeights({ r, track, maxWeight: Infinity })
    for (const batch of batches) {
      close(tracker.update(batch.losses), batch.weights, 1e-12)
      close([tracker.logU!], [batch.logU], 1e-12)
    }
  })

  test.each(weights.gairat)('GAIRAT, $steps steps', (c) => {
    expect(Object.keys(c.weights).sort()).toEqual(['discrete', 'sigmoid', 'tanh'])
    for (const kind of ['tanh', 'sigmoid', 'discrete'] as const)
      close(gairatWeights(c.kappa, c.steps, { lambda: c.lambda_, kind }), c.weights[kind], 1e-12)
  })

  test.each(weights.mail)('MAIL', ({ logits, labels, slope, bias, margins, weights }) => {
    close(classMargins(logits, labels, 'probabilities'), margins, 1e-12)
    close(mailWeights(logits, labels, { slope, bias }), weights, 1e-12)
  })

  test.each(weights.mart)('MART', (c) => {
    const found = martLoss(c.adversarial, c.natural, c.labels, { beta: c.beta })
    close([found.value], [c.value], 1e-11)
    close(found.gradientAdversarial, c.gradientAdversarial.flat(), 1e-11)
    close(found.gradientNatural, c.gradientNatural.flat(), 1e-11)
  })
})

interface AttackCase {
  sizes: number[]
  activation: ActivationName
  theta: number[]
  inputs: Matrix
  labels: number[]
  epsilon: number
  uniform: Matrix
  steps: number
  stepSize: number
  inputGradient: Matrix
  marginGradient: Matrix
  fgsm: Matrix
  pgd: Record<'ce' | 'margin', { points: Matrix[]; kappa: number[] }>
  l2: { epsilon: number; start: number; stepSize: number; points: Matrix[] }
  barrier: {
    c: number
    lambda_: number
    shrink: number
    lower: Matrix
    upper: Matrix
    runs: Record<'gd' | 'sign' | 'adam', { beta: number; start: Matrix; deltas: Matrix[] }>
  }
}

/** A network with the parameters of a case. */
function networkOf(c: { sizes: number[]; activation: string; theta: number[] }, batch = 3): DenseNetwork {
  const network = mlp({ sizes: c.sizes, activation: c.activation as ActivationName, batch })
  network.parameters.set(c.theta)
  return network
}

// Plain attacks are held to the same file in the tests of @opt/nn.
describe.each(golden<AttackCase[]>(import.meta.url, 'attacks.json'))('attacks.json, $activation', (c) => {
  const network = networkOf(c)
  const x = c.inputs.flat()
  const minus = (points: Matrix) => points.flat().map((p, i) => p - x[i])
  const start = c.uniform.flat().map((u, i) => Math.max(0, Math.min(1, x[i] + c.epsilon * u)) - x[i])

  test('PGD on the margin, point by point', () => {
    expect(c.pgd.margin.points.length).toBe(c.steps)
    c.pgd.margin.points.forEach((points, t) => {
      const options = { epsilon: c.epsilon, start, steps: t + 1, stepSize: c.stepSize }
      close(marginPgd(network, c.inputs, c.labels, options), minus(points), 1e-11)
    })
  })

  test.each(['ce', 'margin'] as const)('kappa: how many points of %s are still right', (loss) => {
    const { points, kappa } = c.pgd[loss]
    const from = start.map((d, i) => x[i] + d)
    const seen = [from, ...points.map((p) => p.flat())].slice(0, c.steps)
    const found = c.labels.map((label, i) => {
      const columns = c.sizes[0]
      return seen.filter((p) => {
        const z = network.predict(p.slice(i * columns, (i + 1) * columns))
        return z.every((one, j) => j === label || one < z[label])
      }).length
    })
    expect(found).toEqual(kappa)
    if (loss === 'margin') return
    // The same counts in training: a step with these starts, at learning rate 0.
    let counted: number[] = []
    trainRobust(
      networkOf(c, c.labels.length),
      { inputs: c.inputs, targets: c.labels },
      {
        epsilon: c.epsilon,
        method: 'at',
        steps: c.steps,
        stepSize: c.stepSize,
        learningRate: 0,
        epochs: 1,
        batches: () => c.labels.map((_, i) => i),
        starts: () => start,
        onStep: (step) => {
          counted = Array.from(step.kappa)
          close(step.delta, minus(points.at(-1)!), 1e-11)
        },
      },
    )
    expect(counted).toEqual(kappa)
  })

  test.each(['gd', 'sign', 'adam'] as const)('the barrier by %s, step by step', (method) => {
    const { c: constant, lambda_: lambda, shrink: tau, runs } = c.barrier
    const { beta: stepSize, start: from, deltas } = runs[method]
    const options = { epsilon: c.epsilon, c: constant, lambda, tau, stepSize, method, start: from }
    deltas.forEach((delta, t) => {
      close(barrierAttack(network, c.inputs, c.labels, { ...options, steps: t + 1 }), delta.flat(), 1e-11)
    })
    // The intervals: steps without end reach them up to tau of their widths.
    for (const [i, x0] of x.entries()) {
      expect(Math.max(-c.epsilon, -x0)).toBeCloseTo(c.barrier.lower.flat()[i], 12)
      expect(Math.min(c.epsilon, 1 - x0)).toBeCloseTo(c.barrier.upper.flat()[i], 12)
    }
  })

  test('gradients and plain attacks that the attacks here are built on', () => {
    close(network.inputGradient(c.inputs, c.labels), c.inputGradient.flat(), 1e-11)
    const box = { lower: 0, upper: 1, epsilon: c.epsilon }
    close(fgsm(network, c.inputs, c.labels, box), c.fgsm.flat(), 1e-11)
    // The gradient of the margin, by the direction of one short step in the Euclidean norm.
    const short = { epsilon: 1e-3, norm: 'l2', steps: 1, low: -Infinity, high: Infinity } as const
    const moves = marginPgd(network, c.inputs, c.labels, { ...short, start: x.map(() => 0), stepSize: 1e-3 })
    const unit = c.marginGradient.flatMap((g) => g.map((v) => (1e-3 * v) / norm(g)))
    close(moves, unit, 1e-11)
    const points = pgd(network, c.inputs, c.labels, {
      ...box,
      start: x.map((v, i) => v + start[i]),
      steps: c.steps,
      stepSize: c.stepSize,
    })
    close(points, c.pgd.ce.points.at(-1)!.flat(), 1e-11)
    // From .5 epsilon along the uniform numbers, clamped.
    const { l2 } = c
    const away = c.uniform.flatMap((u) => u.map((v) => (l2.start * l2.epsilon * v) / norm(u)))
    const begin = x.map((v, i) => Math.max(0, Math.min(1, v + away[i])))
    l2.points.forEach((expected, t) => {
      const ball = {
        ...box,
        epsilon: l2.epsilon,
        norm: 'l2',
        start: begin,
        steps: t + 1,
        stepSize: l2.stepSize,
      } as const
      close(pgd(network, c.inputs, c.labels, ball), expected.flat(), 1e-11)
    })
  })
})

interface CidCases {
  hypergradient: {
    sizes: number[]
    activation: string
    theta: number[]
    inputs: Matrix
    labels: number[]
    epsilon: number
    c: number
    lambda_: number
    r: number
    delta: Matrix
    value: number
    weights: number[]
    direction: Matrix
    gradient: number[]
    directionDiagonal: Matrix
    gradientDiagonal: number[]
    gradientPlain: number[]
  }[]
  runs: {
    sizes: number[]
    activation: string
    inputs: Matrix
    labels: number[]
    theta: number[]
    epsilon: number
    c: number
    lambda_: number
    shrink: number
    inner: 'gd' | 'sign' | 'adam'
    innerSteps: number
    innerStep: number
    r: number
    track: number
    implicit: boolean
    learningRate: number
    steps: {
      batch: number[]
      start: Matrix
      delta: Matrix
      losses: number[]
      logU: number
      weights: number[]
      gradient: number[]
      theta: number[]
    }[]
  }[]
}

const cid = golden<CidCases>(import.meta.url, 'cid.json')

describe('cid.json', () => {
  test.each(cid.hypergradient)('hypergradient, $activation', (c) => {
    const network = networkOf(c)
    const options = { epsilon: c.epsilon, c: c.c, lambda: c.lambda_, r: c.r }
    const full = hypergradient(network, c.inputs, c.labels, c.delta, { ...options, method: 'exact' })
    close(full.weights, c.weights, 1e-9)
    close([full.value], [c.value], 1e-9)
    close(full.direction, c.direction.flat(), 1e-9)
    close(full.gradient, c.gradient, 1e-9)
    close(full.plain, c.gradientPlain, 1e-9)
    const diagonal = hypergradient(network, c.inputs, c.labels, c.delta, { ...options, clamp: false })
    close(diagonal.direction, c.directionDiagonal.flat(), 1e-9)
    close(diagonal.gradient, c.gradientDiagonal, 1e-9)
    const differences = { ...options, method: 'exact', cross: 'differences' } as const
    close(hypergradient(network, c.inputs, c.labels, c.delta, differences).gradient, c.gradient, 1e-7)
  })

  const cases = cid.runs.flatMap((run) => [
    { ...run, cross: 'exact' as const },
    { ...run, cross: 'differences' as const },
  ])
  test.each(cases)('CID, $activation, $inner, implicit $implicit, $cross', (c) => {
    const network = networkOf(c, 5)
    const seen: { step: RobustStep; theta: Float64Array }[] = []
    const optimizer = new SGD(network.parameters, { learningRate: c.learningRate })
    const tolerance = c.cross === 'exact' ? 1e-9 : 1e-7
    trainRobust(
      network,
      { inputs: c.inputs, targets: c.labels },
      {
        epsilon: c.epsilon,
        c: c.c,
        lambda: c.lambda_,
        tau: c.shrink,
        inner: c.inner,
        steps: c.innerSteps,
        stepSize: c.innerStep,
        r: c.r,
        track: c.track,
        implicit: c.implicit,
        cross: c.cross,
        maxWeight: Infinity,
        burnIn: 0,
        optimizer,
        batchSize: 5,
        epochs: 3,
        reportEvery: 1,
        batches: (step) => c.steps[step].batch,
        starts: (step) => c.steps[step].start,
        onStep: (step) => {
          const { delta, losses, weights, gradient } = step
          const copy = { delta: delta.slice(), losses: losses.slice(), weights: weights.slice() }
          seen.push({ step: { ...step, ...copy, gradient: gradient.slice() }, theta: new Float64Array() })
        },
        evaluate: () => {
          seen[seen.length - 1].theta = Float64Array.from(network.parameters)
          return {}
        },
      },
    )
    expect(seen.length).toBe(c.steps.length)
    seen.forEach(({ step, theta }, t) => {
      const expected = c.steps[t]
      close(step.delta, expected.delta.flat(), tolerance)
      close(step.losses, expected.losses, tolerance)
      close([step.logU!], [expected.logU], tolerance)
      close(step.weights, expected.weights, tolerance)
      close(step.gradient, expected.gradient, tolerance)
      close(theta, expected.theta, tolerance)
    })
  })
})
