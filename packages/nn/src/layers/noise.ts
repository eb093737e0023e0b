import { number, Random, type RandomState, refuse, show } from '@opt/core'
import type { LayerNoise } from './layer-noise.ts'

/** The state of a network's noise, from which what was last drawn can be drawn again; plain JSON. */
export interface NoiseState {
  /** The generator before the noise was drawn. */
  random: RandomState
  /** The number of examples that it was drawn for. */
  examples: number
}

/** The noise of all layers, and the generator it is drawn from. */
export class Noise {
  readonly #layers: readonly LayerNoise[]
  readonly #batch: number
  #random: Random
  #state: NoiseState

  /** For at most `batch` examples. */
  constructor(layers: readonly LayerNoise[], batch: number, random: Random) {
    this.#layers = layers
    this.#batch = batch
    this.#random = random
    this.#state = { random: random.state(), examples: batch }
    this.draw(batch)
  }

  /** The number of examples that the noise was last drawn for. */
  get examples(): number {
    return this.#state.examples
  }

  /** Whether weights are dropped. */
  get onWeights(): boolean {
    return this.#layers.some(({ weights }) => weights)
  }

  /** Draws new noise: that of the weights, then that of the inputs of all layers, example by example. */
  draw(examples: number): void {
    const random = this.#random
    this.#state = { random: random.state(), examples }
    for (const layer of this.#layers) layer.drawWeights(random)
    for (let i = 0; i < examples; i++) for (const layer of this.#layers) layer.drawInputs(random, i)
  }

  state(): NoiseState {
    return structuredClone(this.#state)
  }

  /** Checks a state and returns a function that restores it. */
  loader(state: unknown, label: string): () => void {
    if (typeof state !== 'object' || state === null) refuse(label, 'what state() returned', show(state), 'type')
    const { random, examples } = state as NoiseState
    const given = number(examples, `${label}.examples`, { integer: true, min: 1, max: this.#batch })
    let generator: Random
    try {
      generator = new Random(random)
    } catch {
      refuse(`${label}.random`, 'the state of a generator', show(random), 'type')
    }
    return () => {
      this.#random = generator
      this.draw(given)
    }
  }

  /** Takes over the noise of a network of the same architecture, for as many examples as there is room for. */
  copy({ random, examples }: NoiseState): void {
    this.#random = new Random(random)
    this.draw(Math.min(examples, this.#batch))
  }
}
