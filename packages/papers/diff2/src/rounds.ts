import type { ClientRequest } from './clients/client-task.ts'
import type { Ask } from './messages.ts'
import { addNoise, deviationOf } from './noise/noise.ts'
import type { Parameters } from './parameters.ts'
import { sensitivityOfSum } from './sensitivity.ts'
import type { Points } from './state.ts'

/**
 * Returns sum_p w_p m_p + s Delta(c) xi, where m_p is client p's clipped mean of gradients or differences; null when some
 * client did not answer. The noise is drawn when all messages are there: a round that fails releases nothing.
 */
export function* noisyMean(
  kind: 'gradient' | 'difference',
  clip: number,
  points: Points,
  parameters: Parameters,
  ask: Ask,
): Generator<never, Float64Array | null> {
  const { counts, weights, sensitivity, adjacency, noise, noiseAt, schedule, size } = parameters
  const multiplier = schedule.multipliers[kind]
  const share = (p: number): number =>
    noiseAt === 'clients'
      ? (sensitivity * clip) / (weights[p] * Math.sqrt(counts.length))
      : (sensitivityOfSum(counts[p], adjacency) * clip) / counts[p]
  const replies = yield* ask(
    counts.map(
      (_, client): ClientRequest => ({
        kind,
        round: points.round,
        client,
        // Copies: no client can change the points of the run.
        x: points.x.slice(),
        other: kind === 'difference' ? points.previous.slice() : null,
        clip,
        noise: noiseAt === 'server' ? null : { sensitivity: share(client), multiplier },
        exact: Boolean(noise.addOnGrid),
        local: null,
      }),
    ),
  )
  if (!replies) return null
  const mean = new Float64Array(size)
  for (const { client, message, secure } of replies) {
    for (let j = 0; j < size; j++) mean[j] += weights[client] * message[j]
    points.secure &&= secure
  }
  if (noiseAt === 'server') {
    addNoise(noise, mean, deviationOf(noise, sensitivity * clip, multiplier, size), new Float64Array(size))
    points.secure &&= noise.secure === true
  }
  return mean
}

/** Returns the point after the local steps of the client whose turn it is; null when it did not answer. */
export function* localPoint(points: Points, parameters: Parameters, ask: Ask): Generator<never, Float64Array | null> {
  const { counts, local, learningRate, adjacency, noise, noiseAt, schedule, size } = parameters
  const { steps, clip, sampling, sizes, clientOf } = local!
  const client = clientOf(points.round)
  const random = noise.random!
  const batches = Array.from({ length: steps - 1 }, () => {
    if (sampling === 'all') return null
    if (sampling === 'fixed') return random.choice(counts[client], sizes[client]).sort()
    return Int32Array.from(Array(counts[client]).keys()).filter(() => random.uniform() < sizes[client] / counts[client])
  })
  const atServer = noiseAt === 'server' && !noise.addOnGrid
  const normals = atServer ? new Float64Array((steps - 1) * size) : null
  for (let k = 0; normals && k < steps - 1; k++) noise.normals(normals.subarray(k * size, (k + 1) * size))
  const multiplier = schedule.multipliers.local
  const replies = yield* ask([
    {
      kind: 'local',
      round: points.round,
      client,
      x: points.x.slice(),
      other: points.estimate.slice(),
      clip,
      noise: null,
      exact: Boolean(noise.addOnGrid),
      local: { learningRate, batches, batchSize: sizes[client], adjacency, multiplier, normals },
    },
  ])
  if (!replies) return null
  // The server draws batches, which have to be secret, and the noise of steps that it sends.
  const draws = sampling !== 'all' || normals !== null
  points.secure &&= replies[0].secure && (!draws || noise.secure === true)
  return replies[0].message
}
