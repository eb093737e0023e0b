import type { Experiment } from '@opt/core/experiment'

export const experiment: Experiment = async () => {}
