import {
  allFinite,
  type MatrixLike,
  matrixCopy,
  nrm2,
  number,
  type Report,
  refuse,
  type Solver,
  show,
  solver,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { Convergence } from './convergence.ts'
import { checkChosen, SAMPLE } from './evaluation.ts'
import { Measure, type Measures } from './measures.ts'
import { checkFraction, rowsOf } from './msvr.ts'
import { readStepOptions, STEP_OPTIONS, type StepOptions } from './options.ts'
import { type Blocks, blocksOf } from './problem.ts'
import { checkSample } from './samplers.ts'

/** Options of {@link soba}. */
export interface SobaOptions extends StepOptions {
  /** Weight of new hypergradients in z, in (0, 1]; 1 is plain SOBA, without momentum. Default 0.3. */
  beta?: number | undefined
}

/** Where {@link soba} starts: x and y; the answer of a run to go on from. */
export interface SobaStart {
  x: VectorLike
  /** m rows. */
  y: MatrixLike
  /** m rows. Default 0. */
  v?: MatrixLike | undefined
  /** Default 0. */
  z?: VectorLike | undefined
  /** Steps taken before. Default 0. */
  k?: number | undefined
}

/** Report of {@link soba} after each step. */
export interface SobaReport extends Report {
  /** As that of {@link bsvrb}. */
  error: number
  /** Every `measureEvery` steps. */
  measures?: Measures
}

/** Answer of {@link soba}; a start from which a run goes on. */
export interface SobaSolution {
  /** Upper variables. */
  x: Float64Array
  /** y_0, y_1, ... */
  y: Float64Array[]
  /** Adjoints. */
  v: Float64Array[]
  /** The average of hypergradients. */
  z: Float64Array
  /** Steps so far. */
  k: number
}

/**
 * The method to compare with: SOBA (Dagreou et al. 2022) on sampled blocks. Each step moves y_i, v_i and x along fresh
 * samples of their directions, x with momentum, without variance reduction: half the derivatives of a step of {@link bsvrb}.
 *
 * @param problem as for {@link bsvrb}.
 * @param start not changed.
 * @returns with status 'diverged', the last finite iterate.
 * @throws TypeError or RangeError when an argument is wrong, or what `sampler` gives.
 */
export const soba: Solver<[problem: Blocks, start: SobaStart, options: SobaOptions], SobaReport, SobaSolution> = solver(
  'soba',
  function* (problem, start, options) {
    const blocks = blocksOf(problem)
    const m = blocks.length
    const { sampler, tau, tauV, etaAt, measureEvery } = readStepOptions(options, m)
    const I = sampler.blocksPerStep
    const beta = checkFraction(options.beta ?? 0.3, 'beta')
    const { x, y, v, z, k: first } = startOf(start, m)
    let k = first
    const d = y[0].length

    const [nextX, nextZ, G, fx, gx, cross] = [0, 1, 2, 3, 4, 5].map(() => new Float64Array(x.length))
    const [gy, fy, Hv] = [0, 1, 2].map(() => new Float64Array(d))
    const plans = Array.from({ length: I }, () => ({ y: new Float64Array(d), v: new Float64Array(d) }))
    const seen = new Uint8Array(m)
    const measure = new Measure(blocks)
    const { tolerance } = options as { tolerance?: number }
    const convergence = new Convergence(tolerance!, Math.ceil(m / I), () => measure.at(x, y))
    const answer = () => ({ x, y, v, z, k })

    for (;;) {
      const chosen = checkChosen(sampler.blocks(), I, seen)
      G.fill(0)
      for (let p = 0; p < I; p++) {
        const i = chosen[p]
        const { upper, lower } = blocks[i]
        const sample = checkSample(sampler.sample(i), SAMPLE)
        lower.gradient(x, y[i], gx, gy, sample?.lower)
        lower.hvp(x, y[i], v[i], cross, Hv, sample?.lower)
        upper.gradient(x, y[i], fx, fy, sample?.upper)
        for (let j = 0; j < d; j++) plans[p].y[j] = y[i][j] - tau * gy[j]
        for (let j = 0; j < d; j++) plans[p].v[j] = v[i][j] - tauV * (Hv[j] - fy[j])
        for (let j = 0; j < G.length; j++) G[j] += (fx[j] - cross[j]) / I
      }
      const eta = etaAt(k)
      for (let j = 0; j < z.length; j++) nextZ[j] = (1 - beta) * z[j] + beta * G[j]
      for (let j = 0; j < x.length; j++) nextX[j] = x[j] - eta * nextZ[j]

      if (!(allFinite(nextX) && allFinite(nextZ) && plans.every((plan) => allFinite(plan.y) && allFinite(plan.v))))
        return { ...answer(), status: 'diverged' as const, message: DIVERGED }
      for (let p = 0; p < I; p++) {
        y[chosen[p]].set(plans[p].y)
        v[chosen[p]].set(plans[p].v)
      }
      x.set(nextX)
      z.set(nextZ)
      k++

      if (yield convergence.report(nrm2(z), measureEvery > 0 && k % measureEvery === 0)) return answer()
    }
  },
  { options: [...STEP_OPTIONS, 'beta'] },
)

const DIVERGED = 'the next iterate is not finite, this is the last finite one: halve tau and eta'

function startOf(given: SobaStart, m: number) {
  if (typeof given !== 'object' || given === null) refuse('start', 'an object with x and y', show(given), 'type')
  const x = vectorCopy(given.x, 'start.x')
  const { data: y, shape } = matrixCopy(given.y, 'start.y', { rows: m })
  const v =
    given.v === undefined
      ? new Float64Array(y.length)
      : matrixCopy(given.v, 'start.v', { rows: m, columns: shape[1] }).data
  return {
    x,
    y: rowsOf(y, m),
    v: rowsOf(v, m),
    z: given.z === undefined ? new Float64Array(x.length) : vectorCopy(given.z, 'start.z', { length: x.length }),
    k: number(given.k ?? 0, 'start.k', { integer: true, min: 0, max: 4503599627370496 }),
  }
}
