import type { Experiment } from '@opt/core'
import { random } from '@opt/core'
import { growthPart } from './experiment/growth.ts'
import { digitPatches, photographPatches } from './experiment/tokens.ts'
import { trainingPart } from './experiment/training-part.ts'
import { transitionPart } from './experiment/transition.ts'

const SCALES = {
  quick: { length: 1060, taus: [0.1, 0.3, 1], lengths: [64, 128, 256, 512, 1024], tokens: 200, steps: 80, all: false },
  standard: {
    length: 2120,
    taus: [0.02, 0.1, 0.2, 0.3, 0.5, 1],
    lengths: [64, 128, 256, 512, 1024, 2048, 4096],
    tokens: 512,
    steps: 150,
    all: true,
  },
  full: {
    length: 4240,
    taus: [0.02, 0.1, 0.2, 0.3, 0.5, 1],
    lengths: [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384],
    tokens: 1060,
    steps: 150,
    all: true,
  },
} as const

/** The transition at the norm threshold, the growth with the length, and training, on patches of pictures. */
export const experiment: Experiment = async (context) => {
  const { scale, seed, dataFolder, note, progress } = context
  const { length, taus, lengths, tokens, steps, all } = SCALES[scale]
  await progress(0, 'tokens')
  const patches = (await photographPatches(dataFolder)) ?? (await digitPatches(random(seed), length))
  await transitionPart(context, patches, length, taus, scale === 'quick' ? 4 : 5)
  await growthPart(context, lengths)
  await trainingPart(context, patches, { tokens, steps, all })
  note(`Tokens: 8 x 8 patches of ${patches.source}, with noise; h = 8, adapters of rank 4.`)
  note(
    'Plain sampling of queries needs no condition on norms, costs as little and trains about as well as an approximation with a correction: the polynomial only lowers the noise of the gradient.',
  )
  note(
    'What does not carry over: pretrained heads have h = 64 and large logits; degree 3 has 47,905 features there, so that only degree 1 with exact rows is of use. The theory has no constant: sqrt(ln L) is the scale of the threshold, not its place.',
  )
}
