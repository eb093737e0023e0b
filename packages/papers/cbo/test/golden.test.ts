import { golden } from '@opt/testing'
import {
  type CboOptions,
  cbo,
  consensusHopping,
  consensusPoint,
  cooling,
  decay,
  gradientDescent,
  langevin,
  objectives,
  smoothedObjective,
} from '../src/index.ts'
import { named, recorded } from './problems.ts'

const file = <T>(name: string) => golden(import.meta.url, `${name}.json`) as T

/** Expects |a - b| <= tolerance max(1, |b|), entry by entry. */
function near(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): void {
  expect(a).toHaveLength(b.length)
  for (let j = 0; j < b.length; j++)
    expect(Math.abs(a[j] - b[j])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(b[j])))
}

interface ObjectiveCase {
  objective: string
  parameters: Record<string, number>
  d: number
  points: number[][]
  values: number[]
  gradients: number[][]
}

describe('objectives.json: values to 1e-13, gradients to 1e-11', () => {
  for (const { objective, parameters, d, points, values, gradients } of file<ObjectiveCase[]>('objectives'))
    test(`${objective}, d = ${d}`, () => {
      const f = named(objective, parameters)
      points.forEach((x, i) => {
        near([f.value(x)], [values[i]], 1e-13)
        near(f.gradient(x), gradients[i], 1e-11)
      })
    })
})

interface ConsensusCase {
  case: string
  alpha: number
  positions: number[][]
  energies: (number | null)[]
  consensus: number[]
  weights: number[]
  effectiveSampleSize: number
  freeEnergy: number
}

test('consensus.json: to 1e-12', () => {
  for (const one of file<ConsensusCase[]>('consensus')) {
    const energies = one.energies.map((v) => v ?? Infinity)
    const { x, weights, effectiveSampleSize, freeEnergy } = consensusPoint(one.positions, energies, one.alpha)
    near(x, one.consensus, 1e-12)
    near(weights, one.weights, 1e-12)
    near([effectiveSampleSize, freeEnergy], [one.effectiveSampleSize, one.freeEnergy], 1e-12)
  }
})

interface Trajectory {
  settings: {
    N: number
    d: number
    K: number
    alpha: number
    sigma: number
    dt: number
    lambda: number
    noise: 'anisotropic' | 'isotropic'
    objective: string
    batch?: number
    update?: 'full' | 'partial'
    cooling?: { every: number }
    gradientStrength?: number
  }
  parameters: Record<string, number>
  initial: number[][]
  normals: number[][][]
  batches: number[][] | null
  consensus: number[][]
  positions: number[][][]
  positionsAt: number[]
  finalPositions: number[][]
  finalConsensus: number[]
}

describe('trajectories.json: to 1e-10', () => {
  file<Trajectory[]>('trajectories').forEach((one, index) => {
    const {
      N,
      K,
      alpha,
      sigma,
      dt,
      lambda,
      noise,
      objective,
      batch,
      update,
      cooling: cool,
      gradientStrength,
    } = one.settings
    test(`run ${index}: ${objective}, ${noise}${batch ? `, batches, ${update}` : ''}`, () => {
      const f = named(objective, one.parameters)
      const clouds: Float64Array[][] = []
      const options: CboOptions = {
        particles: N,
        alpha,
        sigma,
        dt,
        lambda,
        noise,
        ...(cool && cooling({ sigma, alpha, every: cool.every })),
        ...(batch && { batchSize: batch, update }),
        ...(gradientStrength && { gradientStrength, gradient: f.gradient }),
        random: recorded(one.normals, one.batches),
      }
      const value = {
        batch(points: Float64Array[]) {
          clouds.push(points.map((x) => x.slice()))
          return points.map(f.value)
        },
      }
      const limits = { tolerance: 0, maxIterations: K }
      const { history, state } = cbo(value, { positions: one.initial }, { ...options, ...limits })
      history.forEach(({ consensus }, k) => near(consensus, one.consensus[k], 1e-10))
      if (!batch)
        one.positionsAt.forEach((k, i) => clouds[k].forEach((x, row) => near(x, one.positions[i][row], 1e-10)))
      // One more step than moves are recorded: the last cloud is evaluated, and not moved.
      const last = cbo(value, state, { ...options, tolerance: 0, maxIterations: 1 })
      near(last.consensus, one.finalConsensus, 1e-10)
      near(positionsOf(last.state.positions), one.finalPositions.flat(), 1e-10)
    })
  })
})

const positionsOf = (text: string) =>
  new Float64Array(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer)

interface Hopping {
  hops: {
    settings: {
      objective: string
      x0: number[]
      N: number
      K: number
      sigma: number
      alpha: number
      decay?: { every: number; factor: number }
    }
    parameters: Record<string, number>
    normals: number[][][]
    iterates: number[][]
    effectiveSampleSize: number[]
  }[]
  flows: {
    objective: string
    parameters: Record<string, number>
    x0: number[]
    dt: number
    sigma: number
    normals: number[][] | null
    iterates: number[][]
  }[]
  population1d: {
    objective: string
    parameters: Record<string, number>
    center: number
    alpha: number
    sigma: number
    tau: number
    populationConsensus: number
    smoothedObjective: number
    smoothedGradient: number
    proximalPoint: number
  }[]
  quadratics: {
    h: number[]
    minimizer: number[]
    center: number[]
    alpha: number
    sigma: number
    tau: number
    populationConsensus: number[]
    smoothedObjective: number
    covariance: number[]
  }[]
}

const { hops, flows, population1d, quadratics } = file<Hopping>('hopping')

test('hopping.json: hops and their effective sample sizes to 1e-10', () => {
  for (const { settings, parameters, normals, iterates, effectiveSampleSize } of hops) {
    const { x0, N, K, sigma, alpha } = settings
    const { history } = consensusHopping(named(settings.objective, parameters).value, x0, {
      particles: N,
      alpha,
      width: settings.decay ? decay(sigma, settings.decay) : sigma,
      random: recorded(normals, null),
      tolerance: 0,
      maxIterations: K,
    })
    expect(history).toHaveLength(K)
    history.forEach(({ consensus }, k) => near(consensus, iterates[k], 1e-10))
    near(
      history.map((report) => report.effectiveSampleSize),
      effectiveSampleSize,
      1e-10,
    )
  }
})

test('hopping.json: gradient descent and annealed Langevin to 1e-9', () => {
  for (const { objective, parameters, x0, dt, sigma, normals, iterates } of flows) {
    const { value, gradient } = named(objective, parameters)
    const limits = { tolerance: 0, maxIterations: iterates.length + 1 }
    const run = normals
      ? langevin(value, x0, { gradient, dt, sigma, random: recorded([[...normals, [0, 0]]], null), ...limits })
      : gradientDescent(value, x0, { gradient, dt, ...limits })
    const first = normals ? 0 : 1
    iterates.forEach((x, k) => near(run.history[k + first].x, x, 1e-9))
  }
})

/** Consensus and F of the two cases with a kink by mpmath, 30 digits: the recorded ones are off by up to 3e-7. */
const EXACT: Record<number, number[]> = {
  5: [0.01583463481035431, 3.562481013225458],
  500: [0.000493185877093308, 1.945291007340705],
}

test('hopping.json: the population hop by quadrature to 1e-8', () => {
  for (const one of population1d) {
    const f = named(one.objective, one.parameters)
    const { alpha, sigma, center, tau } = one
    const { value, gradient, consensus } = smoothedObjective(f.value, [center], { alpha, width: sigma })
    const tolerance = one.objective === 'ackley' ? 3e-7 : 1e-8
    near(consensus, [one.populationConsensus], tolerance)
    near([value], [one.smoothedObjective], tolerance)
    near(gradient, [one.smoothedGradient], tolerance)
    near(gradient, [(center - consensus[0]) / tau], 1e-15)
    if (one.objective === 'ackley') near([...consensus, value], EXACT[alpha], 1e-9)
  }
})

test('hopping.json: closed forms of quadratics to 1e-13, and by quadrature', () => {
  for (const { h, minimizer, center, alpha, sigma, tau, ...wanted } of quadratics) {
    near([tau], [alpha * sigma * sigma], 1e-13)
    const f = objectives.quadratic({ curvature: h, minimizer })
    const hop = center.map((mu, j) => (mu + tau * h[j] * minimizer[j]) / (1 + tau * h[j]))
    near(hop, wanted.populationConsensus, 1e-13)
    if (h.length > 2) continue
    const { value, consensus } = smoothedObjective(f.value, center, { alpha, width: sigma })
    near(consensus, hop, 1e-11)
    near([value], [wanted.smoothedObjective], 1e-11)
  }
})
