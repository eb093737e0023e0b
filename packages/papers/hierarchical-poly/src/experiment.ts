import type { Experiment } from '@opt/core'
import { isDataAbsent } from '@opt/datasets'
import { bounded } from './experiment/bounded.ts'
import { hiddenScore } from './experiment/digits.ts'
import { dimension } from './experiment/dimension.ts'
import { limit } from './experiment/limit.ts'
import { realResponses } from './experiment/real-responses.ts'
import { sampleSize } from './experiment/sample-size.ts'

/** Errors of score and curve, and of kernels, against rows and inputs; real inputs; what stage 1 learns. */
export const experiment: Experiment = async (context) => {
  const { note } = context
  note(
    'The paper gives rates; the figures in brackets are those of a prototype in numpy. Error: test mean square over the variance of the noise-free target, 3000 test rows.',
  )
  note(
    'A: the matrix of the score is fixed, the seed draws the rows. At n <= 2 d^2 other matrices can be harder: the standard and the full scale count how often a new one is recovered.',
  )
  await sampleSize(context)
  await dimension(context)
  await bounded(context)
  try {
    await hiddenScore(context)
    await realResponses(context)
  } catch (error) {
    if (!isDataAbsent(error)) throw error
    note(`D and E are left out: ${(error as Error).message}`)
  }
  await limit(context)
  note(
    "What does not carry over: the paper's network, trained by gradient descent on random features and two halves of the rows, does not pass kernels up to n = 8 d^2 with our constants (medians of three draws at 2048: .53 against .40); a prototype's passed them at 8 d^2 only (.42 against .45). d^k against d^(kq) shows in B as a trend over three sizes, no more.",
  )
  note(
    'Unbounded curves of cubic scores stay out of reach at this scale: with a cubic curve, 8 inputs and up to 16 D rows errors are .6 to 1. z + He2/sqrt 2 turns back, so that stage 1 learns A + 2.8 A^2, and refinement is a local search from there: of a score of digits (D, full scale) it recovers 4 of 10 draws.',
  )
  note(
    'Real responses gain little or nothing (E): labels saturate, which a curve can follow; diabetes gains nothing. Where the truth is not one score and a curve, take a ridge regression, a kernel or boosted trees.',
  )
}
