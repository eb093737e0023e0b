import { updateCalls } from '@opt/testing/kernels'
import { adagrad, adagradKernels } from '../src/algorithms/adagrad.ts'
import { adam, adamKernels, amsgrad } from '../src/algorithms/adam.ts'
import { adamw } from '../src/algorithms/adamw.ts'
import { descend, sgd } from '../src/algorithms/descent.ts'
import * as rmsprop from '../src/algorithms/rmsprop.ts'
import { sgdKernels } from '../src/algorithms/sgd.ts'

export const sets = [adamKernels, sgdKernels, rmsprop.rmspropKernels, adagradKernels]

const updates = [
  adamw,
  adam,
  amsgrad,
  descend,
  sgd,
  rmsprop.rmsprop,
  rmsprop.rmspropCentered,
  rmsprop.rmspropMomentum,
  rmsprop.rmspropCenteredMomentum,
  adagrad,
]

const numbers = {
  learningRate: 0.003,
  stepSize: 0.003,
  correction2: 1.7,
  decayFactor: 0.997,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  l2: 0.1,
  alpha: 0.99,
  momentum: 0.9,
  gain: 0.3,
  nesterov: 1,
}

/** A call of each kernel: see packages/testing. */
export const calls = updateCalls(updates, numbers, ['meanSquare', 'largest', 'sumOfSquares'])
