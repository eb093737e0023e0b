import type { Experiment } from '@opt/core'
import { batchSizes } from './experiment/batch-sizes.ts'
import { diagonal } from './experiment/diagonal.ts'
import { endings } from './experiment/endings.ts'
import { type Fit, trainToMinimum } from './experiment/student.ts'
import { threshold } from './experiment/threshold.ts'

/** A loss below it is that of a minimum that fits all examples. */
const FITTED = 1e-8

/** The threshold of stability (A), where training ends (B), and a diagonal network (C). */
export const experiment: Experiment = async (context) => {
  const networks = { quick: 2, standard: 5, full: 15 }[context.scale]
  const fits: Fit[] = []
  let skipped = 0
  while (fits.length < networks) {
    await context.progress((0.3 * fits.length) / networks, 'gradient descent to a minimum')
    const fit = trainToMinimum(1000 * context.seed + fits.length + skipped)
    if (fit.loss < FITTED) fits.push(fit)
    else skipped++
  }
  if (skipped > 0)
    context.note(
      `${skipped} more networks are left out: gradient descent did not fit their examples to a loss of ${FITTED}.`,
    )
  batchSizes(context, fits[0])
  await threshold(context, fits, 0.3, 0.5)
  await endings(context, fits, 0.5, 0.9)
  await diagonal(context, 0.9, 1)
  context.note(
    'What carries over: the critical rate is sharp, the trace bound and its contrast with gradient descent hold at every end point, and larger rates end flatter. At rates a little above eta* the second moment grows while a typical run may still contract: between 1.5 and 2 eta* some runs stay.',
  )
  context.note(
    'What carries over in part: path norm and test error fall with the rate in most networks but not in all, and not monotonically; only the bound is a theorem. The theory is about the squared loss at minima that fit all examples.',
  )
}
