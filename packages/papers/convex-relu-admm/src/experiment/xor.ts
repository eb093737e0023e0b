import { type ExperimentContext, type Image, random } from '@opt/core'
import { convexRelu } from '../convex-relu.ts'
import { samplePatterns } from '../patterns/sample.ts'
import { thickPatterns } from '../patterns/thick-patterns.ts'
import { type Network, predict } from '../program/network.ts'
import { adversarialAccuracy } from '../robust/attacks.ts'

const EPSILON = 0.5
const PERTURBED = [true, true, false]
const SIDE = 96

/** Returns points in squares of half-width 0.25 around (+-1, +-1), labelled by the product of the signs. */
function squares(seed: number, each: number): { X: number[][]; y: number[] } {
  const rng = random(seed)
  const X: number[][] = []
  const y: number[] = []
  for (const a of [-1, 1])
    for (const b of [-1, 1])
      for (let k = 0; k < each; k++) {
        X.push([a + rng.uniform(-0.25, 0.25), b + rng.uniform(-0.25, 0.25), 1])
        y.push(a * b)
      }
  return { X, y }
}

/** Draws the decision over [-2, 2]^2, grey 60 and 195 by sign, with the training points in black and white. */
function picture(network: Network, { X, y }: { X: number[][]; y: number[] }, label: string): Image {
  const at = (k: number) => -2 + (4 * (k + 0.5)) / SIDE
  const grid = Array.from({ length: SIDE * SIDE }, (_, p) => [at(p % SIDE), -at(Math.floor(p / SIDE)), 1])
  const data: number[] = Array.from(predict(network, grid), (f) => (f >= 0 ? 195 : 60))
  for (const [k, [a, b]] of X.entries()) {
    const column = Math.floor(((a + 2) / 4) * SIDE)
    const row = Math.floor(((2 - b) / 4) * SIDE)
    data[row * SIDE + column] = y[k] > 0 ? 255 : 0
  }
  return { width: SIDE, height: SIDE, channels: 1, data, label }
}

/** E3 in the plane: XOR with boxes that fill most of the space between the classes. */
export async function xor(context: ExperimentContext, from: number, to: number): Promise<void> {
  const accuracies: number[] = []
  const standard: number[] = []
  for (let s = 0; s < 5; s++) {
    const seed = 1000 * context.seed + s
    const train = squares(seed, 6)
    const options = { loss: 'hinge', beta: 0.05, maxIterations: 500, history: false } as const
    const thick = thickPatterns(train.X, { count: 6, perturbed: PERTURBED, random: random(seed) })
    const gaussian = samplePatterns(train.X, { count: 6, random: random(seed) })
    const robust = convexRelu(train.X, train.y, { ...options, patterns: thick, epsilon: EPSILON, perturbed: PERTURBED })
    const plain = convexRelu(train.X, train.y, { ...options, patterns: gaussian })
    const attack = { epsilon: EPSILON, perturbed: PERTURBED, random: random(seed) }
    accuracies.push(adversarialAccuracy(robust.network, train.X, train.y, attack))
    standard.push(adversarialAccuracy(plain.network, train.X, train.y, attack))
    if (s === 0)
      context.figure({
        kind: 'images',
        title: 'XOR: standard and robust training',
        images: [
          picture(plain.network, train, 'standard'),
          picture(robust.network, train, `robust, epsilon ${EPSILON}`),
        ],
      })
    await context.progress(from + ((to - from) * (s + 1)) / 5, `XOR, seed ${s}`)
  }
  const list = (values: number[]) => values.map((v) => v.toFixed(2)).join(', ')
  context.claim({
    claim: 'XOR of four squares, radius 0.5: robust training withstands PGD on all points, five times out of five',
    paper: 'prototype 1.0',
    ours: `${list(accuracies)} (standard: ${list(standard)})`,
    pass: accuracies.every((a) => a >= 0.998),
  })
}
