import { number, options as optionsOf, Random, refuse, show } from '@opt/core'
import type { Batches } from './options.ts'

/**
 * Draws batches of distinct indices for {@link boRep}, each uniformly and independent of the others.
 *
 * All that is kept between draws is the state of `rng`: with it and the answer of a run, the run goes on to the same
 * bits. The arrays are used again in the next step.
 *
 * @param rng drawn from in each step.
 * @param counts numbers of training examples (of g) and validation examples (of F).
 * @param size indices in a batch, at most all of the examples.
 * @throws TypeError or RangeError when an argument is wrong.
 */
export function minibatches(rng: Random, counts: { training: number; validation: number }, size: number): Batches {
  const name = 'minibatches: '
  if (!(rng instanceof Random)) refuse(`${name}rng`, 'a Random of @opt/core', show(rng), 'type')
  const { training, validation } = optionsOf(counts, `${name}counts`)
  const rule = { integer: true, min: 1, max: 2147483647 }
  number(training, `${name}counts.training`, rule)
  number(validation, `${name}counts.validation`, rule)
  number(size, `${name}size`, rule)
  const [train, clean] = [new Sampler(rng, training), new Sampler(rng, validation)]
  const [lower, hvp, upper] = [training, training, validation].map((n) => new Int32Array(Math.min(size, n)))
  return { lower: () => train.draw(lower), hvp: () => train.draw(hvp), upper: () => clean.draw(upper) }
}

/** Draws distinct indices by the first swaps of Fisher and Yates, which are then undone. */
class Sampler {
  readonly #rng: Random
  readonly #pool: Int32Array
  readonly #chosen: Int32Array

  constructor(rng: Random, count: number) {
    this.#rng = rng
    this.#pool = Int32Array.from({ length: count }, (_, i) => i)
    this.#chosen = new Int32Array(count)
  }

  draw(out: Int32Array): Int32Array {
    const [pool, chosen] = [this.#pool, this.#chosen]
    for (let i = 0; i < out.length; i++) {
      const j = this.#rng.integer(i, pool.length)
      chosen[i] = j
      out[i] = pool[j]
      pool[j] = pool[i]
      pool[i] = out[i]
    }
    for (let i = out.length - 1; i >= 0; i--) {
      const j = chosen[i]
      const kept = pool[j]
      pool[j] = pool[i]
      pool[i] = kept
    }
    return out
  }
}
