import { number, refuse, show } from '@opt/core'
import type { DenseNetwork, Stepper } from '@opt/nn'
import type { MapCheckpoint } from './options.ts'
import type { Training } from './training.ts'
import type { Validation } from './validation.ts'

/** Restores a checkpoint: the parts that can refuse it first, the network last. Returns the counts of steps. */
export function restore(
  resume: MapCheckpoint,
  parts: {
    network: DenseNetwork
    optimizer: Stepper
    training: Training
    validation: Validation | undefined
  },
): { step: number; unconverged: number } {
  const { network, optimizer, training, validation } = parts
  const step = number(resume.step, 'resume.step', { integer: true, min: 0 })
  const unconverged = number(resume.unconverged, 'resume.unconverged', { integer: true, min: 0 })
  // Loading into a copy checks the network's state.
  network.clone({ batch: resume.network?.noise ? network.batch : 1 }).load(resume.network)
  training.load(resume)
  if (validation && resume.validation) validation.load(resume.validation)
  if (resume.optimizer === null) {
    if (optimizer.state) refuse('resume.optimizer', 'a state of the optimizer', 'null')
  } else if (optimizer.load) optimizer.load(resume.optimizer as never)
  else refuse('optimizer', 'one with load(state), to resume from a checkpoint', show(optimizer), 'type')
  network.load(resume.network)
  return { step, unconverged }
}
