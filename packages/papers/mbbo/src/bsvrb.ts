import { allFinite, nrm2, type Report, type Solver, solver } from '@opt/core'
import { Convergence } from './convergence.ts'
import { checkChosen, evaluation } from './evaluation.ts'
import { Measure, type Measures } from './measures.ts'
import { BSVRB_OPTIONS, type BsvrbOptions, type Parameters, readOptions } from './options.ts'
import { type Blocks, blocksOf } from './problem.ts'
import { stableTau } from './stable-tau.ts'
import { BlockStates, type BsvrbStart, type BsvrbState, isFinitePlan } from './state.ts'

/** Report of {@link bsvrb} after each step. */
export interface BsvrbReport extends Report {
  /** See {@link bsvrb}. */
  error: number
  /** Every `measureEvery` steps. */
  measures?: Measures
}

/** Answer of {@link bsvrb}; a start from which a run goes on to the same bits. */
export interface BsvrbSolution {
  /** Upper variables. */
  x: Float64Array
  /** y_0, y_1, ..., near the solutions y_i(x) of the lower problems. */
  y: Float64Array[]
  /** Steps so far, those before the start included. */
  k: number
  /** All that a run needs to go on. */
  state: BsvrbState
}

/**
 * BSVRB, blockwise stochastic variance-reduced bilevel optimisation (Hu et al. 2023, algorithms 1 and 2): minimises
 * Phi(x) = (1/m) sum_i F_i(x, y_i(x)) where y_i(x) minimises g_i(x, .), by steps that see I of the m blocks and a sample
 * of each.
 *
 * Each sampled block updates estimates of its lower gradient, s_i, and of its Hessian, H_i (version 1), or of the gradient
 * of its adjoint's quadratic, u_i (version 2), by {@link msvr}; y_i and the adjoints v_i follow them, and x follows z, an
 * average of hypergradients corrected by their change (STORM). `error` is the length of z; before a run counts as
 * converged, the exact gradient of Phi is computed, and the larger of both lengths is its error. `tolerance` is 1e-6 by
 * default, `maxIterations` 1000. With a constant `eta` and samples, a run ends near a solution, at `maxIterations`.
 *
 * @param problem lower levels strongly convex in y, with `hvp`, and with `y` of one length.
 * @param start x, and y with one row for each block; or the answer of a run to go on from. Not changed.
 * @returns with status 'diverged', the last finite iterate.
 * @throws TypeError or RangeError when an argument is wrong, or what `sampler` gives.
 */
export const bsvrb: Solver<[problem: Blocks, start: BsvrbStart, options: BsvrbOptions], BsvrbReport, BsvrbSolution> =
  solver(
    'bsvrb',
    function* (problem, start, options) {
      const blocks = blocksOf(problem)
      const m = blocks.length
      const parameters = readOptions(options, m)
      const { version, beta, etaAt, sampler, measureEvery } = parameters
      const I = sampler.blocksPerStep
      const states = new BlockStates(version, m, start, parameters.moves)
      const { x, z } = states
      if (start.state?.sampler !== undefined) sampler.load?.(start.state.sampler as never)

      const [nextX, nextZ, G, previousG] = [0, 1, 2, 3].map(() => new Float64Array(x.length))
      const plans = states.plans(I)
      const seen = new Uint8Array(m)
      const evaluate = evaluation(blocks, states, parameters)
      const measure = new Measure(blocks)
      const { tolerance } = options as { tolerance?: number }
      const convergence = new Convergence(tolerance!, Math.ceil(m / I), () => measure.at(x, states.y()))
      const answer = () => ({ x: x.slice(), y: states.y(), k: states.k, state: states.save(sampler.state?.()) })
      const diverged = () => ({ ...answer(), status: 'diverged' as const, message: divergence(m, parameters) })

      if (!states.started) {
        // One sample of each block: s_i, H_i or u_i are its derivatives, z is the mean of the hypergradients.
        yield* evaluate([...blocks.keys()], (i, _, out) => {
          states.begin(i, out)
          for (let j = 0; j < z.length; j++) z[j] += out.G[j] / m
        })
        if (!(allFinite(z) && states.inputs.every(({ s, tracked }) => allFinite(s) && allFinite(tracked))))
          return diverged()
        states.started = true
      }

      for (;;) {
        // s_i, H_i or u_i of the sampled blocks, and the mean hypergradients at the present and the previous point.
        const chosen = checkChosen(sampler.blocks(), I, seen)
        G.fill(0)
        previousG.fill(0)
        yield* evaluate(chosen, (i, p, out) => {
          plans[p].s.set(out.s)
          plans[p].tracked.set(out.tracked)
          for (let j = 0; j < x.length; j++) G[j] += out.G[j] / I
          for (let j = 0; j < x.length; j++) previousG[j] += out.previousG[j] / I
          states.plan(i, plans[p])
        })

        for (let j = 0; j < z.length; j++) nextZ[j] = (1 - beta) * (z[j] - previousG[j]) + G[j]
        const eta = etaAt(states.k)
        for (let j = 0; j < x.length; j++) nextX[j] = x[j] - eta * nextZ[j]

        if (!(allFinite(nextX) && allFinite(nextZ) && plans.every(isFinitePlan))) return diverged()
        for (let p = 0; p < I; p++) states.commit(chosen[p], plans[p])
        states.step(nextX, nextZ)

        const stop = yield convergence.report(nrm2(z), measureEvery > 0 && states.k % measureEvery === 0)
        // Blocks that were not seen lately may have overflowed by now.
        if (stop) return states.y().every(allFinite) ? answer() : diverged()
      }
    },
    { options: BSVRB_OPTIONS },
  )

function divergence(m: number, { alpha, gamma, tau, tauV, version, sampler }: Parameters): string {
  const I = sampler.blocksPerStep
  const step = version === 2 ? Math.max(tau, tauV) : tau
  const most = stableTau(m, I, alpha, 1, gamma) / step
  return `the next iterate is not finite, this is the last finite one. With gamma = ${show(gamma)} and m / I = ${show(m / I)}, y_i is stable where the curvature of g_i is below ${show(most)}, at best: halve tau and eta, or take more blocks a step`
}

const show = (value: number) => String(Number(value.toPrecision(3)))
