import type { Experiment } from '@opt/core'

/** todo */
export const experiment: Experiment = async (context) => {
  await context.progress(1, 'done')
}
