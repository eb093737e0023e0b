import type { Program } from '@opt/core'
import { descent, elementwise, moments, PENALIZED, RATES } from './elementwise.ts'

const ADAM = ['rate', 'correct', 'keep', ...RATES, 'epsilon']
const PLAIN = `
  let d = g[i];`

export const lion: Program = elementwise(
  'lion',
  ['x', 'm'],
  ['g'],
  ['rate', 'keep', ...RATES],
  `
  let d = g[i];
  let c = p.beta1 * m[i] + p.rest1 * d;
  let step = select(select(select(c, 0.0, c == 0.0), -p.rate, c < 0.0), p.rate, c > 0.0);
  x[i] = p.keep * x[i] - step;
  m[i] = p.beta2 * m[i] + p.rest2 * d;`,
)

export const adamw: Program = elementwise('adamw', ['x', 'm', 'v'], ['g'], ADAM, PLAIN + moments() + descent())

export const adam: Program = elementwise(
  'adam',
  ['x', 'm', 'v'],
  ['g'],
  [...ADAM, 'l2'],
  PENALIZED + moments() + descent(),
)

export const amsgrad: Program = elementwise(
  'amsgrad',
  ['x', 'm', 'v', 'w'],
  ['g'],
  [...ADAM, 'l2'],
  `${PENALIZED}${moments()}
  let largest = max(w[i], second);
  w[i] = largest;${descent('largest')}`,
)

export const descend: Program = elementwise(
  'descend',
  ['x'],
  ['g'],
  ['rate', 'keep', 'l2'],
  `${PENALIZED}
  x[i] = p.keep * x[i] - p.rate * d;`,
)

export const sgd: Program = elementwise(
  'sgd',
  ['x', 'b'],
  ['g'],
  ['rate', 'keep', 'l2', 'momentum', 'gain', 'nesterov: u32'],
  `${PENALIZED}
  let velocity = p.momentum * b[i] + p.gain * d;
  b[i] = velocity;
  x[i] = p.keep * x[i] - p.rate * select(velocity, p.momentum * velocity + d, p.nesterov != 0u);`,
)

const rmspropOf = (centered: boolean, momentum: boolean): Program =>
  elementwise(
    'rmsprop',
    ['x', 's', ...(centered ? ['a'] : []), ...(momentum ? ['b'] : [])],
    ['g'],
    ['rate', 'keep', 'l2', 'alpha', 'rest', 'epsilon', 'momentum'],
    `${PENALIZED}
  var second = p.alpha * s[i] + p.rest * (d * d);
  s[i] = second;
  ${centered ? 'let mean = p.alpha * a[i] + p.rest * d; a[i] = mean; second = max(second - mean * mean, 0.0);' : ''}
  var step = d / (sqrt(second) + p.epsilon);
  ${momentum ? 'step = p.momentum * b[i] + step; b[i] = step;' : ''}
  x[i] = p.keep * x[i] - p.rate * step;`,
  )

/** By whether it is centered, and by whether it has momentum: arrays that are not needed are not bound. */
export const rmsprop: readonly (readonly Program[])[] = [false, true].map((centered) =>
  [false, true].map((momentum) => rmspropOf(centered, momentum)),
)

export const adagrad: Program = elementwise(
  'adagrad',
  ['x', 's'],
  ['g'],
  ['rate', 'keep', 'l2', 'epsilon'],
  `${PENALIZED}
  let sum = d * d + s[i];
  s[i] = sum;
  x[i] = p.keep * x[i] - (p.rate * d) / (sqrt(sum) + p.epsilon);`,
)

export const adamDirection: Program = elementwise(
  'adamDirection',
  ['m', 'v', 'g'],
  [],
  ['correct', ...RATES, 'epsilon', 'nesterov: u32'],
  `${PLAIN}${moments()}
  let ahead = select(first, p.beta1 * first + p.rest1 * d, p.nesterov != 0u);
  g[i] = ahead / (sqrt(second * p.correct) + p.epsilon);`,
)

export const diffgrad: Program = elementwise(
  'diffgrad',
  ['x', 'm', 'v', 'q'],
  ['g'],
  ['rate', 'keep', ...RATES, 'epsilon', 'l2'],
  `${PENALIZED}${moments()}
  let rub = 1.0 + exp(-abs(q[i] - d));
  q[i] = d;
  x[i] = p.keep * x[i] - (p.rate * first) / (rub * (sqrt(second) + p.epsilon));`,
)

export const adahessian: Program = elementwise(
  'adahessian',
  ['x', 'm', 'v'],
  ['g', 'h'],
  ADAM,
  PLAIN + moments('h[i]') + descent(),
)

/** With any power of the curvature; 0^0 = 1. */
export const adahessianPower: Program = elementwise(
  'adahessianPower',
  ['x', 'm', 'v'],
  ['g', 'h'],
  [...ADAM, 'power'],
  `${PLAIN}${moments('h[i]')}
  let square = second * p.correct;
  let flat = select(0.0, 1.0, p.power == 0.0);
  let curvature = select(flat, pow(square, 0.5 * p.power), square > 0.0);
  x[i] = p.keep * x[i] - (p.rate * first) / (curvature + p.epsilon);`,
)

export const scaleAbove: Program = elementwise(
  'scaleAbove',
  ['x'],
  [],
  ['limit', 'factor'],
  `
  if (abs(x[i]) > p.limit) { x[i] *= p.factor; }`,
)

export const fill: Program = elementwise('fill', ['x'], [], ['value'], 'x[i] = p.value;')

export const copy: Program = elementwise('copy', ['to'], ['source'], [], 'to[i] = source[i];')

/** Finds numbers that are not finite or too large, by their bits: arithmetic on a GPU may take it that there are none. */
export const inspect: Program = {
  name: 'inspect',
  reads: ['x: u32'],
  writes: ['guard: atomic<u32>'],
  each: 'n',
  numbers: ['which: u32', 'step: u32', 'limit: u32'],
  body: `
  if ((x[i] & 0x7fffffffu) < p.limit) { return; }
  let held = atomicLoad(&guard[0]);
  if (held != 0u && held != p.step) { return; }
  atomicStore(&guard[0], p.step);
  atomicMax(&guard[1u + p.which], 0xffffffffu - i);`,
}
