import {
  type Batches,
  decodeFloats,
  encodeFloats,
  type FloatsConstructor,
  number,
  Random,
  refuse,
  show,
} from '@opt/core'
import type { DenseNetwork, NetworkState, Stepper } from '@opt/nn'
import { isNetwork } from '../model/model.ts'
import type { TrainableModel } from '../model/oracle.ts'
import type { BatchWeights } from './batch-weights.ts'
import type { RobustCheckpoint } from './options.ts'

/** What a run remembers. */
export interface Running {
  model: DenseNetwork | TrainableModel
  optimizer: Stepper
  batches: Batches
  random: Random
  weights: BatchWeights
}

/** Saves a run. */
export function save({ model, optimizer, batches, random, weights }: Running, step: number): RobustCheckpoint {
  return {
    step,
    batches: batches.state(),
    random: random.state(),
    model: isNetwork(model) ? model.state() : encodeFloats(model.parameters),
    optimizer: optimizer.state?.() ?? null,
    logU: weights.tracker?.logU ?? null,
  }
}

/**
 * Restores a run. If any part does not fit, throws and changes neither the model nor the optimizer.
 *
 * @returns the number of steps done.
 */
export function restore(running: Running, resume: RobustCheckpoint): number {
  const { model, optimizer, batches, weights } = running
  if (typeof resume !== 'object' || resume === null) refuse('resume', 'a checkpoint', show(resume), 'type')
  const step = number(resume.step, 'resume.step', { integer: true, min: 0 })
  const logU = resume.logU === null ? null : number(resume.logU, 'resume.logU')
  if (!weights.tracker && logU !== null) refuse('resume.logU', 'null without KL weights', show(logU))
  if (weights.tracker && logU === null && step > 0) refuse('resume.logU', 'a number with KL weights', 'null')
  let random: Random
  try {
    random = new Random(resume.random)
  } catch {
    refuse('resume.random', 'the state of a generator', show(resume.random), 'type')
  }
  batches.load(resume.batches, 'resume.batches')
  const load = modelLoader(model, resume.model)
  if (resume.optimizer === null) {
    if (optimizer.state) refuse('resume.optimizer', 'a state of the optimizer', 'null')
  } else if (optimizer.load) optimizer.load(resume.optimizer as never)
  else refuse('optimizer', 'one with load(state), to resume from a checkpoint', 'one without', 'type')
  weights.tracker?.load({ logU })
  running.random = random
  load()
  return step
}

/** Checks a saved model; returns a function that loads it. */
function modelLoader(model: DenseNetwork | TrainableModel, state: NetworkState | string): () => void {
  if (isNetwork(model)) {
    if (typeof state !== 'object' || state === null)
      refuse('resume.model', 'the state of a network', show(state), 'type')
    // Loading into a copy checks the state.
    model.clone({ batch: state.noise ? model.batch : 1 }).load(state)
    return () => model.load(state)
  }
  const { parameters } = model
  const Kind = (parameters instanceof Float32Array ? Float32Array : Float64Array) as FloatsConstructor<Float64Array>
  const saved = decodeFloats(state, Kind, parameters.length, 'resume.model')
  saved.forEach((value, i) => void number(value, `resume.model[${i}]`))
  return () => parameters.set(saved)
}
