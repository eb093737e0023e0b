import { largest, packer } from './keys.ts'
import type { Parity, TrigSum } from './trig-sum.ts'

/** A sum by keys: open addressing in arrays that grow. */
class KeyedSum {
  #mask = 1023
  #keys = new Float64Array(1024).fill(-1)
  #values = new Float64Array(1024)
  size = 0

  #slot(key: number): number {
    const low = key | 0
    const high = (key / 4294967296) | 0
    let slot = (Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> 8) & this.#mask
    while (this.#keys[slot] !== key && this.#keys[slot] !== -1) slot = (slot + 1) & this.#mask
    return slot
  }

  add(key: number, value: number): void {
    const slot = this.#slot(key)
    if (this.#keys[slot] === -1) {
      this.#keys[slot] = key
      if (++this.size * 2 > this.#mask) {
        this.#values[slot] = value
        this.#grow()
        return
      }
    }
    this.#values[slot] += value
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values]
    this.#mask = 2 * this.#mask + 1
    this.#keys = new Float64Array(this.#mask + 1).fill(-1)
    this.#values = new Float64Array(this.#mask + 1)
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === -1) continue
      const slot = this.#slot(keys[i])
      this.#keys[slot] = keys[i]
      this.#values[slot] = values[i]
    }
  }

  sorted(): { keys: Float64Array; values: Float64Array } {
    const [keys, values] = [new Float64Array(this.size), new Float64Array(this.size)]
    let n = 0
    for (let i = 0; i <= this.#mask; i++) if (this.#keys[i] !== -1) keys[n++] = this.#keys[i]
    keys.sort()
    for (let i = 0; i < n; i++) values[i] = this.#values[this.#slot(keys[i])]
    return { keys, values }
  }
}

/** Terms with the positions of their positive frequencies as bits, largest |c| first. */
function byScale({ coefficients, terms, dimension: d, frequencies }: TrigSum, keys: Float64Array) {
  const order = new Int32Array(terms)
  const sizes = new Float64Array(terms)
  for (let t = 0; t < terms; t++) {
    order[t] = t
    sizes[t] = Math.abs(coefficients[t])
  }
  order.sort((s, t) => sizes[t] - sizes[s] || s - t)
  const [sorted, values] = [new Float64Array(terms), new Float64Array(terms)]
  const active = new Int32Array(terms)
  let most = 0
  for (let k = 0; k < terms; k++) {
    sorted[k] = keys[order[k]]
    values[k] = coefficients[order[k]]
    let count = 0
    for (let j = 0; j < d; j++) {
      if (frequencies[order[k] * d + j] === 0) continue
      active[k] |= 1 << j
      count++
    }
    most = Math.max(most, count)
  }
  return { most, order, active, keys: sorted, values }
}

/** A product's terms, sorted, and the sum of |f_i g_j| over the pairs that were left out. */
export interface HashProduct {
  parity: Parity[]
  frequencies: Int32Array
  coefficients: Float64Array
  dropped: number
}

/**
 * The product of two sums. On an axis where both frequencies a, b are positive there are two terms, a + b and |a - b|:
 * sin a sin b = [cos|a-b| - cos(a+b)]/2, cos a cos b = [cos|a-b| + cos(a+b)]/2, sin a cos b = [sin(a+b) + sign(a-b)
 * sin|a-b|]/2. On the others the frequencies, and the keys, simply add up.
 */
export function hashProduct(f: TrigSum, g: TrigSum, threshold: number): HashProduct {
  const d = f.dimension
  const parity: Parity[] = f.parity.map((p, j) => (p === g.parity[j] ? 'cos' : 'sin'))
  const { places, pack, unpack } = packer(d, largest(f.frequencies) + largest(g.frequencies))
  const square = f === g
  const left = byScale(f, pack(f.frequencies))
  const right = square ? left : byScale(g, pack(g.frequencies))
  // What is left from each place on.
  const tails = new Float64Array(g.terms + 1)
  for (let j = g.terms - 1; j >= 0; j--) tails[j] = tails[j + 1] + Math.abs(right.values[j])
  const sums = new KeyedSum()
  const most = 1 << Math.min(left.most, right.most)
  const [keys, values] = [new Float64Array(most), new Float64Array(most)]
  let dropped = 0
  for (let i = 0; i < f.terms; i++) {
    const [ti, value] = [left.order[i] * d, left.values[i]]
    const size = Math.abs(value)
    for (let j = square ? i : 0; j < g.terms; j++) {
      if (size * Math.abs(right.values[j]) < threshold) {
        // The later ones are smaller still.
        dropped += square ? size * (j === i ? size + 2 * tails[i + 1] : 2 * tails[j]) : size * tails[j]
        break
      }
      keys[0] = left.keys[i] + right.keys[j]
      values[0] = (square && i !== j ? 2 : 1) * value * right.values[j]
      let count = 1
      const tj = right.order[j] * d
      for (let shared = left.active[i] & right.active[j]; shared !== 0; shared &= shared - 1) {
        const axis = 31 - Math.clz32(shared & -shared)
        const [a, b] = [f.frequencies[ti + axis], g.frequencies[tj + axis]]
        const shift = 2 * Math.min(a, b) * places[axis]
        const sineF = f.parity[axis] === 'sin'
        const sineG = g.parity[axis] === 'sin'
        // Signs of the terms a + b and |a - b|.
        const plus = sineF && sineG ? -0.5 : 0.5
        const minus = sineF === sineG || (sineF ? a > b : b > a) ? 0.5 : -0.5
        const before = count
        // A sine of frequency 0 vanishes.
        const twice = sineF === sineG || a !== b
        for (let k = 0; k < before; k++) {
          if (twice) {
            keys[count] = keys[k] - shift
            values[count++] = minus * values[k]
          }
          values[k] *= plus
        }
      }
      for (let k = 0; k < count; k++) sums.add(keys[k], values[k])
    }
  }
  const found = sums.sorted()
  return { parity, frequencies: unpack(found.keys), coefficients: found.values, dropped }
}
