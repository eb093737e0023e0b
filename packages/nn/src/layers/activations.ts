import {
  type ActivationKernels,
  callback,
  erf,
  exp,
  normalCdf,
  oneOf,
  refuse,
  show,
  sigmoid,
  softplus,
  tanh,
} from '@opt/core'
import type { Real } from '../real.ts'
import { type ReluKernels, relu as reluLoop, timesStep } from './relu.ts'

/** An activation phi of n numbers at a time: `s` are the pre-activations, `a` = phi(s). See {@link elementwise}. */
export interface Activation {
  readonly name: string
  /** a = phi(s). */
  value(n: number, s: Real, a: Real): void
  /** d *= phi'(s). */
  timesSlope(n: number, s: Real, a: Real, d: Real): void
  /** d *= phi''(s); null where phi is piecewise linear. */
  timesCurvature: ((n: number, s: Real, a: Real, d: Real) => void) | null
}

export type ActivationName = 'identity' | 'relu' | 'leaky-relu' | 'tanh' | 'softplus' | 'gelu' | 'erf'

/**
 * Makes an activation of its scalar formulas.
 *
 * @param value phi(s)
 * @param slope phi'(s), given s and a = phi(s)
 * @param curvature phi''(s), given s and a = phi(s)
 * @throws TypeError when one of them is not a function.
 */
export function elementwise(
  name: string,
  value: (s: number) => number,
  slope: (s: number, a: number) => number,
  curvature: (s: number, a: number) => number,
): Activation {
  if (typeof name !== 'string') refuse('elementwise: name', 'a text', show(name), 'type')
  for (const [label, f] of Object.entries({ value, slope, curvature })) callback(f, `elementwise: ${label}`)
  return {
    name,
    value(n, s, a) {
      for (let i = 0; i < n; i++) a[i] = value(s[i])
    },
    timesSlope(n, s, a, d) {
      for (let i = 0; i < n; i++) d[i] *= slope(s[i], a[i])
    },
    timesCurvature(n, s, a, d) {
      for (let i = 0; i < n; i++) d[i] *= curvature(s[i], a[i])
    },
  }
}

const identity: Activation = {
  name: 'identity',
  value(n, s, a) {
    for (let i = 0; i < n; i++) a[i] = s[i]
  },
  timesSlope() {},
  timesCurvature: null,
}

const step = /* @__PURE__ */ timesStep()

/** The slope at 0 is 0. */
const relu: Activation = {
  name: 'relu',
  value: /* @__PURE__ */ reluLoop(),
  timesSlope: (n, s, _a, d) => step(n, s, d),
  timesCurvature: null,
}

const LEAK = 0.01

const leakyRelu: Activation = {
  name: 'leaky-relu',
  value(n, s, a) {
    for (let i = 0; i < n; i++) a[i] = s[i] * (LEAK + (1 - LEAK) * +(s[i] > 0))
  },
  timesSlope(n, s, _a, d) {
    for (let i = 0; i < n; i++) d[i] *= LEAK + (1 - LEAK) * +(s[i] > 0)
  },
  timesCurvature: null,
}

/** The density of the standard normal distribution, 1/sqrt(2 pi) exp(-s^2/2). */
const density = (s: number) => 0.3989422804014327 * exp(-0.5 * s * s)
/** 2/sqrt(pi) exp(-s^2), the slope of erf. */
const erfSlope = (s: number) => 1.1283791670955126 * exp(-s * s)

const activations: Record<ActivationName, Activation> = {
  identity,
  relu,
  'leaky-relu': leakyRelu,
  tanh: /* @__PURE__ */ elementwise(
    'tanh',
    tanh,
    (_, a) => 1 - a * a,
    (_, a) => -2 * a * (1 - a * a),
  ),
  softplus: /* @__PURE__ */ elementwise('softplus', softplus, sigmoid, (s) => {
    const p = sigmoid(s)
    return p * (1 - p)
  }),
  gelu: /* @__PURE__ */ elementwise(
    'gelu',
    (s) => s * normalCdf(s),
    (s) => normalCdf(s) + s * density(s),
    (s) => (2 - s * s) * density(s),
  ),
  erf: /* @__PURE__ */ elementwise('erf', erf, erfSlope, (s) => -2 * s * erfSlope(s)),
}

/** Returns the activation of that name, or the given one. */
export function activationOf(activation: ActivationName | Activation): Activation {
  const given = activation as Partial<Activation> | null
  if (typeof given?.value === 'function' && typeof given.timesSlope === 'function') return given as Activation
  return activations[
    oneOf(activation as ActivationName, 'mlp: activation', Object.keys(activations) as ActivationName[])
  ]
}

type Kernels = ActivationKernels & ReluKernels

/** The kernels that stand for the formulas of an activation. */
interface Formulas {
  readonly value: keyof Kernels
  readonly slope?: keyof Kernels
  readonly curvature?: keyof Kernels
}

const formulas: ReadonlyMap<Activation, Formulas> = /* @__PURE__ */ new Map<Activation, Formulas>([
  [activations.relu, { value: 'relu', slope: 'timesStep' }],
  [activations.tanh, { value: 'vtanh' }],
  [activations.softplus, { value: 'vsoftplus', slope: 'timesSigmoid', curvature: 'timesSigmoidSlope' }],
])

/**
 * Returns the activation on kernels of a memory, where it has some: the same bits, in a fraction of the time. Arrays of
 * another memory go to the formulas.
 */
export function onKernels(activation: Activation, kernels: Kernels, memory: ArrayBufferLike): Activation {
  const known = formulas.get(activation)
  if (!known) return activation
  const choose = (name: keyof Kernels | undefined, formula: Activation['timesSlope']) => {
    if (!name) return formula
    const loop = kernels[name] as (n: number, s: Real, d: Real) => void
    return (n: number, s: Real, a: Real, d: Real) => {
      if (s.buffer === memory && d.buffer === memory) loop(n, s, d)
      else formula(n, s, a, d)
    }
  }
  const value = choose(known.value, (n, s, _, a) => activation.value(n, s, a))
  return {
    name: activation.name,
    value: (n, s, a) => value(n, s, a, a),
    timesSlope: choose(known.slope, activation.timesSlope),
    timesCurvature: activation.timesCurvature && choose(known.curvature, activation.timesCurvature),
  }
}
