import type { Experiment } from '@opt/core'

export const experiment: Experiment = async () => {}
