import {
  boolean,
  callback,
  number,
  oneOf,
  options as optionsOf,
  type Random,
  refuse,
  show,
  type VectorLike,
  vectorCopy,
} from '@opt/core'
import { checkClients, type RemoteClient } from './clients/client.ts'
import type { Adjacency } from './clients/local-steps.ts'
import { checkNoise, type Noise, secureNoise } from './noise/noise.ts'
import type { Diff2Options, LocalOptions, NoiseAt, Workers } from './options.ts'
import { plan } from './schedule.ts'
import type { PrivacySchedule } from './schedule-options.ts'
import { sensitivityOf, weightsOf } from './sensitivity.ts'

/** {@link LocalOptions}, checked. */
export interface LocalParameters {
  steps: number
  clip: number
  sampling: 'all' | 'fixed' | 'poisson'
  /** b of each client. */
  sizes: number[]
  /** The client of each round. */
  clientOf: (round: number) => number
  /** The clients drawn for all rounds, or null when they take turns. */
  order: Int32Array | null
}

/** {@link Diff2Options}, checked. */
export interface Parameters {
  counts: number[]
  weights: Float64Array
  /** Delta(1) */
  sensitivity: number
  size: number
  start: Float64Array
  schedule: PrivacySchedule
  delta: number
  rounds: number
  restart: number
  clipGradient: number
  clipDifference: number
  learningRate: number
  adjacency: Adjacency
  noise: Noise
  noiseAt: NoiseAt
  local: LocalParameters | null
  workers: Workers | undefined
  regularizer: Diff2Options['regularizer']
  average: boolean
  /** The points of later rounds are averaged. */
  tail: number
}

/** Checks the arguments of {@link diff2}. */
export function readOptions(clients: readonly RemoteClient[], start: VectorLike, given: Diff2Options): Parameters {
  const { workers, noise = secureNoise(), resume } = given
  if (workers !== undefined) checkWorkers(workers)
  const size = checkClients(clients, workers !== undefined)
  const counts = clients.map(({ count }) => count)
  const adjacency = oneOf(given.adjacency ?? 'replace', 'adjacency', ['replace', 'zero-out'])
  const weights = weightsOf(counts, oneOf(given.weighting ?? 'clients', 'weighting', ['clients', 'examples']))
  const noiseAt = oneOf(given.noiseAt ?? 'server', 'noiseAt', ['server', 'clients', 'local'])
  checkNoise(noise, 'noise')
  if (noise.addOnGrid && noiseAt === 'clients')
    refuse('noiseAt', "'server' or 'local' with exact noise, of which no sum is exact", "'clients'")
  const rounds = number(given.rounds, 'rounds', { integer: true, min: 1, max: 1e9 })
  const restart = number(given.restart, 'restart', { integer: true, min: 1, max: rounds })
  const { local: asked } = given
  const local = asked === undefined ? null : readLocal(asked, counts, rounds, adjacency, noise, resume?.order)
  if (local && workers && noise.addOnGrid && noiseAt === 'server' && local.steps > 1)
    refuse('noise', "in floating point for local steps of workers, or noiseAt 'local'", 'exact')
  if (given.regularizer !== undefined) {
    callback(given.regularizer, 'regularizer')
    if (local && workers) refuse('regularizer', 'absent with local steps of workers', 'a function')
  }
  if (given.checkpoint !== undefined) callback(given.checkpoint, 'checkpoint')
  const rate = local ? Math.max(...local.sizes.map((b, p) => b / counts[p])) : 1
  const schedule = plan(
    {
      epsilon: given.epsilon,
      delta: given.delta,
      rounds,
      restart,
      share: given.share,
      calibration: given.calibration,
      accounting: noise.addOnGrid ? 'renyi' : 'exact',
      multipliers: given.multipliers,
      local: local
        ? {
            steps: local.steps,
            clients: counts.length,
            sampling: local.sampling,
            rate,
            shares: given.local?.shares,
            turns: turnsOf(local, counts.length),
          }
        : undefined,
    },
    '',
  )
  return {
    counts,
    weights,
    sensitivity: sensitivityOf(counts, weights, adjacency),
    size,
    start: vectorCopy(start, 'start', { length: size }),
    schedule,
    delta: given.delta,
    rounds,
    restart,
    clipGradient: number(given.clipGradient, 'clipGradient', { positive: true }),
    clipDifference: restart === 1 ? 0 : number(given.clipDifference, 'clipDifference', { positive: true }),
    learningRate: number(given.learningRate, 'learningRate', { positive: true }),
    adjacency,
    noise,
    noiseAt,
    local,
    workers,
    regularizer: given.regularizer,
    average: boolean(given.average ?? false, 'average'),
    tail: Math.floor(0.8 * rounds),
  }
}

function readLocal(
  given: LocalOptions,
  counts: number[],
  rounds: number,
  adjacency: Adjacency,
  noise: Noise,
  saved: readonly number[] | null | undefined,
): LocalParameters {
  const names = ['steps', 'clip', 'sampling', 'batch', 'shares', 'order'] as const
  const { batch, ...rest } = optionsOf(given, 'local', names)
  const steps = number(rest.steps, 'local.steps', { integer: true, min: 1, max: 1e6 })
  const clip = number(rest.clip, 'local.clip', { positive: true })
  const sampling = oneOf(rest.sampling ?? 'all', 'local.sampling', ['all', 'fixed', 'poisson'])
  const needed = { all: adjacency, fixed: 'replace', poisson: 'zero-out' }[sampling]
  if (adjacency !== needed) refuse('adjacency', `'${needed}' with local.sampling '${sampling}'`, `'${adjacency}'`)
  const order = oneOf(rest.order ?? 'round-robin', 'local.order', ['round-robin', 'random'])
  if ((sampling !== 'all' || order === 'random') && !noise.random)
    refuse('noise', 'one with a generator `random`, which draws batches and clients', 'one without')
  if (sampling === 'all' && batch !== undefined) refuse('local.batch', "absent with sampling 'all'", show(batch))
  const b = sampling === 'all' ? 0 : number(batch, 'local.batch', { integer: true, min: 1, max: Math.min(...counts) })
  const drawn = order === 'random' ? clientsOf(saved, counts.length, rounds, noise.random!) : null
  return {
    steps,
    clip,
    sampling,
    sizes: counts.map((count) => (sampling === 'all' ? count : b)),
    clientOf: drawn ? (r) => drawn[r] : (r) => r % counts.length,
    order: drawn,
  }
}

/** Returns the saved clients of all rounds, or draws them. */
function clientsOf(saved: unknown, clients: number, rounds: number, random: Random): Int32Array {
  if (saved === undefined || saved === null)
    return Int32Array.from({ length: rounds }, () => random.integer(0, clients))
  if (!Array.isArray(saved) || saved.length !== rounds)
    refuse('resume.order', `an array of length ${rounds}`, show(saved), 'type')
  const rule = { integer: true, min: 0, max: clients - 1 }
  return Int32Array.from(saved, (p, r) => number(p, `resume.order[${r}]`, rule))
}

/** Returns how many of the first r rounds ask the same client at most. */
function turnsOf({ order }: LocalParameters, clients: number): (rounds: number) => number {
  if (!order) return (r) => Math.ceil(r / clients)
  return (r) => {
    const turns = new Int32Array(clients)
    for (let k = 0; k < r; k++) turns[order[k]]++
    return Math.max(...turns)
  }
}

function checkWorkers(workers: Workers): void {
  const { executor, task } = optionsOf(workers, 'workers', ['executor', 'task'])
  if (typeof executor?.map !== 'function')
    refuse('workers.executor', 'an executor of @opt/executor', show(executor), 'type')
  if (typeof task !== 'function' && typeof task?.module !== 'string')
    refuse('workers.task', 'a task or a function', show(task), 'type')
}
