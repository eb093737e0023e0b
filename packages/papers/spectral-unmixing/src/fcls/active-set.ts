import { Support } from './support.ts'

/** How far, relative to the data, a gradient may favour an end-member that is not taken in. */
const SLACK = 1e-13

/**
 * Returns a function that solves min |z - R a| over the simplex by an active-set method (Lawson and Hanson's, with the
 * abundances summing to one): an end-member that the gradient favours comes in, those that would become negative go. Each
 * pixel starts from the support of the pixel before it: neighbours in an image are made of the same materials.
 */
export function activeSet(R: readonly Float64Array[], rank: number): (z: Float64Array, out: Float64Array) => void {
  const K = R.length
  const support = new Support(R, rank)
  const [v, gradient, target, blocked] = [
    new Float64Array(rank),
    new Float64Array(K),
    new Float64Array(K),
    new Uint8Array(K),
  ]
  const size = R.reduce((most, column) => Math.max(most, squaredDistance(column, v)), 0)

  /** The column that lowers the residual at `a` most, outside the support; -1 when none does. */
  function favoured(z: Float64Array, a: Float64Array): number {
    for (let l = 0; l < rank; l++) {
      v[l] = z[l]
      for (let k = 0; k < K; k++) v[l] -= a[k] * R[k][l]
    }
    let mean = 0
    for (let k = 0; k < K; k++) {
      gradient[k] = 0
      for (let l = 0; l < rank; l++) gradient[k] += v[l] * R[k][l]
      mean += a[k] * gradient[k]
    }
    let best = -1
    let most = SLACK * size
    for (let k = 0; k < K; k++) {
      if (blocked[k] === 1 || a[k] > 0 || !(gradient[k] - mean > most)) continue
      best = k
      most = gradient[k] - mean
    }
    return best
  }

  /** Computes the abundances of the optimum of the support's affine hull, by places. */
  function optimum(z: Float64Array): void {
    for (let l = 0; l < rank; l++) v[l] = z[l] - R[support.members[0]][l]
    support.change(v, target)
    target[0] += 1
  }

  /** Takes out all whose abundances would not be positive, until those that are left are the optimum: `a`. */
  function shrink(z: Float64Array, a: Float64Array): void {
    for (optimum(z); !support.retain((place) => target[place] > 0); optimum(z));
    for (let i = 0; i < support.size; i++) a[support.members[i]] = target[i]
  }

  /** Moves `a` to the optimum of the support, or to its first zero, whose member leaves; returns whether it arrived. */
  function move(z: Float64Array, a: Float64Array): boolean {
    optimum(z)
    let step = 1
    let leaves = -1
    for (let i = 0; i < support.size; i++) {
      const old = a[support.members[i]]
      if (target[i] > 0) continue
      const fraction = old / (old - target[i])
      if (leaves >= 0 && !(fraction < step)) continue
      step = fraction
      leaves = i
    }
    for (let i = 0; i < support.size; i++) {
      const k = support.members[i]
      a[k] = leaves < 0 ? target[i] : Math.max(0, a[k] + step * (target[i] - a[k]))
    }
    if (leaves < 0) return true
    a[support.members[leaves]] = 0
    support.retain((place) => place !== leaves)
    return false
  }

  support.add(0)
  return (z, a) => {
    a.fill(0)
    blocked.fill(0)
    shrink(z, a)
    // Ends long before: no support occurs twice.
    for (let t = 0; t < 100 * K; t++) {
      const k = favoured(z, a)
      if (k < 0) return
      if (!support.add(k)) {
        blocked[k] = 1
        continue
      }
      while (!move(z, a));
      blocked.fill(0)
    }
  }
}

function squaredDistance(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let l = 0; l < x.length; l++) sum += (x[l] - y[l]) * (x[l] - y[l])
  return sum
}
