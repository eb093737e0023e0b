import { cos, type Random, sin, tanh } from '@opt/core'
import type { Environment } from '../index.ts'

/** Position, velocity, angle, rate of the angle, and the steps of the episode so far. */
export type CartState = readonly [x: number, v: number, angle: number, rate: number, steps: number]

const [STEP, CART, POLE, HALF, GRAVITY, FORCE] = [0.02, 1, 0.1, 0.5, 9.8, 10]
export const LONGEST = 200
const GAINS = [-1.1841717458812264, -1.4396388016138595, -8.932744301438227, -2.131765491223719]

/** A pole on a cart that is pushed by 10 clip(action, -1, 1): the cart-pole of Barto, Sutton and Anderson, explicit Euler. */
export const cartPole: Environment<CartState> = {
  reset: (random: Random) => [
    random.uniform(-1, 1),
    random.uniform(-0.5, 0.5),
    random.uniform(-0.2, 0.2),
    random.uniform(-0.5, 0.5),
    0,
  ],
  step([x, v, angle, rate, steps], [action]) {
    const force = FORCE * Math.min(Math.max(action, -1), 1)
    const [s, c] = [sin(angle), cos(angle)]
    const mass = CART + POLE
    const push = (force + POLE * HALF * rate * rate * s) / mass
    const turn = (GRAVITY * s - c * push) / (HALF * (4 / 3 - (POLE * c * c) / mass))
    const next: CartState = [
      x + STEP * v,
      v + STEP * (push - (POLE * HALF * turn * c) / mass),
      angle + STEP * rate,
      rate + STEP * turn,
      steps + 1,
    ]
    return Math.abs(next[2]) > 0.6 || Math.abs(next[0]) > 4 || next[4] >= LONGEST ? null : next
  },
  features: ([x, v, angle, rate]) => [0.5 * x, 0.5 * v, 4 * angle, rate, 1],
}

/** The expert: a linear-quadratic regulator through tanh. */
export const regulator = (state: CartState): number[] => [
  tanh(-GAINS.reduce((sum, gain, k) => sum + gain * state[k], 0)),
]
