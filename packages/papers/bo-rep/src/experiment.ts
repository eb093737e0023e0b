import type { Experiment } from '@opt/core'
import { cleaning } from './experiment/cleaning.ts'
import { features } from './experiment/features.ts'
import { penalties } from './experiment/penalties.ts'
import { text } from './experiment/text.ts'
import { walls } from './experiment/walls.ts'

/** Steep walls, and the three tasks: cleaning of images and texts, a representation, penalties. */
export const experiment: Experiment = async (context) => {
  await walls(context, 0, 0.4)
  await cleaning(context, 0.4, 0.6)
  await text(context, 0.6, 0.7)
  await features(context, 0.7, 0.9)
  await penalties(context, 0.9, 1)
  context.note(
    "The paper's experiments train recurrent networks (GRU, LSTM) on large sets of texts; they were not run, and neither its advantage over other methods there nor its running times are confirmed. Texts here are generated bags of words with a linear model.",
  )
}
