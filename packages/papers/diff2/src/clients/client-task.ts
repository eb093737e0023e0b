import { encodeFloats, number, oneOf, options as optionsOf, refuse, show } from '@opt/core'
import { addNoise, checkNoise, deviationOf, type Noise, secureNoise } from '../noise/noise.ts'
import { type Client, checkClients, writeMessage } from './client.ts'
import { type Adjacency, type LocalStepsOptions, localSteps } from './local-steps.ts'

/** What a client is asked for in a round: plain data that any executor can send. */
export interface ClientRequest {
  kind: 'gradient' | 'difference' | 'local'
  /** r */
  round: number
  /** p */
  client: number
  x: Float64Array
  /** The point before x, of a difference; v, of local steps. */
  other: Float64Array | null
  clip: number
  /** The sensitivity and the multiplier of the noise that the client itself adds; null: the server adds it. */
  noise: { sensitivity: number; multiplier: number } | null
  /** Whether the run is accounted for as noise on a grid needs. */
  exact: boolean
  local: LocalRequest | null
}

/** What local steps need. */
export interface LocalRequest {
  learningRate: number
  batches: (Int32Array | null)[]
  batchSize: number
  adjacency: Adjacency
  multiplier: number
  /** Normal numbers for all steps; null: the client draws its own. */
  normals: Float64Array | null
}

/** The answer to a {@link ClientRequest}. */
export interface ClientReply {
  kind: ClientRequest['kind']
  round: number
  client: number
  /** The clipped mean, or the point after the local steps. */
  message: Float64Array
  /** Whether the noise that the client added is secure; true if it added none. */
  secure: boolean
}

/** Options of {@link clientTask}. */
export interface ClientTaskOptions {
  /**
   * The noise that clients add with `noiseAt: 'clients'` or 'local': exact where that of the run is. Default
   * {@link secureNoise}.
   */
  noise?: Noise | undefined
}

/**
 * Makes the function that answers for clients, for the option `workers`: a module that threads or other machines load
 * exports it. Records never leave it. A request that comes again gets the same answer, with the same noise, as long as the
 * client's next one has not come: asking twice reveals nothing new.
 *
 * @param clients as in the call of `diff2`, in the same order.
 * @throws TypeError or RangeError when the clients are wrong; so does the function for requests that `diff2` has not made.
 */
export function clientTask(
  clients: readonly Client[],
  options?: ClientTaskOptions,
): (request: ClientRequest) => ClientReply {
  const { noise = secureNoise() } = optionsOf(options, 'clientTask: options', ['noise'])
  checkNoise(noise, 'clientTask: options.noise')
  const size = checkClients(clients, false, 'clientTask: clients')
  const last = new Map<number, { request: string; reply: ClientReply }>()
  return (request) => {
    const { client, x } = optionsOf(request, 'clientTask: request')
    number(client, 'clientTask: request.client', { integer: true, min: 0, max: clients.length - 1 })
    oneOf(request.kind, 'clientTask: request.kind', ['gradient', 'difference', 'local'])
    if (!isVector(x, size)) refuse('clientTask: request.x', `a Float64Array of length ${size}`, show(x), 'type')
    if (request.kind !== 'gradient' && !isVector(request.other, size))
      refuse('clientTask: request.other', `a Float64Array of length ${size}`, show(request.other), 'type')
    checkNumbers(request)
    if (!addsNoise(request)) return answer(clients[client], request, noise)
    if (Boolean(noise.addOnGrid) !== request.exact)
      refuse('clientTask: options.noise', request.exact ? 'exact, like that of the run' : 'not exact', 'another')
    const text = keyOf(request)
    const known = last.get(client)
    if (known?.request === text) return known.reply
    const reply = answer(clients[client], request, noise)
    last.set(client, { request: text, reply })
    return reply
  }
}

/** Checks what a message is clipped to, and the noise on it: without them it would not be private. */
function checkNumbers({ kind, clip, noise, local }: ClientRequest): void {
  const size = (value: number, label: string) => {
    // Infinity where steps have overflowed: the noise is not finite either then.
    if (!(value >= 0)) refuse(`clientTask: request.${label}`, 'a nonnegative number', show(value))
  }
  size(clip, 'clip')
  if (noise !== null) {
    const given = optionsOf(noise, 'clientTask: request.noise', ['sensitivity', 'multiplier'])
    size(given.sensitivity, 'noise.sensitivity')
    number(given.multiplier, 'clientTask: request.noise.multiplier', { positive: true })
  }
  if (kind !== 'local') return
  if (local === null) refuse('clientTask: request.local', 'an object', 'null', 'type')
  const { learningRate, batches, batchSize, multiplier } = optionsOf(local, 'clientTask: request.local')
  size(learningRate, 'local.learningRate')
  number(batchSize, 'clientTask: request.local.batchSize', { integer: true, min: 1 })
  if (!Array.isArray(batches)) refuse('clientTask: request.local.batches', 'an array', show(batches), 'type')
  if (batches.length > 0) number(multiplier, 'clientTask: request.local.multiplier', { positive: true })
}

/** Whether a client that answers adds noise of its own. */
export const addsNoise = ({ noise, local }: ClientRequest): boolean => noise !== null || local?.normals === null

/** Returns a text that is equal for equal requests. */
const keyOf = ({ x, other, ...rest }: ClientRequest): string =>
  JSON.stringify([encodeFloats(x), other && encodeFloats(other), rest])

/** Answers a request; `regularizer` is for local steps. */
export function answer(
  client: Client,
  request: ClientRequest,
  noise: Noise,
  regularizer?: LocalStepsOptions['regularizer'],
): ClientReply {
  const { kind, round, client: p, x, other, clip, local } = request
  const reply = (message: Float64Array, secure: boolean): ClientReply => ({ kind, round, client: p, message, secure })
  if (kind === 'local') {
    const { normals, ...rest } = local!
    const own = normals === null ? noise : listedNoise(normals)
    const y = localSteps(client, x, other!, { ...rest, clip, noise: own, regularizer })
    return reply(y, normals !== null || noise.secure === true)
  }
  const message = new Float64Array(client.size)
  writeMessage(message, (out) => {
    if (kind === 'gradient') client.clippedMean(x, clip, out)
    else client.clippedDifference(x, other!, clip, out)
  })
  if (!request.noise) return reply(message, true)
  const { sensitivity, multiplier } = request.noise
  const deviation = deviationOf(noise, sensitivity, multiplier, client.size)
  addNoise(noise, message, deviation, new Float64Array(client.size))
  return reply(message, noise.secure === true)
}

/** Returns noise that hands out normal numbers that were drawn before. */
function listedNoise(values: Float64Array): Noise {
  let at = 0
  return {
    normals(out) {
      out.set(values.subarray(at, at + out.length))
      at += out.length
    },
  }
}

/** Whether a value is a Float64Array, of any realm, of a length. */
export const isVector = (value: unknown, length: number): value is Float64Array =>
  Object.prototype.toString.call(value) === '[object Float64Array]' && (value as Float64Array).length === length
