import { random } from '@opt/core'
import { accuracy, type Checkpoint, type DenseNetwork } from '@opt/nn'
import { errorBarrier, errorOf } from './barrier.ts'
import { CLASSES, INPUTS } from './experiment-data.ts'
import { kernelVelocity, ntk } from './kernel.ts'
import { createMlp, train } from './trainer.ts'

/** The tasks of the experiment: plain data in, plain data out, for the threads of an executor. */

const STEPS = 930
const BATCH = 128

const take = (x: Float32Array, rows: ArrayLike<number>) => {
  const out = new Float32Array(rows.length * INPUTS)
  Array.from(rows).forEach((row, i) => void out.set(x.subarray(row * INPUTS, (row + 1) * INPUTS), i * INPUTS))
  return out
}

/** A network trained on part of the training set. */
export interface TrainJob {
  inputs: Float32Array
  labels: Int32Array
  /** Examples to train on. */
  subset: Int32Array
  testInputs: Float32Array
  testLabels: Int32Array
  hidden: number
  seed: number
  /** Default 930. */
  steps?: number
  /** Training examples of which to say, epoch by epoch, how many the network has fitted. */
  watch?: Int32Array
}

export interface TrainAnswer {
  /** On the test set. */
  accuracy: number
  /** Share of the watched examples whose label is predicted, after each epoch. */
  fitted: number[]
}

/** The same number of steps whatever the size of the subset. */
export function trainJob({
  steps = STEPS,
  inputs,
  labels,
  subset,
  testInputs,
  testLabels,
  hidden,
  seed,
  watch,
}: TrainJob): TrainAnswer {
  const chance = random(seed)
  const network = createMlp([INPUTS, hidden, CLASSES], { seed: chance })
  const watched = watch && { inputs: take(inputs, watch), labels: watch.map((i) => labels[i]) }
  const { history } = train(
    network,
    { inputs: take(inputs, subset), targets: subset.map((i) => labels[i]) },
    {
      ...{ steps, batchSize: BATCH, seed: chance },
      evaluate: (net): Record<string, number> =>
        watched ? { fitted: accuracy(net.predict(watched.inputs), watched.labels, CLASSES) } : {},
    },
  )
  return {
    accuracy: accuracy(network.predict(testInputs), testLabels, CLASSES),
    fitted: watched ? history.map(({ fitted = 0 }) => fitted) : [],
  }
}

/** Two children of one parent, and how high the error rises between them. */
export interface BarrierJob {
  inputs: Float32Array
  labels: Int32Array
  hidden: number
  seed: number
  /** Default 930. */
  steps?: number
  /** Steps that the children share. */
  spawn: number
  /** Examples on which the error is measured, by group. */
  groups: Int32Array[]
}

/** A checkpoint from which the data come in another order. */
const redrawn = (checkpoint: Checkpoint, seed: number): Checkpoint => {
  const chance = random(seed)
  return { ...checkpoint, order: Array.from(chance.shuffle(Int32Array.from(checkpoint.order))), random: chance.state() }
}

/** The error barrier of each group. */
export function barrierJob({ steps = STEPS, inputs, labels, hidden, seed, spawn, groups }: BarrierJob): number[] {
  const data = { inputs, targets: labels }
  const recipe = { steps, batchSize: BATCH }
  const start = () => createMlp([INPUTS, hidden, CLASSES], { seed })
  const child = (order: number): DenseNetwork => {
    const network = start()
    if (spawn === 0) train(network, data, { ...recipe, seed: order })
    else {
      const parent = train(start(), data, {
        ...recipe,
        seed,
        reportEvery: spawn,
        stopWhen: ({ step }) => step === spawn,
      })
      train(network, data, { ...recipe, resume: redrawn(parent.checkpoint, order) })
    }
    return network
  }
  const [first, second] = [child(seed + 1), child(seed + 2)]
  const [from, to] = [first.parameters.slice(), second.parameters.slice()]
  return groups.map((group) => {
    const error = errorOf(
      first,
      take(inputs, group),
      group.map((i) => labels[i]),
    )
    return errorBarrier(from, to, error).barrier
  })
}

/** How fast the kernel of each group of examples turns at some epochs of one training. */
export interface VelocityJob {
  inputs: Float32Array
  labels: Int32Array
  hidden: number
  seed: number
  /** Default 930. */
  steps?: number
  epochs: number[]
  groups: Int32Array[]
}

/** The velocity an epoch, by epoch and group. */
export function velocityJob({ steps = STEPS, inputs, labels, hidden, seed, epochs, groups }: VelocityJob): number[][] {
  const network = createMlp([INPUTS, hidden, CLASSES], { seed })
  const perEpoch = Math.floor(labels.length / BATCH)
  const pictures = groups.map((group) => take(inputs, group))
  const kernels: Float64Array[][] = [pictures.map((x) => ntk(network, x))]
  train(
    network,
    { inputs, targets: labels },
    {
      ...{ steps, batchSize: BATCH, seed, reportEvery: perEpoch },
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
