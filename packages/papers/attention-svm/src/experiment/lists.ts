import { type Random, random } from '@opt/core'
import { loadTable } from '@opt/datasets-tables'

/** Queries with a candidate of each class; the right one has the query's class. */
export interface Lists {
  /** n x 64. */
  queries: Float64Array[]
  /** n x 10 x 64. */
  tokens: Float64Array[][]
  select: Int32Array
}

/** Pictures of digits, minus the mean of the training half, of norm 1. */
export interface Pictures {
  training: Split
  other: Split
}

interface Split {
  pictures: Float64Array[]
  labels: Int32Array
}

/** Loads the UCI digits and draws 900 of them for training. */
export async function loadPictures(seed: number): Promise<Pictures> {
  const { shape, features, labels } = await loadTable('digits')
  const [n, d] = shape
  const order = random(seed).permutation(n)
  const centre = new Float64Array(d)
  for (let k = 0; k < 900; k++) for (let j = 0; j < d; j++) centre[j] += features[order[k] * d + j] / 900
  const take = (rows: ArrayLike<number>): Split => ({
    labels: Int32Array.from(rows, (i) => labels[i]),
    pictures: Array.from(rows, (i) => {
      const x = Float64Array.from(centre, (middle, j) => features[i * d + j] - middle)
      const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))
      return x.map((value) => value / length)
    }),
  })
  return { training: take(order.subarray(0, 900)), other: take(order.subarray(900)) }
}

/** Draws lists: a query, and for each class a picture that is not the query. */
export function drawLists(rng: Random, { pictures, labels }: Split, count: number): Lists {
  const classes = Array.from({ length: 10 }, (_, c) => Array.from(labels.keys()).filter((i) => labels[i] === c))
  const queries: Float64Array[] = []
  const tokens: Float64Array[][] = []
  const select = new Int32Array(count)
  for (let k = 0; k < count; k++) {
    const query = rng.integer(0, pictures.length)
    select[k] = labels[query]
    queries.push(pictures[query])
    tokens.push(
      classes.map((members) => {
        let other = query
        while (other === query) other = members[rng.integer(0, members.length)]
        return pictures[other]
      }),
    )
  }
  return { queries, tokens, select }
}
