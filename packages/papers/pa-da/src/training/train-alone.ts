import { number, type Random, type Report, randomFrom, refuse, type Solver, show, solver } from '@opt/core'
import { type Path, SearchSpace, searchSpace } from '../space.ts'
import { type Data, examplesOf } from '../supernet/examples.ts'
import type { Dtype } from '../supernet/memory.ts'
import { Supernet } from '../supernet/supernet.ts'
import { cosine, DESCENT, type DescentOptions, descentOf } from './settings.ts'
import { Trainer } from './trainer.ts'

/** Options of {@link trainAlone}: 12 epochs, batches of 128, and what a {@link Supernet} takes. */
export interface TrainAloneOptions extends DescentOptions {
  inputs: number
  classes: number
  space?: SearchSpace | undefined
  channels?: number | undefined
  bottleneck?: number | undefined
  dtype?: Dtype | undefined
  /** Seed of the weights, which are those of the supernet of that seed, and of the batches. Default 0. */
  seed?: number | undefined
}

/** A report of {@link trainAlone}: of an epoch. */
export interface TrainAloneReport extends Report {
  epoch: number
  loss: number
}

/** Answer of {@link trainAlone}. */
export interface TrainedAlone {
  /** With the parameters of the path only; its methods need no path. */
  network: Supernet
}

/** Trains the network of one path by itself, by the same descent: the truth that a supernet's ranking is held to. */
export const trainAlone: Solver<[path: Path, data: Data, options: TrainAloneOptions], TrainAloneReport, TrainedAlone> =
  solver(
    'trainAlone',
    function* (path, data, options) {
      const { inputs, classes, space = searchSpace(), channels, bottleneck, dtype } = options
      const seed = number(options.seed ?? 0, 'seed', { integer: true })
      if (!(space instanceof SearchSpace)) refuse('space', 'what searchSpace() returned', show(space), 'type')
      const checked = space.check(path, 'path')
      const rng: Random = randomFrom(seed, 'seed')
      const whole = new Supernet({ inputs, classes, space, channels, bottleneck, dtype, seed })
      const network = whole.extract(checked)
      const examples = examplesOf(data, network.inputs, network.classes, 'data')
      const { epochs, batchSize, learningRate, ...step } = descentOf(options, examples.count, {
        epochs: 12,
        batchSize: 128,
      })
      const trainer = new Trainer(network, examples, {
        mode: 'uniform',
        data: false,
        weights: false,
        tauMax: 1,
        ...step,
      })
      const own = [network.fixedPath!]
      const perEpoch = Math.floor(examples.count / batchSize)
      for (let epoch = 0; epoch < epochs; epoch++) {
        const order = rng.permutation(examples.count)
        let sum = 0
        for (let k = 0; k < perEpoch && Number.isFinite(sum); k++) {
          const indices = order.subarray(k * batchSize, (k + 1) * batchSize)
          const { loss, norm } = trainer.plainStep(indices, own, cosine(learningRate, epoch, epochs))
          sum += Number.isFinite(norm) ? loss : NaN
        }
        const report: TrainAloneReport = { epoch, loss: sum / perEpoch }
        if (!Number.isFinite(sum)) report.error = NaN
        if (yield report) break
      }
      return { network }
    },
    {
      maxIterations: Number.MAX_SAFE_INTEGER,
      options: [...DESCENT, 'inputs', 'classes', 'space', 'channels', 'bottleneck', 'dtype', 'seed'],
    },
  )
