import { type Matrix, type MatrixLike, matrix, oneOf, options as optionsOf, type Random, refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import type { Guidance } from './guidance.ts'
import { divided, unitOf } from './linear/unit.ts'
import type { Loss } from './model.ts'
import { plainStart, type Start, whiten } from './start/whitened.ts'
import type { UnmixState } from './state.ts'

/** Factors to start from. */
export interface GivenStart {
  /** bands x K, nonnegative. */
  endmembers: MatrixLike
  /** K x pixels, nonnegative. */
  abundances: MatrixLike
  /** Not used: so that the answer of {@link whitenedStart} can be given as it is. */
  noise?: ArrayLike<number> | undefined
}

/** Options of {@link unmix}. */
export interface UnmixOptions {
  /** 'l21', robust to broken bands, or 'frobenius', as in NMF. Default 'l21'. */
  loss?: Loss | undefined
  /** How sparse pixels are to be: {@link learned}, {@link constant}, {@link hoyer} or {@link data}. Default `learned()`. */
  guidance?: Guidance | undefined
  /** lambda, in units of the start's median residual a pixel. Default 64; 0: no sparsity. */
  sparsity?: number | undefined
  /** rho, in the same units: how strongly abundances sum to one. Default 1000; keep it well above `sparsity`. */
  sumToOne?: number | undefined
  /** Where to start: 'whitened', 'vca' without regard to noise, or given factors. Default 'whitened'. */
  initial?: 'whitened' | 'vca' | GivenStart | undefined
  /** Restarts of vca. Default 100. */
  restarts?: number | undefined
  /** A seed, or a generator that is drawn from. Default 0. */
  random?: number | Random | undefined
  /** What to do with negative entries of Y: refuse them, or take them as 0. Default 'refuse'. */
  negative?: 'refuse' | 'clip' | undefined
  /** The state of an earlier answer, with the same Y and number of end-members: the run goes on to the same bits. */
  resume?: UnmixState | undefined
}

export const UNMIX_OPTIONS = [
  'loss',
  'guidance',
  'sparsity',
  'sumToOne',
  'initial',
  'restarts',
  'random',
  'negative',
  'resume',
] as const

/** Reads an image: bands x pixels, nonnegative, divided by a unit, so that it lies about 1. */
export function readImage(given: MatrixLike, negative: UnmixOptions['negative']): { Y: Matrix; unit: number } {
  oneOf(negative ?? 'refuse', 'negative', ['refuse', 'clip'])
  const clip = negative === 'clip'
  const { data, shape } = matrix(given, 'Y', clip ? {} : { sign: 'nonnegative' })
  const values = clip ? data.map((v) => Math.max(v, 0)) : data
  if (!values.some((v) => v > 0)) refuse('Y', 'positive somewhere', 'no positive entry')
  const unit = unitOf(values)
  return { Y: ndarray(divided(values, unit), shape.slice()), unit }
}

/** Finds or reads the start; `mix` says how far its abundances are to be moved towards equal parts. */
export function startOf(Y: Matrix, unit: number, K: number, options: UnmixOptions): Start & { mix: number } {
  const { initial = 'whitened', random, restarts } = options
  if (typeof initial === 'string') {
    oneOf(initial, 'initial', ['whitened', 'vca'])
    // Zeros, which a multiplicative step never moves, become small parts.
    return { ...(initial === 'vca' ? plainStart : whiten)(Y, K, { random, restarts }), mix: 1e-3 }
  }
  const given = optionsOf(initial, 'initial', ['endmembers', 'abundances', 'noise'])
  const [bands, pixels] = Y.shape
  const rule = { sign: 'nonnegative', rows: bands, columns: K } as const
  const M = matrix(given.endmembers, 'initial.endmembers', rule)
  const A = matrix(given.abundances, 'initial.abundances', { sign: 'nonnegative', rows: K, columns: pixels })
  const endmembers = ndarray(divided(M.data, unit), M.shape)
  for (const v of endmembers.data) if (v > 1e100) refuse('initial.endmembers', 'of the size of Y', show(v * unit))
  for (const v of A.data) if (v > 1e100) refuse('initial.abundances', 'parts of a whole', show(v))
  return { endmembers, abundances: A, mix: 0 }
}

/** Refuses options that a resumed state has decided. */
export function refuseDecided(options: UnmixOptions): void {
  for (const name of ['loss', 'guidance', 'sparsity', 'sumToOne', 'initial', 'restarts', 'random'] as const)
    if (options[name] !== undefined) refuse(name, 'left out: the state decides it', show(options[name]))
}
