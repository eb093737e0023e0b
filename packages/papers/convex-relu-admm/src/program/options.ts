import type { Random, Report } from '@opt/core'
import type { Patterns, PatternsLike } from '../patterns/patterns.ts'
import type { LossName } from './losses.ts'
import type { ConvexWeights, Network } from './network.ts'

/**
 * How ADMM updates u. `admm`: in closed form, squared loss only (the paper's). `split`: the loss
 * gets a copy of the predictions, for any loss. `rbcd`: random block coordinate descent,
 * squared and bce (the paper's for general losses).
 */
export type Method = 'admm' | 'split' | 'rbcd'

/** Options of {@link blockDescent} and of the method `rbcd`. */
export interface BlockOptions {
  /** Chooses the blocks (default `random(0)`). */
  random?: Random
  /** `safe` (default): a fixed step that always descends. `armijo`: backtracking, as in the paper's code. */
  step?: 'safe' | 'armijo'
  /** The number of patterns whose weights move together in one step (default 1). */
  blockSize?: number
  /** The u-update ends when the mean of the last decreases falls below this (default 1.3e-3), ... */
  threshold?: number
  /** ... which is multiplied by this factor after every u-update (default 0.96). */
  thresholdDecay?: number
}

/** Options of {@link convexRelu}. */
export interface ConvexReluOptions extends BlockOptions {
  /** Activation patterns of the rows of X; repeated ones count once. */
  patterns: PatternsLike
  /** Default squared; for hinge and bce the labels are -1 and 1. */
  loss?: LossName | undefined
  /** Weight decay (default 1e-4, the paper's). */
  beta?: number
  /** Default `admm` for the squared loss, `split` for the others. Robust training has its own splitting. */
  method?: Method
  /**
   * The linear system of `admm` and `split`: n x n (`rows`), the paper's 2 P d x 2 P d (`dense`),
   * or the cheaper (`auto`).
   */
  form?: 'auto' | 'rows' | 'dense'
  /**
   * Penalty. Default: beta (squared), 0.1 (hinge, bce), 1 (robust squared, rbcd). Factors of 0.3 to
   * 3 change the number of iterations noticeably.
   */
  rho?: number | undefined
  /** Dual step gamma_a; default rho, rho / 3 for rbcd. Not for robust training. */
  gamma?: number
  /** Over-relaxation, in (0, 2); default 1.6 (1, the paper's, for rbcd). */
  relaxation?: number
  /** `mean` divides the loss by n, not the weight decay. */
  reduction?: 'sum' | 'mean'
  /** Radius of the l_inf ball around every row that robust training guards against (default 0: none). */
  epsilon?: number
  /** d flags: which features may be perturbed (default all). Leave out a bias's column of ones. */
  perturbed?: ArrayLike<boolean | number>
  /**
   * What `error` is. `gap`: the distance of the objective and of the network's objective from the
   * lower bound, relative to the objective; for robust training the distance of the objective, and
   * the violation. `residuals` (default): the largest of that and of the relative primal and dual
   * residuals, so that 'converged' always implies a small gap.
   */
  stopping?: 'residuals' | 'gap'
  /** Iterations between measurements of objective, bound and residuals (default 10); each costs about one iteration. */
  measureEvery?: number
  /** The `state` of an earlier answer to a problem of the same shape and method, to continue from. */
  initial?: AdmmState
}

/** The variables of ADMM; names and lengths depend on the method. */
export type AdmmState = { readonly [name: string]: Float64Array }

/** Report of {@link convexRelu}. All but `error` are summed or averaged over rows, as `reduction` says. */
export interface ConvexReluReport extends Report {
  /** See `stopping`. */
  error: number
  /** Of the convex program at its weights, which violate the constraints by up to `violation`. */
  objective: number
  /** Of the recovered network on the training problem, without perturbations. */
  networkObjective: number
  /** No feasible weights have an objective below this. */
  lowerBound: number
  /** The largest |x_k . v_i| on the wrong side, robust margins included. */
  violation: number
  /** Norm of the primal residual: u - v, G u - s (and F u - r). */
  primal: number
  /** Norm of the dual residual: rho times the change of v, s (and r), mapped back to u. */
  dual: number
}

/** Answer of {@link convexRelu}. */
export interface ConvexReluSolution {
  /** P x d each; blocks pruned by the weight decay are exactly zero. */
  weights: ConvexWeights
  /** The weights as a network: {@link toNetwork}. */
  network: Network
  /** Of the convex program at these weights. If they violate the constraints, it may be below the optimum. */
  objective: number
  /** Of the network on the training problem (without perturbations): loss + (beta / 2) sum of squares. */
  networkObjective: number
  /** A true lower bound on the convex program with these patterns; with all patterns, on every network. */
  lowerBound: number
  /** objective - lowerBound. */
  gap: number
  /** The largest violation of the constraints at these weights. */
  violation: number
  /** Those given, without repeated ones, in the order of `weights`. */
  patterns: Patterns
  /** Pass it as `initial` to continue. */
  state: AdmmState
  /** Remarks on the answer, such as that no pattern has a robust cone. */
  notes: string[]
}
