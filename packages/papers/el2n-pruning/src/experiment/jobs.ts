import { random } from '@opt/core'
import { accuracy, type Checkpoint, type DenseNetwork } from '@opt/nn'
import { errorBarrier, errorOf } from '../geometry/barrier.ts'
import { kernelVelocity, ntk } from '../geometry/tangent-kernel.ts'
import { createMlp, train } from '../training/trainer.ts'
import { CLASSES, INPUTS, picturesAt } from './digits.ts'

/** The tasks of the experiment: plain data in, plain data out, for the threads of an executor. */

const STEPS = 930
const BATCH = 128

/** A network and the digits it is trained on. */
interface Job {
  inputs: Float32Array
  labels: Int32Array
  hidden: number
  seed: number
  /** Default 930. */
  steps?: number
}

/** A training on part of the training set. */
export interface TrainJob extends Job {
  /** Examples to train on. */
  subset: Int32Array
  testInputs: Float32Array
  testLabels: Int32Array
  /** Examples of which to report, after each epoch, how many the network has fitted. */
  watch?: Int32Array | undefined
}

export interface TrainAnswer {
  /** On the test set. */
  accuracy: number
  /** The fraction of watched examples whose label is predicted, after each epoch. */
  fitted: number[]
}

/** Trains for the same number of steps whatever the size of the subset. */
export function trainJob(job: TrainJob): TrainAnswer {
  const { steps = STEPS, inputs, labels, subset, testInputs, testLabels, hidden, seed, watch } = job
  const rng = random(seed)
  const network = createMlp([INPUTS, hidden, CLASSES], { seed: rng })
  const watched = watch && { inputs: picturesAt(inputs, watch), labels: watch.map((i) => labels[i]) }
  const { history } = train(
    network,
    { inputs: picturesAt(inputs, subset), targets: subset.map((i) => labels[i]) },
    {
      steps,
      batchSize: BATCH,
      seed: rng,
      evaluate: (net): Record<string, number> =>
        watched ? { fitted: accuracy(net.predict(watched.inputs), watched.labels, CLASSES) } : {},
    },
  )
  return {
    accuracy: accuracy(network.predict(testInputs), testLabels, CLASSES),
    fitted: watched ? history.map(({ fitted = 0 }) => fitted) : [],
  }
}

/** Two children of one parent network, and the error between them. */
export interface BarrierJob extends Job {
  /** The number of steps that the children share. */
  spawn: number
  /** Groups of examples on which the error is measured. */
  groups: Int32Array[]
}

/** The same checkpoint, with the data in another order from here on. */
function reordered(checkpoint: Checkpoint, seed: number): Checkpoint {
  const rng = random(seed)
  return { ...checkpoint, order: Array.from(rng.shuffle(Int32Array.from(checkpoint.order))), random: rng.state() }
}

/** Measures the error barrier on each group. */
export function barrierJob({ steps = STEPS, inputs, labels, hidden, seed, spawn, groups }: BarrierJob): number[] {
  const data = { inputs, targets: labels }
  const recipe = { steps, batchSize: BATCH }
  const start = () => createMlp([INPUTS, hidden, CLASSES], { seed })
  const child = (order: number): DenseNetwork => {
    const network = start()
    if (spawn === 0) train(network, data, { ...recipe, seed: order })
    else {
      const stopWhen = ({ step }: { step: number }) => step === spawn
      const { checkpoint } = train(start(), data, { ...recipe, seed, reportEvery: spawn, stopWhen })
      train(network, data, { ...recipe, resume: reordered(checkpoint, order) })
    }
    return network
  }
  const [first, second] = [child(seed + 1), child(seed + 2)]
  const [from, to] = [first.parameters.slice(), second.parameters.slice()]
  return groups.map((group) => {
    const own = group.map((i) => labels[i])
    return errorBarrier(from, to, errorOf(first, picturesAt(inputs, group), own)).barrier
  })
}

/** One training during which tangent kernels are compared. */
export interface VelocityJob extends Job {
  /** The epochs after which the velocity is measured. */
  epochs: number[]
  /** Groups of examples, each with a kernel. */
  groups: Int32Array[]
}

/** Measures the kernel velocity per epoch, by epoch and group. */
export function velocityJob({ steps = STEPS, inputs, labels, hidden, seed, epochs, groups }: VelocityJob): number[][] {
  const network = createMlp([INPUTS, hidden, CLASSES], { seed })
  const pictures = groups.map((group) => picturesAt(inputs, group))
  const kernels: Float64Array[][] = [pictures.map((x) => ntk(network, x))]
  train(
    network,
    { inputs, targets: labels },
    {
      steps,
      batchSize: BATCH,
      seed,
      reportEvery: Math.floor(labels.length / BATCH),
      evaluate: (net) => {
        const at = kernels.length
        kernels.push(epochs.includes(at) || epochs.includes(at - 1) ? pictures.map((x) => ntk(net, x)) : [])
        return {}
      },
      stopWhen: () => kernels.length > Math.max(...epochs) + 1,
    },
  )
  return epochs.map((epoch) => groups.map((_, g) => kernelVelocity(kernels[epoch][g], kernels[epoch + 1][g], 1)))
}
