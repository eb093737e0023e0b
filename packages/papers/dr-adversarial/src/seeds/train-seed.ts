import { calling, options as optionsOf, random } from '@opt/core'
import { type MlpOptions, mlp, type NetworkState } from '@opt/nn'
import type { LabelledData } from '../model/data.ts'
import { type RobustAudit, type RobustReportOptions, robustReport } from '../report/robust-report.ts'
import type { RobustOptions, RobustReport } from '../training/options.ts'
import { trainRobust } from '../training/train-robust.ts'

/** One run, as data that other threads can be sent. */
export interface TrainJob {
  /** The network, whose initial weights are drawn from the seed. */
  network: Omit<MlpOptions, 'seed'>
  /** What it is trained on. */
  data: LabelledData
  /** Without functions. */
  options: Omit<
    RobustOptions,
    'seed' | 'batches' | 'starts' | 'onStep' | 'evaluate' | 'optimizer' | 'gradients' | 'resume'
  >
  /** What it is audited on after training, by default under the epsilon, the box and the norm of training. */
  audit?: (LabelledData & { options?: Partial<Omit<RobustReportOptions, 'seed'>> | undefined }) | undefined
  seed: number
}

/** What a run came to. */
export interface TrainAnswer {
  seed: number
  status: string
  message: string
  history: RobustReport[]
  /** For `network.load`. */
  network: NetworkState
  audit: Pick<RobustAudit, 'examples' | 'clean' | 'pgd' | 'strong'> | null
}

/**
 * Trains and audits one network.
 *
 * @throws TypeError or RangeError when the job does not fit.
 */
export function trainSeed(job: TrainJob): TrainAnswer {
  return calling('trainSeed', () => {
    const given = optionsOf(job, 'job', ['network', 'data', 'options', 'audit', 'seed'])
    const rng = random(given.seed)
    const network = mlp({ ...given.network, seed: rng.split() })
    const { status, message, history } = trainRobust(network, given.data, { ...given.options, seed: rng.split() })
    const answer = { seed: given.seed, status, message, history, network: network.state() }
    if (given.audit === undefined) return { ...answer, audit: null }
    const { inputs, targets, options } = optionsOf(given.audit, 'job.audit', ['inputs', 'targets', 'options'])
    const { epsilon, low, high, norm } = given.options
    const { examples, clean, pgd, strong } = robustReport(network, inputs, targets, {
      epsilon,
      low,
      high,
      norm,
      ...options,
      seed: rng.split(),
    })
    return { ...answer, audit: { examples, clean, pgd, strong } }
  })
}
