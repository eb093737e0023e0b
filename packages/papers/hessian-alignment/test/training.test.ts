import { mlp } from '@opt/nn'
import { golden } from '@opt/testing'
import { type AcrossCheckpoint, trainAcrossDomains } from '../src/index.ts'

interface Run {
  method: string
  loss: string
  sizes: number[]
  domains: { inputs: number[][]; targets: number[] }[]
  start: { weights: number[][][]; biases: number[][]; theta: number[][] }
  batches: number[][][]
  annealSteps: number
  startWeight: number
  weight: number
  learningRate: number
  l2: number
  alpha: number
  beta: number
  metaRate: number
  probes?: number[][][][] | number[][][]
  history: { loss?: number; penalty?: number; losses?: number[] }[]
  final: Run['start']
}
const runs = golden<Run[]>(import.meta.url, 'training.json')

const flatParameters = ({ weights, biases, theta }: Run['start']) => [
  ...weights.flatMap((w, l) => [...w.flat(), ...biases[l]]),
  ...theta.flat(),
]

describe('eight steps are those of torch autograd', () => {
  test.each(runs.map((run, i) => [i, run.method, run] as const))('run %i: %s', (_, method, run) => {
    const K = run.start.theta[0].length
    const network = mlp({ sizes: [...run.sizes, K], loss: K === 1 ? 'logistic' : 'cross-entropy' })
    network.parameters.set(flatParameters(run.start))
    let resume: AcrossCheckpoint | undefined
    let parameters = network.parameters
    for (let step = 0; step < run.batches.length; step++) {
      const { annealSteps, startWeight, weight, learningRate, l2, alpha, beta, metaRate } = run
      const probes = run.probes?.[step] as never
      const { model, checkpoint, history } = trainAcrossDomains(network, run.domains, {
        annealSteps,
        startWeight,
        weight,
        learningRate,
        l2,
        alpha,
        beta,
        metaRate,
        resume,
        probes,
        method: method as 'hgp',
        unbiased: false,
        steps: step + 1,
        sample: (at, e) => run.batches[at][e],
      })
      const want = run.history[step]
      if (want.losses)
        expect(Math.max(...want.losses.map((loss, e) => Math.abs(loss - history[0].losses[e])))).toBeLessThan(1e-10)
      else {
        expect(Math.abs(history[0].loss - want.loss!)).toBeLessThan(1e-10)
        expect(Math.abs(history[0].penalty - want.penalty!)).toBeLessThan(1e-10 * (1 + Math.abs(want.penalty!)))
      }
      resume = JSON.parse(JSON.stringify(checkpoint)) as AcrossCheckpoint
      parameters = model.network.parameters
    }
    const final = flatParameters(run.final)
    expect(Math.max(...final.map((p, i) => Math.abs(p - parameters[i])))).toBeLessThan(1e-10)
  })
})
