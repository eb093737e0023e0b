/** Spearman's rank correlation; equal values share their mean rank. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): number {
  const [p, q] = [ranks(x), ranks(y)]
  const middle = (x.length - 1) / 2
  let [xy, xx, yy] = [0, 0, 0]
  p.forEach((rank, i) => {
    xy += (rank - middle) * (q[i] - middle)
    xx += (rank - middle) * (rank - middle)
    yy += (q[i] - middle) * (q[i] - middle)
  })
  return xy / Math.sqrt(xx * yy)
}

const ranks = (values: readonly number[]): number[] =>
  values.map((value) => values.reduce((rank, other) => rank + (other < value ? 1 : other === value ? 0.5 : 0), -0.5))
