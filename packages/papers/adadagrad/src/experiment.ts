import type { Experiment } from '@opt/core'
import { cleanLabels } from './experiment/clean-labels.ts'
import { loadDigits } from './experiment/digits-run.ts'
import { noiseFloor } from './experiment/noise-floor.ts'

/** Batches that grow on the UCI digits, with noisy labels (the setting of the theory) and with clean ones. */
export const experiment: Experiment = async (context) => {
  const { scale, note } = context
  const data = await loadDigits(context.dataFolder)
  note(
    'UCI digits, pixels / 16, the first 1440 to train on, the last 357 to test; batches start at 8. Softmax regression from zero.',
  )
  await noiseFloor(context, data)
  if (scale !== 'quick') await cleanLabels(context, data)
  note(
    'What does not carry over from the paper: fewer examples and better generalisation than fixed batches. With its eta = 0.1 the batch holds all 1440 examples after a few steps: at this scale that is AdaGrad on all of the data.',
  )
  note('MNIST and CIFAR-10, which the paper trains on for millions of examples, are not reproduced.')
}
