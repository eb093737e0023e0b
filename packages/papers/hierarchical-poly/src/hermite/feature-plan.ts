import { number, refuse, show } from '@opt/core'

/** The products that make up the features of some degrees. */
export interface FeaturePlan {
  inputs: number
  /** The largest degree. */
  highest: number
  count: number
  /** Feature f is the product over `factors[starts[f]]` to `factors[starts[f + 1] - 1]`. */
  starts: Int32Array
  /** Each factor is input * (highest + 1) + power. */
  factors: Int32Array
}

/** Coefficients for more features than this fit no memory that matters. */
const MOST = 1_000_000

/** Checks degrees: distinct integers from 1 to 20. Returns a copy. */
export function checkDegrees(degrees: readonly number[], label: string): number[] {
  if (!Array.isArray(degrees) || degrees.length === 0)
    refuse(label, 'an array of at least one degree', show(degrees), 'type')
  return Array.from(degrees, (degree, k) => {
    number(degree, `${label}[${k}]`, { integer: true, min: 1, max: 20 })
    if (degrees.indexOf(degree) < k) refuse(`${label}[${k}]`, 'a degree that does not come earlier', `${degree} again`)
    return degree
  })
}

/**
 * Returns how many features there are of some degrees in d inputs: the sum of the binomials (d + k - 1 choose k).
 *
 * @throws TypeError or RangeError for bad degrees, or more than a million features.
 */
export function featureCount(inputs: number, degrees: readonly number[], label: string): number {
  let count = 0
  for (const degree of degrees) {
    let binomial = 1
    for (let j = 1; j <= degree; j++) binomial = (binomial * (inputs + j - 1)) / j
    count += Math.round(binomial)
  }
  if (count > MOST) refuse(label, `of at most ${MOST} features in ${inputs} inputs`, `${count}`)
  return count
}

/** Returns the partitions of k into descending parts: [3], [2, 1], [1, 1, 1]. */
function partitions(k: number, most = k): number[][] {
  if (k === 0) return [[]]
  const all: number[][] = []
  for (let part = Math.min(k, most); part > 0; part--)
    for (const rest of partitions(k - part, part)) all.push([part, ...rest])
  return all
}

/**
 * Lists the features of some degrees: for each degree its partitions into powers in descending order, for each of
 * them the inputs in lexicographic order, those of equal powers ascending.
 */
export function featurePlan(inputs: number, degrees: readonly number[], label: string): FeaturePlan {
  const count = featureCount(inputs, degrees, label)
  const highest = Math.max(...degrees)
  const width = highest + 1
  const starts = new Int32Array(count + 1)
  const factors: number[] = []
  const chosen: number[] = []
  let f = 0
  const choose = (powers: number[]) => {
    const place = chosen.length
    if (place === powers.length) {
      for (const [t, input] of chosen.entries()) factors.push(input * width + powers[t])
      starts[++f] = factors.length
      return
    }
    const ascending = place > 0 && powers[place] === powers[place - 1]
    for (let input = ascending ? chosen[place - 1] + 1 : 0; input < inputs; input++) {
      if (chosen.includes(input)) continue
      chosen.push(input)
      choose(powers)
      chosen.pop()
    }
  }
  for (const degree of degrees) for (const powers of partitions(degree)) choose(powers)
  return { inputs, highest, count, starts, factors: Int32Array.from(factors) }
}
