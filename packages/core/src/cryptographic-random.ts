import { Random, RandomWords } from './random.ts'

/** Words that are drawn from the platform at a time. */
const BLOCK = 1024

class CryptographicWords extends RandomWords {
  readonly #words = new Int32Array(BLOCK)
  #used = BLOCK

  next(): number {
    if (this.#used === BLOCK) {
      globalThis.crypto.getRandomValues(this.#words)
      this.#used = 0
    }
    const word = this.#words[this.#used]
    // A word that was used does not stay in memory.
    this.#words[this.#used++] = 0
    return word
  }

  state(): never {
    throw new Error('Random.state: cryptographic random numbers cannot be drawn again')
  }

  split(): RandomWords {
    return new CryptographicWords()
  }
}

/**
 * Makes a generator of random numbers that nobody can predict or repeat, from the platform's cryptographic
 * source (Web Crypto), as the noise of differential privacy requires. It has no seed and no state.
 */
export function cryptographicRandom(): Random {
  return new Random(new CryptographicWords())
}
