import type { BilevelProblem, LowerLevel } from '@opt/bilevel'
import {
  boolean,
  callback,
  number,
  oneOf,
  options as optionsOf,
  refuse,
  show,
  type VectorLike,
  vectorCopy,
} from '@opt/core'

/** Which data each part of a step looks at; undefined means all. */
export interface Batches {
  /** Returns the batch of the next gradient of g. */
  lower(): unknown
  /** Returns the batch of the products with the Hessian of g in a step. */
  hvp(): unknown
  /** Returns the batch of the gradient of F in a step. */
  upper(): unknown
}

/** Options of epoch-SGD. */
export interface RefineOptions {
  /** Step of the first epoch; default `gamma`, or 1. */
  step?: number | undefined
  /** Number of steps of the first epoch. Default 20. */
  steps?: number | undefined
  /** Radius of the first epoch's ball, or Infinity. Default 10. */
  radius?: number | undefined
  /** Default 3. */
  epochs?: number | undefined
}

/** Options of a periodic update. */
export interface UpdateOptions {
  /** Default 1. */
  step?: number | undefined
  /** Default 3. */
  steps?: number | undefined
  /** Radius of the ball around the start. Default Infinity. */
  radius?: number | undefined
  /** Whether the average is returned, and not the last iterate. Default false. */
  average?: boolean | undefined
}

/** Options of {@link boRep}. */
export interface BoRepOptions {
  /** Length of a step, or a function of k = 0, 1, ... Default 0.05. */
  eta?: number | ((k: number) => number) | undefined
  /** Momentum, in [0, 1). Default 0.9. */
  beta?: number | undefined
  /** Step of the adjoint, below 2 / L where L is the largest curvature of g in y. Default 0.5. */
  nu?: number | undefined
  /** Step of y, below 2 / L. Default 1. */
  gamma?: number | undefined
  /** I: y is updated every so many steps. Default 2. */
  period?: number | undefined
  /** N, the gradient steps of an update of y. Default 3. */
  inner?: number | undefined
  /** R, how far an update may move y. Default Infinity. */
  radius?: number | undefined
  /** Whether an update returns the average of its iterates, and not the last. Default false. */
  average?: boolean | undefined
  /** Refinement of y before the first step; null: none. Default { step: gamma, steps: 20, radius: 10, epochs: 3 }. */
  refine?: RefineOptions | null | undefined
  /** false: x moves by eta m, plain momentum without normalisation. Default true. */
  normalized?: boolean | undefined
  /** Whether hypergradients take z after its update or before it, which saves a Hessian product. Default 'new'. */
  adjoint?: 'new' | 'old' | undefined
  /** Default: all data in each step. */
  batches?: Batches | undefined
  /** Every how many steps Phi and its gradient are computed exactly. Default 0: never. */
  measureEvery?: number | undefined
}

/** Where {@link boRep} starts: x and y, or the answer of a run to go on from. */
export interface BoRepStart {
  x: VectorLike
  y: VectorLike
  /** Adjoint. Default 0. */
  z?: VectorLike | undefined
  /** Momentum. Default 0. */
  m?: VectorLike | undefined
  /** Steps taken before, in a run that goes on; y is then not refined. Default 0. */
  k?: number | undefined
}

/** Parameters of epoch-SGD, checked. */
export interface RefineParameters {
  step: number
  steps: number
  radius: number
  epochs: number
}

/** Parameters of a periodic update, checked. */
export interface UpdateParameters {
  step: number
  steps: number
  radius: number
  average: boolean
}

/** Parameters of a run, checked. */
interface Parameters {
  etaAt: (k: number) => number
  beta: number
  nu: number
  period: number
  update: UpdateParameters
  refine: RefineParameters | null
  normalized: boolean
  /** Whether one Hessian product serves both z and the hypergradient. */
  reuse: boolean
  batches: Batches
  measureEvery: number
}

type WithProducts = BilevelProblem<never, never> & { lower: Required<Pick<LowerLevel<never>, 'hvp'>> }

/** Refuses what lacks a function. */
export function checkProblemParts(problem: BilevelProblem<never, never>): WithProducts {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null
  if (!isObject(problem)) refuse('problem', 'an object with upper and lower', show(problem), 'type')
  const { upper, lower } = problem
  if (!isObject(upper)) refuse('upper', 'an object with value and gradient', show(upper), 'type')
  if (!isObject(lower)) refuse('lower', 'an object with value, gradient and hvp', show(lower), 'type')
  callback(upper.value, 'upper.value')
  callback(upper.gradient, 'upper.gradient')
  callback(lower.value, 'lower.value')
  callback(lower.gradient, 'lower.gradient')
  if (lower.hvp === undefined)
    refuse('lower.hvp', 'a function (@opt/lv-hba solves problems without second derivatives)', 'undefined', 'type')
  callback(lower.hvp, 'lower.hvp')
  return problem as WithProducts
}

const iterations = { integer: true, min: 1, max: 2147483647 }

function radiusOf(value: unknown, label: string): number {
  return value === Infinity ? value : number(value, label, { positive: true })
}

/** Checks the options of epoch-SGD. */
export function refineParameters(given: RefineOptions, gamma: number, name: string): RefineParameters {
  return {
    step: number(given.step ?? gamma, `${name}step`, { positive: true }),
    steps: number(given.steps ?? 20, `${name}steps`, iterations),
    radius: radiusOf(given.radius ?? 10, `${name}radius`),
    epochs: number(given.epochs ?? 3, `${name}epochs`, { integer: true, min: 1, max: 40 }),
  }
}

/** Checks the options of a periodic update. */
export function updateParameters(given: UpdateOptions, name = ''): UpdateParameters {
  return {
    step: number(given.step ?? 1, `${name}step`, { positive: true }),
    steps: number(given.steps ?? 3, `${name}steps`, iterations),
    radius: radiusOf(given.radius ?? Infinity, `${name}radius`),
    average: boolean(given.average ?? false, `${name}average`),
  }
}

function etaOf(eta: BoRepOptions['eta']): (k: number) => number {
  if (typeof eta === 'function') return (k) => number(eta(k), `eta(${k})`, { positive: true })
  const constant = number(eta ?? 0.05, 'eta', { positive: true })
  return () => constant
}

const ALL: Batches = { lower: () => undefined, hvp: () => undefined, upper: () => undefined }

function checkBatches(batches: Batches): Batches {
  optionsOf(batches, 'batches')
  for (const part of ['lower', 'hvp', 'upper'] as const) callback(batches[part], `batches.${part}`)
  return batches
}

/** Checks the options of {@link boRep}. */
export function readOptions(given: BoRepOptions): Parameters {
  const beta = number(given.beta ?? 0.9, 'beta', { nonnegative: true })
  if (beta >= 1) refuse('beta', 'in [0, 1)', String(beta))
  const gamma = number(given.gamma ?? 1, 'gamma', { positive: true })
  return {
    etaAt: etaOf(given.eta),
    beta,
    nu: number(given.nu ?? 0.5, 'nu', { positive: true }),
    period: number(given.period ?? 2, 'period', iterations),
    update: {
      step: gamma,
      steps: number(given.inner ?? 3, 'inner', iterations),
      radius: radiusOf(given.radius ?? Infinity, 'radius'),
      average: boolean(given.average ?? false, 'average'),
    },
    refine: given.refine === null ? null : refineParameters(optionsOf(given.refine, 'refine'), gamma, 'refine.'),
    normalized: boolean(given.normalized ?? true, 'normalized'),
    reuse: oneOf(given.adjoint ?? 'new', 'adjoint', ['new', 'old']) === 'old',
    batches: given.batches === undefined ? ALL : checkBatches(given.batches),
    measureEvery: number(given.measureEvery ?? 0, 'measureEvery', { integer: true, min: 0 }),
  }
}

/** The iterate: copies of what is given, the rest 0. */
export function startOf(given: BoRepStart): {
  x: Float64Array
  y: Float64Array
  z: Float64Array
  m: Float64Array
  k: number
} {
  if (typeof given !== 'object' || given === null) refuse('start', 'an object with x and y', show(given), 'type')
  const x = vectorCopy(given.x, 'start.x')
  const y = vectorCopy(given.y, 'start.y')
  const like = ({ length }: Float64Array, value: VectorLike | undefined, label: string) =>
    value === undefined ? new Float64Array(length) : vectorCopy(value, label, { length })
  return {
    x,
    y,
    z: like(y, given.z, 'start.z'),
    m: like(x, given.m, 'start.m'),
    k: number(given.k ?? 0, 'start.k', { integer: true, min: 0, max: 9007199254740990 }),
  }
}
