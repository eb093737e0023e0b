import { Support } from './support.ts'

/**
 * All supports of K end-members, numbered by their bits: their abundances are an affine function of z, that depends on the
 * end-members alone.
 */
interface Supports {
  /** Where the members of each begin in `members`, and one more; those that are affinely dependent have none. */
  starts: Int32Array
  members: Int32Array
  /** For each member `rank` coefficients and a constant. */
  maps: Float64Array
}

function supportsOf(R: readonly Float64Array[], rank: number): Supports {
  const K = R.length
  const starts = [0]
  const members: number[] = []
  const maps: number[] = []
  const v = new Float64Array(rank)
  const change = Array.from({ length: rank + 1 }, () => new Float64Array(K))
  for (let set = 0; set < 1 << K; set++) {
    const support = new Support(R, rank)
    if (set > 0 && R.every((_, k) => ((set >> k) & 1) === 0 || support.add(k))) {
      for (let l = 0; l < rank; l++) {
        v.fill(0)
        v[l] = 1
        support.change(v, change[l])
      }
      for (let l = 0; l < rank; l++) v[l] = -R[support.members[0]][l]
      support.change(v, change[rank])
      change[rank][0] += 1
      for (let i = 0; i < support.size; i++) {
        members.push(support.members[i])
        for (const column of change) maps.push(column[i])
      }
    }
    starts.push(members.length)
  }
  return { starts: Int32Array.from(starts), members: Int32Array.from(members), maps: Float64Array.from(maps) }
}

/**
 * Returns a function that solves min |z - R a| over the simplex exactly. It exchanges end-members until the conditions of
 * optimality hold: those of negative abundance go, those that the gradient favours come. Should that go in circles, it takes
 * the best of all supports whose abundances are nonnegative.
 */
export function enumeration(R: readonly Float64Array[], rank: number): (z: Float64Array, out: Float64Array) => void {
  const K = R.length
  const { starts, members, maps } = supportsOf(R, rank)
  const [a, r] = [new Float64Array(K), new Float64Array(rank)]
  const flat = Float64Array.from(R.flatMap((column) => Array.from(column)))
  const all = (1 << K) - 1

  /** Computes the abundances of a support, in its order; returns the bits of those that are negative. */
  function solve(z: Float64Array, set: number): number {
    const from = starts[set]
    let negative = 0
    for (let i = from; i < starts[set + 1]; i++) {
      const at = i * (rank + 1)
      let v = maps[at + rank]
      for (let l = 0; l < rank; l++) v += maps[at + l] * z[l]
      a[i - from] = v
      if (v < 0) negative |= 1 << members[i]
    }
    return negative
  }

  /** Computes r = z - R a; returns |r|^2. */
  function residual(z: Float64Array, set: number): number {
    const from = starts[set]
    let sum = 0
    for (let l = 0; l < rank; l++) {
      let v = z[l]
      for (let i = from; i < starts[set + 1]; i++) v -= a[i - from] * flat[members[i] * rank + l]
      r[l] = v
      sum += v * v
    }
    return sum
  }

  /** Returns the bits of the end-members outside a support that the gradient favours. */
  function favoured(z: Float64Array, set: number): number {
    residual(z, set)
    const level = slope(members[starts[set]])
    let found = 0
    for (let k = 0; k < K; k++) if (((set >> k) & 1) === 0 && slope(k) > level) found |= 1 << k
    return found
  }

  function slope(k: number): number {
    let s = 0
    for (let l = 0; l < rank; l++) s += r[l] * flat[k * rank + l]
    return s
  }

  function write(set: number, out: Float64Array): void {
    out.fill(0)
    for (let i = starts[set]; i < starts[set + 1]; i++) out[members[i]] = a[i - starts[set]]
  }

  return (z, out) => {
    let set = all
    for (let t = 0; t < 2 * K && starts[set + 1] > starts[set]; t++) {
      const negative = solve(z, set)
      const change = negative === 0 && set !== all ? favoured(z, set) : negative
      if (change === 0) return write(set, out)
      set ^= change
    }
    let least = Infinity
    for (set = 1; set <= all; set++) {
      if (starts[set + 1] === starts[set] || solve(z, set) !== 0) continue
      const error = residual(z, set)
      if (!(error < least)) continue
      least = error
      write(set, out)
    }
  }
}
