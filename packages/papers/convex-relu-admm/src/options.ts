import type { Random, Report } from '@opt/core'
import type { LossName } from './losses.ts'
import type { ConvexWeights, Network } from './network.ts'
import type { Patterns, PatternsLike } from './patterns.ts'

/**
 * How the u-step of ADMM is done. `admm`: in closed form, squared loss only (the paper's). `split`: the loss has its own copy of
 * the predictions, any loss. `rbcd`: random block coordinate descent, squared and bce (the paper's for general losses).
 */
export type Method = 'admm' | 'split' | 'rbcd'

/** Options of {@link blockDescent} and of the method `rbcd`. */
export interface BlockOptions {
  /** Chooses the blocks (default `random(0)`). */
  random?: Random
  /** `safe`: a fixed step that always descends. `armijo`: the paper's code's backtracking. */
  step?: 'safe' | 'armijo'
  /** Patterns whose weights move together in one step. */
  blockSize?: number
  /** The u-step ends when the mean of the last decreases falls below this ... */
  threshold?: number
  /** ... which shrinks by this factor an iteration. */
  thresholdDecay?: number
}

/** Options of {@link convexRelu}. */
export interface ConvexReluOptions extends BlockOptions {
  /** Activation patterns of the rows of X; repeated ones count once. */
  patterns: PatternsLike
  /** Default squared; for hinge and bce the labels are -1 and 1. */
  loss?: LossName
  /** Weight decay (default 1e-4, the paper's). */
  beta?: number
  /** Default `admm` for the squared loss, `split` for the others. Robust training has its own splitting. */
  method?: Method
  /** The linear system of `admm` and `split`: n x n (`rows`), the paper's 2 P d x 2 P d (`dense`), or the cheaper one (`auto`). */
  form?: 'auto' | 'rows' | 'dense'
  /** Penalty. Default: beta (squared), 0.1 (hinge, bce), 1 (robust squared, rbcd). Matters by factors: try 0.3 to 3 times. */
  rho?: number
  /** Dual step gamma_a; default rho, rho / 3 for rbcd. Not for robust training. */
  gamma?: number
  /** In (0, 2); 1 is the paper's (default 1.6, 1 for rbcd). */
  relaxation?: number
  /** `mean` divides the loss by n, not the weight decay. */
  reduction?: 'sum' | 'mean'
  /** Radius of the l_inf ball round every row that robust training guards against (default 0: none). */
  epsilon?: number
  /** Which features may be perturbed, d flags (default all). The column of ones of a bias should not be. */
  perturbed?: ArrayLike<boolean | number>
  /**
   * What `error` is. `gap`: how far the objective and the network's own are from the lower bound, relative to the objective; for robust
   * training how far the objective is, and the violation. `residuals` (default): the largest of that and of the relative primal and
   * dual residuals, so that 'converged' always answers for the gap.
   */
  stopping?: 'residuals' | 'gap'
  /** Objective, bound and residuals cost about an iteration: they are taken every so many (default 10), and repeated between. */
  measureEvery?: number
  /** Where to start: the `state` of an earlier answer to a problem of the same shape and method. */
  initial?: AdmmState
}

/** Where ADMM stands: names and lengths depend on the method. */
export type AdmmState = { readonly [name: string]: Float64Array }

/** What {@link convexRelu} reports. All but `error` are as if summed or averaged over rows, as `reduction` says. */
export interface ConvexReluReport extends Report {
  error: number
  /** Of the convex program at its weights, which violate the constraints by up to `violation`. */
  objective: number
  /** Of the recovered network on the training problem, without perturbations. */
  networkObjective: number
  /** No feasible weights have an objective below. */
  lowerBound: number
  /** The largest |x_k . v_i| on the wrong side, robust margins included. */
  violation: number
  /** ||A u - z|| and rho ||A' (z - z before)||. */
  primal: number
  dual: number
}

/** Answer of {@link convexRelu}. */
export interface ConvexReluSolution {
  /** P x d each; blocks pruned by the weight decay are exactly zero. */
  weights: ConvexWeights
  /** The same as a network: {@link toNetwork}. */
  network: Network
  /** Of the convex program at these weights. With a violation it may be below the optimum. */
  objective: number
  /** Of the network on the training problem (without perturbations): loss + (beta / 2) sum of squares. */
  networkObjective: number
  /** A true lower bound on the convex program with these patterns; with all patterns, on every network. */
  lowerBound: number
  /** objective - lowerBound. */
  gap: number
  violation: number
  patterns: Patterns
  /** To start again from: `initial`. */
  state: AdmmState
  /** What the reader should know, such as that no pattern has a robust cone. */
  notes: string[]
}
