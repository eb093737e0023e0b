import type { Experiment } from '@opt/core'
import { deterministic } from './experiment/deterministic.ts'
import { digitsNetwork } from './experiment/digits.ts'
import { imitation } from './experiment/imitation.ts'
import { nearlySeparable } from './experiment/nearly-separable.ts'

/** Logistic regression on all examples (A), a network on digits (B), and online imitation (C), by expensive gradients. */
export const experiment: Experiment = async (context) => {
  await deterministic(context, 0, 0.2)
  if (context.scale !== 'quick') await nearlySeparable(context)
  await digitsNetwork(context, 0.2, 0.7)
  await imitation(context, 0.7, 1)
  context.note(
    'In B eta = 40 is tuned, as the learning rates of Adam are; eta = 2 = 1/L is safe and slow. In C the squared loss with eta = 1 makes the surrogate the loss of the round itself: that shows many steps per batch, not majorisation.',
  )
  context.note(
    'What is not reproduced: mushrooms, ijcnn, rcv1 and MNIST with 500 epochs, matrix factorisation, and MuJoCo (Hopper, Walker2d), for which the cart-pole stands in; SVRG and GULF2.',
  )
}
