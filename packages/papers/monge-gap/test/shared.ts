import {
  type Cost,
  cosine,
  elasticL1,
  euclidean,
  euclideanP,
  geodesic,
  pNormP,
  sqEuclidean,
  sqPNorm,
} from '../src/index.ts'

/** A cost as the golden files name it. */
export interface GoldenCost {
  cost: string
  parameters: Record<string, number>
}

/** Makes the cost of a golden file. */
export function costNamed({ cost, parameters: { p, lambda, rho } }: GoldenCost): Cost {
  const makers: Record<string, () => Cost> = {
    sqEuclidean,
    euclidean,
    cosine,
    euclideanP: () => euclideanP(p),
    pNormP: () => pNormP(p),
    sqPNorm: () => sqPNorm(p),
    elasticL1: () => elasticL1(lambda, rho),
    geodesic: () => geodesic(p as 1 | 2),
  }
  return makers[cost]()
}

export const flat = (rows: number[][]): Float64Array => Float64Array.from(rows.flat())

export function largestDifference(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) return Infinity
  let most = 0
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i] - y[i]))
  return most
}
