/**
 * Returns the slope of f along entry k of x by central differences, [f(x + h e_k) - f(x - h e_k)] / (2 h): what the k-th
 * entry of a gradient must be near. x is moved in place and put back, so f may read it from anywhere.
 *
 *     gradient.forEach((slope, k) => near(slope, centralDifference(loss, x, k), { absolute: 1e-8 }))
 */
export function centralDifference<X extends { [k: number]: number }>(
  f: (x: X) => number,
  x: X,
  k: number,
  h = 1e-5,
): number {
  const kept = x[k]
  const at = (step: number) => {
    x[k] = kept + step
    return f(x)
  }
  try {
    return (at(h) - at(-h)) / (2 * h)
  } finally {
    x[k] = kept
  }
}
