import type { CurvatureMatrix } from '../batches.ts'
import { maximalRate, polyak } from '../theory/maximal-rate.ts'

/** What a rule sees. */
export interface Seen {
  /** Largest eigenvalue, held up by earlier measurements. */
  lambda: number
  /** Trace, likewise. */
  trace: number
  /** The Ritz value that stands for the bulk. */
  bulk: number
  batch: number
  count: number
  /** The momentum that was asked for. */
  momentum: number
  /** |g|^2 / g'Hg, for 'cauchy'. */
  cauchy: number
}

/** How a rate and a momentum follow from the spectrum of a sample, and what sample that takes. */
export interface Rule {
  matrix: CurvatureMatrix
  momentum: number
  safety: number
  sample(batch: number): number
  steps: number
  probes(batch: number): number
  /** Whether the first measurement uses the stochastic rule instead. */
  warm: boolean
  choose(seen: Seen): { rate: number; momentum: number }
}

export type RuleName = 'stochastic' | 'batch' | 'polyak' | 'cauchy'

const modest = { sample: () => 128, probes: () => 2, warm: false }

export const RULES: Readonly<Record<RuleName, Rule>> = {
  /** R(B), from the Gauss-Newton matrix of a sample. */
  stochastic: {
    ...modest,
    matrix: 'gauss-newton',
    momentum: 0.9,
    safety: 0.5,
    steps: 6,
    choose: ({ lambda, trace, batch, count, momentum }) => ({
      rate: maximalRate({ lambda, trace, batch, count, momentum }),
      momentum,
    }),
  },
  /** From the Hessian of batches of the size that the training uses. */
  batch: {
    ...modest,
    matrix: 'hessian',
    momentum: 0.9,
    safety: 1,
    sample: (batch) => batch,
    steps: 10,
    probes: (batch) => (batch < 16 ? 8 : 4),
    choose: ({ lambda, bulk, momentum }) => {
      const best = polyak(lambda, bulk)
      const rho = Math.min(momentum, best.momentum)
      return { rate: (1 - rho) * best.plainRate, momentum: rho }
    },
  },
  /** Polyak's rate and momentum, the best of a quadratic without noise. */
  polyak: {
    ...modest,
    matrix: 'hessian',
    momentum: 0.9,
    safety: 1,
    steps: 10,
    warm: true,
    choose: ({ lambda, bulk }) => polyak(lambda, bulk),
  },
  /** The best step along the gradient of a large sample. */
  cauchy: {
    ...modest,
    matrix: 'hessian',
    momentum: 0,
    safety: 1,
    sample: () => 1024,
    steps: 6,
    warm: true,
    choose: ({ cauchy, momentum }) => ({ rate: cauchy, momentum }),
  },
}
