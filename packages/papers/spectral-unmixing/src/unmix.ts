import { type Matrix, type MatrixLike, number, oneOf, type Solver, solver } from '@opt/core'
import { median } from '@opt/core/experiment'
import ndarray from 'ndarray'
import { checkedGuidance, learned } from './guidance.ts'
import { Model } from './model.ts'
import { readImage, refuseDecided, startOf, UNMIX_OPTIONS, type UnmixOptions } from './options.ts'
import { countOf } from './start/vca.ts'
import { decidedBy, loadState, saveState, type UnmixState } from './state.ts'

/** The relative change of the objective is taken over so many iterations. */
const SPAN = 10

/** The report of {@link unmix} on an iteration. */
export interface UnmixReport {
  /** |J_(t - 10) - J_t| / J_(t - 10), from the tenth iteration on. */
  error?: number
  /** J, in the units of Y (squared for the Frobenius loss). */
  objective: number
}

/** The answer of {@link unmix}. */
export interface Unmixed {
  /** bands x K: the spectra, in the units of Y. */
  endmembers: Matrix
  /** K x pixels: `rawAbundances` divided by their column sums. */
  abundances: Matrix
  /** K x pixels: A as the model has it; its columns sum to about one. */
  rawAbundances: Matrix
  /** h of each pixel: 0 for the l1 norm, towards 1 for pure pixels. */
  guidance: Float64Array
  /** u_l / median u, over bands that are not zero: far below one for broken bands; all 1 with the Frobenius loss. */
  bandWeights: Float64Array
  /** The root mean square residual of each band, in the units of Y. */
  bandErrors: Float64Array
  /** The numbers of bands whose weight is below a quarter: noisy ones. A band that is stuck at a value is not noticed. */
  badBands: number[]
  /** The numbers of bands that are zero everywhere; they do no harm. */
  zeroBands: number[]
  objective: number
  /** The factors, to go on from: option `resume`. Plain JSON. */
  state: UnmixState
}

/**
 * Explains an image as Y ~ M A, spectra M and abundances A nonnegative, by minimising
 *
 *     sum_l sqrt(|e_l|^2 + eps^2) + lambda sum_nk A_kn^(1 - h_n) + (rho / 2) sum_n (1'a_n - 1)^2
 *       [+ lambda (mu / 2) sum_n (hmax - h_n)^2 with h learned]
 *
 * over M, A and h: e_l is row l, a band, of Y - M A, so that a broken band counts by its size and not by its square
 * (RRLbS; Zhu, Wang, Fan, Meng and Pan 2014). With the loss 'frobenius' the first term is |Y - M A|^2 / 2. No iteration
 * raises the objective, except with the guidance `hoyer`.
 *
 * `tolerance` (default 1e-6) is compared with the relative change of the objective over 10 iterations; `maxIterations`
 * defaults to 200.
 *
 * @param Y bands x pixels, nonnegative.
 * @param endmembers K, the number of materials, at most min(bands, pixels).
 * @throws TypeError or RangeError that names the wrong argument, option, or part of the state.
 */
export const unmix: Solver<[Y: MatrixLike, endmembers: number, options: UnmixOptions], UnmixReport, Unmixed> = solver(
  'unmix',
  function* (given, endmembers, options) {
    const { Y, unit } = readImage(given, options.negative)
    const K = countOf(endmembers, Y)
    const [bands, pixels] = Y.shape
    const { resume } = options
    if (resume !== undefined) refuseDecided(options)
    const decided = resume
      ? decidedBy(resume, { bands, pixels, endmembers: K, unit })
      : { loss: options.loss ?? 'l21', guidance: checkedGuidance(options.guidance ?? learned(), pixels, K) }
    oneOf(decided.loss, 'loss', ['l21', 'frobenius'])
    const sparsity = number(options.sparsity ?? 64, 'sparsity', { nonnegative: true, max: 1e100 })
    const sumToOne = number(options.sumToOne ?? 1000, 'sumToOne', { nonnegative: true, max: 1e100 })
    const objectiveUnit = decided.loss === 'l21' ? unit : unit * unit

    const model = new Model(Y, K, decided.loss, decided.guidance)
    let iteration = 0
    let objectives: number[]
    if (resume === undefined) {
      const start = startOf(Y, unit, K, options)
      model.start(start.endmembers, start.abundances)
      model.sparsity = sparsity * model.scale()
      model.sumToOne = sumToOne * model.scale()
      if (start.mix > 0) model.start(start.endmembers, start.abundances, start.mix)
      model.guide()
      objectives = [model.objective()]
    } else {
      ;({ iteration, objectives } = loadState(model, resume))
    }
    for (;;) {
      model.weighBands()
      model.stepAbundances()
      model.stepEndmembers()
      model.guide()
      iteration++
      objectives.push(model.objective())
      if (objectives.length > SPAN + 1) objectives.shift()
      const objective = objectives[objectives.length - 1]
      const change = Math.abs(objectives[0] - objective)
      const error = change === 0 ? 0 : change / objectives[0]
      const report = { objective: objective * objectiveUnit, ...(iteration >= SPAN && { error }) }
      if (yield report) return answer(report.objective)
    }

    function answer(objective: number): Unmixed {
      const rawAbundances = model.abundances()
      model.weighBands()
      const { weights, zeroBands } = model
      const middle = median(weights.filter((_, l) => !zeroBands.includes(l)))
      const bandWeights = weights.map((u) => u / middle)
      return {
        endmembers: model.endmembers(unit),
        abundances: parts(rawAbundances),
        rawAbundances,
        guidance: model.saved().h,
        bandWeights,
        bandErrors: model.squaredErrors.map((e2) => Math.sqrt(e2 / pixels) * unit),
        badBands: Array.from(bandWeights.keys()).filter((l) => bandWeights[l] < 0.25),
        zeroBands: [...zeroBands],
        objective,
        state: saveState(model, decided, { iteration, unit, objectives }),
      }
    }
  },
  { tolerance: 1e-6, maxIterations: 200, options: UNMIX_OPTIONS },
)

/** Divides each column by its sum. */
function parts({ data, shape: [K, pixels] }: Matrix): Matrix {
  const sums = new Float64Array(pixels)
  for (let i = 0; i < data.length; i++) sums[i % pixels] += data[i]
  return ndarray(
    data.map((v, i) => v / sums[i % pixels]),
    [K, pixels],
  )
}
