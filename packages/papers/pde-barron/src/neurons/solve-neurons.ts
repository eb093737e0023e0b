import { options as optionsOf, refuse, type Solver, solver, vectorCopy } from '@opt/core'
import { checkRule, checkState, type DescentReport, type DescentState, descend, type StepRule } from '../descend.ts'
import { type LagrangianLike, lagrangianOf } from '../lagrangian/lagrangian.ts'
import { type Condition, checkBoundary, conditioning, leastSquare } from '../theory/conditioning.ts'
import { solverConstants } from '../theory/solver-constants.ts'
import { type NetworkFunctions, networkFunctions } from './answer.ts'
import { fineRuleOf, forcingAt, onRule, type RuleForcing } from './certificate.ts'
import { neuronsOf, type RandomNeurons } from './draw.ts'
import type { Neurons, TwoLayerNetwork } from './network.ts'
import { quadrature, type Rule } from './rule.ts'
import { NeuronSpace } from './space.ts'

/** The energies of converged rules agree to ten digits. */
const differ = (energy: number, fine: number) => Math.abs(energy - fine) > 1e-6 * Math.abs(fine)

const COARSE = 'the rule has too few points for so many neurons'

/** What {@link solveNeurons} solves: -div L_p + L_u = f on the unit box. */
export interface NeuronInput {
  lagrangian: LagrangianLike
  /** A function of a point, a sum, or values at the points of the rule. */
  f: RuleForcing
  boundary: readonly Condition[]
  /** Neurons, or how to draw some. */
  neurons?: Neurons | RandomNeurons | undefined
  /** Default 64, 32, 14 nodes an axis of Gauss-Legendre for d = 1, 2, 3; above it must be given. */
  rule?: Rule | undefined
  /** The rule for the error bound. Default half as many nodes again; `rule` itself where that has points or f values. */
  fineRule?: Rule | undefined
}

/** Options of {@link solveNeurons}. */
export interface NeuronOptions {
  /** Default 'adaptive'. */
  step?: StepRule | undefined
  /** Known bounds on |u| and |grad u|, for the constants. */
  uMax?: number | undefined
  pMax?: number | undefined
  /** The state of an earlier answer to the same problem, to go on from to the same bits. */
  initial?: NeuronState | undefined
}

/** A saved descent. */
export interface NeuronState extends DescentState {
  coefficients: number[]
}

/** The report of {@link solveNeurons} after each step. */
export interface NeuronReport extends DescentReport {
  energy: number
}

/** Answer of {@link solveNeurons}. */
export interface NeuronSolution extends NetworkFunctions {
  network: TwoLayerNetwork
  /** The neurons that did not depend on earlier ones; the output weights of the others are 0. */
  kept: number[]
  /** A bound on |u - u*| in H1, `residualNorm` / (m (1 + a^2)^(1/2)), a the least frequency; null unless all axes are Dirichlet. */
  errorBound: number | null
  /** The residual's norm in L2 on the fine rule. */
  residualNorm: number
  /** A bound on the distance from the best function in the span of the neurons, on the rule: dual / m. */
  discreteBound: number
  energy: number
  /** The energy on the fine rule; when it differs by 1e-6 of itself, `message` says that the rule has too few points. */
  fineEnergy: number
  m: number
  M: number
  state: NeuronState
}

/**
 * Solves a nonlinear elliptic equation on the unit box in the span of neurons with fixed inner weights, by the descent of
 * the other spaces: nothing is trained. For smooth solutions in d <= 3 the error falls fast in the number of neurons.
 *
 * `error` in reports, which `tolerance` (default 1e-10) is compared with, is the bound within the span divided by |u|.
 * `errorBound` of the answer comes from the equation itself, as exactly as the fine rule integrates the square of its
 * residual; it was 2 to 160 times the error where solutions are known. On random points it is an estimate.
 *
 * @throws TypeError or RangeError when the problem or an option is invalid, there are more neurons than numbers that the
 *   rule gives, or all neurons vanish.
 */
export const solveNeurons: Solver<[problem: NeuronInput, options: NeuronOptions], NeuronReport, NeuronSolution> =
  solver(
    'solveNeurons',
    function* (problem, options): Generator<NeuronReport, NeuronSolution, boolean> {
      const given = optionsOf(problem, 'problem', ['lagrangian', 'f', 'boundary', 'neurons', 'rule', 'fineRule'])
      const boundary = checkBoundary(given.boundary)
      const d = boundary.length
      const L = lagrangianOf(given.lagrangian, d)
      const rule = quadrature(given.rule, d, 'rule')
      const parts = { ...neuronsOf(given.neurons, d, 'neurons'), boundary }
      const count = parts.biases.length
      if (count > rule.n) refuse('neurons', `at most as many as points of the rule, ${rule.n}`, `${count}`)
      const f = forcingAt(given.f, rule)
      const bounds = conditioning(solverConstants(L, options, f), { boundary })
      const { step = 'adaptive', initial } = options
      const ruleOfSteps = checkRule(step, bounds)
      const space = new NeuronSpace(L, parts, rule, f)

      const size = space.kept.length
      const start =
        initial === undefined
          ? new Float64Array(size)
          : vectorCopy(optionsOf(initial, 'initial').coefficients, 'initial.coefficients', { length: size })
      const { last, state, ...rest } = yield* descend(
        space,
        space.iterate(start),
        {
          rule: ruleOfSteps,
          tolerance: (options as { tolerance: number }).tolerance,
          saved: initial && checkState(initial),
        },
        bounds,
      )

      const network: TwoLayerNetwork = { ...parts, outputWeights: space.outputWeights(last.c) }
      const fine = fineRuleOf(given, rule, d)
      const { residualNorm, energy: fineEnergy } = onRule(L, network, fine, forcingAt(given.f, fine))
      const { m, M } = bounds
      const dirichlet = boundary.every((condition) => condition === 'dirichlet')
      return {
        network,
        kept: space.kept,
        errorBound: dirichlet ? residualNorm / (m * Math.sqrt(1 + leastSquare(boundary))) : null,
        residualNorm,
        discreteBound: last.dual / m,
        energy: last.energy,
        fineEnergy,
        m,
        M,
        state: { ...state, coefficients: [...last.c] },
        ...networkFunctions('solveNeurons', network, L, given.f),
        ...rest,
        ...(differ(last.energy, fineEnergy) && { message: [rest.message, COARSE].filter(Boolean).join('; ') }),
      }
    },
    { tolerance: 1e-10, options: ['step', 'uMax', 'pMax', 'initial'] },
  )
