import { decodeFloats, encodeFloats, number, options as optionsOf, refuse, show } from '@opt/core'
import { type TableLike, table } from '../intake.ts'
import { inner } from '../matrices.ts'
import { draw, type Uniforms } from '../worlds/dynamics.ts'
import type { Cover } from '../worlds/policy-cover.ts'
import type { Epochs } from './epochs.ts'
import type { ModelFree, ModelFreeState } from './model-free.ts'
import { readCover } from './settings.ts'

/** The agent that `modelFree` makes. */
export class Agent<S> implements ModelFree<S> {
  largestNorm = 0
  readonly #epochs: Epochs
  readonly #features: (layer: number, state: S) => TableLike
  readonly #low: number
  readonly #high: number
  readonly #exploration: number
  readonly #cover: Cover<S> | undefined
  /** [episodes, next layer, whether it waits for a loss, whether it explores, layer of the switch, round of the cover]. */
  readonly #place = new Float64Array(6)
  readonly #rows: Float64Array
  readonly #coverPolicy: Float64Array

  constructor(
    epochs: Epochs,
    features: (layer: number, state: S) => TableLike,
    low: number,
    high: number,
    exploration: number,
    cover: Cover<S> | undefined,
  ) {
    this.#epochs = epochs
    this.#features = features
    this.#low = low
    this.#high = high
    this.#exploration = exploration
    this.#cover = cover
    const { actions: A, dimension: d } = epochs.settings
    this.#rows = new Float64Array(A * d)
    this.#coverPolicy = new Float64Array(A).fill(1 / A)
  }

  get episodes(): number {
    return this.#place[0]
  }

  act(layer: number, state: S, random: Uniforms): number {
    const epochs = this.#epochs
    const { horizon: H, actions: A, dimension: d } = epochs.settings
    const place = this.#place
    if (place[2] === 1) refuse('modelFree.act: layer', 'called after the last loss has been observed', show(layer))
    if (layer !== place[1] || layer >= H)
      refuse('modelFree.act: layer', place[1] < H ? `${place[1]}` : 'called after endEpisode', show(layer))
    if (typeof random?.uniform !== 'function')
      refuse('modelFree.act: random', 'a source of uniform numbers', show(random), 'type')
    this.#read('modelFree.act', layer, state)
    let exploring = place[3] === 1
    let change = place[4]
    let round = place[5]
    if (layer === 0) {
      // Y ~ Bernoulli(exploration); if it is 1, the layer of the switch and the round of the cover are uniform.
      exploring = this.#exploration > 0 && uniform(random) < this.#exploration
      change = exploring ? Math.floor(uniform(random) * H) : 0
      const rounds = this.#cover?.rounds ?? 1
      round = exploring && rounds > 1 ? Math.floor(uniform(random) * rounds) : 0
    }
    const u = uniform(random)
    const covered = exploring && layer <= change
    if (covered && this.#cover)
      readCover(this.#cover, round, layer, state, 'modelFree.act: cover', this.#coverPolicy, 0, A)
    // From here on nothing is refused, and the agent changes.
    const k = epochs.record(layer)
    epochs.phi.set(this.#rows, k * A * d)
    epochs.policyInto(layer, this.#rows, 0, epochs.pi, k * A)
    epochs.weights[k] = exploring ? (layer === change ? H : 0) : 1
    const action = covered ? draw(this.#coverPolicy, 0, A, u) : draw(epochs.pi, k * A, A, u)
    epochs.actions[k] = action
    place[2] = 1
    place[3] = Number(exploring)
    place[4] = change
    place[5] = round
    return action
  }

  #read(method: string, layer: number, state: S): void {
    const { actions: A, dimension: d } = this.#epochs.settings
    const rows = this.#rows
    const given = this.#features(layer, state)
    if (given instanceof Float64Array && given.length === A * d && !('shape' in given)) rows.set(given)
    else rows.set(table(given, `${method}: features(${layer}, state)`, [A, d]))
    for (let a = 0; a < A; a++) {
      const length = Math.sqrt(inner(d, rows, a * d, rows, a * d))
      if (!(length < Infinity)) refuse(`${method}: features(${layer}, state)`, 'finite', `a row of length ${length}`)
      if (length > this.largestNorm) this.largestNorm = length
    }
  }

  observe(loss: number): void {
    const place = this.#place
    if (place[2] === 0) refuse('modelFree.observe: loss', 'called after act', show(loss))
    if (!(typeof loss === 'number' && loss >= this.#low && loss <= this.#high))
      number(loss, 'modelFree.observe: loss', { min: this.#low, max: this.#high })
    const k = this.#epochs.record(place[1])
    this.#epochs.losses[k] = (loss - this.#low) / (this.#high - this.#low)
    place[1]++
    place[2] = 0
  }

  endEpisode(): void {
    const place = this.#place
    const { horizon: H } = this.#epochs.settings
    if (place[1] < H) refuse('modelFree.endEpisode: episode', `of ${H} layers, each observed`, `${place[1]}`)
    this.#epochs.endEpisode()
    place[0]++
    place[1] = 0
  }

  policy(layer: number, state: S): Float64Array {
    const { horizon: H, actions: A } = this.#epochs.settings
    number(layer, 'modelFree.policy: layer', { integer: true, min: 0, max: H - 1 })
    this.#read('modelFree.policy', layer, state)
    const out = new Float64Array(A)
    this.#epochs.policyInto(layer, this.#rows, 0, out, 0)
    return out
  }

  get #memory(): Float64Array[] {
    return [...this.#epochs.memory, this.#place]
  }

  get #shape(): number[] {
    const { horizon, actions, dimension, epoch } = this.#epochs.settings
    return [horizon, actions, dimension, epoch]
  }

  state(): ModelFreeState {
    return { learner: 'modelFree', shape: this.#shape, memory: this.#memory.map(encodeFloats) }
  }

  load(state: ModelFreeState): void {
    const label = 'modelFree.load: state'
    const { learner, shape, memory } = optionsOf(state, label)
    if (learner !== 'modelFree') refuse(`${label}.learner`, "'modelFree'", show(learner))
    const wanted = this.#shape
    if (!Array.isArray(shape) || shape.length !== 4 || shape.some((n, k) => n !== wanted[k]))
      refuse(`${label}.shape`, `[${wanted}]`, Array.isArray(shape) ? `[${shape.map(show)}]` : show(shape))
    const into = this.#memory
    if (!Array.isArray(memory) || memory.length !== into.length)
      refuse(`${label}.memory`, `${into.length} texts`, show(memory), 'type')
    const decoded = into.map((values, k) =>
      decodeFloats(memory[k], Float64Array, values.length, `${label}.memory[${k}]`),
    )
    checkMemory(decoded, wanted, label)
    into.forEach((values, k) => {
      values.set(decoded[k])
    })
  }
}

/** Refuses numbers that no agent of this shape can have saved. */
function checkMemory(memory: Float64Array[], [H, A, , W]: number[], label: string): void {
  const most = Number.MAX_SAFE_INTEGER
  const ranges: [low: number, high: number, integer: boolean][][] = [
    [[-Number.MAX_VALUE, Number.MAX_VALUE, false]],
    [[-Number.MAX_VALUE, Number.MAX_VALUE, false]],
    [[-Number.MAX_VALUE, Number.MAX_VALUE, false]],
    [[0, 1 + 1e-12, false]],
    [[0, A - 1, true]],
    [[0, 1, false]],
    [[0, H, true]],
    [
      [0, most, true],
      [0, W - 1, true],
    ],
    [
      [0, most, true],
      [0, H, true],
      [0, 1, true],
      [0, 1, true],
      [0, H - 1, true],
      [0, most, true],
    ],
  ]
  memory.forEach((values, k) => {
    values.forEach((v, i) => {
      const [min, max, integer] = ranges[k][i % ranges[k].length]
      number(v, `${label}.memory[${k}][${i}]`, { min, max, integer })
    })
  })
}

function uniform(random: Uniforms): number {
  const u = random.uniform()
  if (!(u >= 0 && u < 1)) refuse('modelFree.act: random.uniform()', 'in [0, 1)', show(u))
  return u
}
