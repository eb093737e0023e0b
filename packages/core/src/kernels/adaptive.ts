/** What AdamP, diffGrad, ADAHESSIAN and Stable-SPAM need beyond the updates of {@link UpdateKernels}, in the same manner. */
export interface AdaptiveKernels<A> {
  /**
   * Adam's direction: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; g becomes m / (sqrt(correction2 v) + epsilon),
   * or with nesterov = 1 (beta1 m + (1 - beta1) g) / (sqrt(correction2 v) + epsilon).
   */
  adamDirection(
    n: number,
    m: A,
    v: A,
    g: A,
    correction2: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    nesterov: number,
  ): void
  /** The largest |x'y| / (max(|x|, floor) max(|y|, floor)) of the rows of two rows-by-n matrices; sums dot-ordered. */
  largestCosine(rows: number, n: number, x: A, y: A, floor: number): number
  /** Each row of u loses its part along the same row of x: u -= x (x'u) / (|x| + epsilon)^2; rows-by-n matrices, sums dot-ordered. */
  projectRows(rows: number, n: number, x: A, u: A, epsilon: number): void
  /**
   * diffGrad: d = l2 p + g; m = beta1 m + (1 - beta1) d; v = beta2 v + (1 - beta2) d^2;
   * p = keep p - stepSize m / ((1 + exp(-|q - d|)) (sqrt(v) + epsilon)); q = d. The exponential is worked out in float64.
   */
  diffgrad(
    n: number,
    p: A,
    m: A,
    v: A,
    q: A,
    g: A,
    stepSize: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    l2: number,
  ): void
  /** AdamW with the second moment of d: m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) d^2; p = keep p - stepSize m / (sqrt(correction2 v) + epsilon). */
  adahessian(
    n: number,
    p: A,
    m: A,
    v: A,
    g: A,
    d: A,
    stepSize: number,
    correction2: number,
    keep: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void
  /** The largest |x_i|, 0 for none; entries that are NaN do not count. */
  largest(n: number, x: A): number
  /** The largest |x_i|, 0 for none; NaN when an entry is NaN. */
  peak(n: number, x: A): number
  /** x'x in float64: four sums over i mod 4, (0 + 2) + (1 + 3), then the tail one by one. */
  squaredNorm(n: number, x: A): number
  /** Entries with |x_i| > limit become factor x_i. */
  scaleAbove(n: number, x: A, limit: number, factor: number): void
}

/** The kernels of one type of numbers: views in, pointers through. */
export function wasmAdaptive<A extends ArrayBufferView>(
  of: (name: string) => (...numbers: number[]) => number,
): AdaptiveKernels<A> {
  const at = (view: A) => view.byteOffset
  const [largest, peak, squaredNorm, scaleAbove] = ['largest', 'peak', 'squaredNorm', 'scaleAbove'].map(of)
  const [direction, cosine, project, diffgrad, adahessian] = [
    'adamDirection',
    'largestCosine',
    'projectRows',
    'diffgrad',
    'adahessian',
  ].map(of)
  return {
    adamDirection: (n, m, v, g, correct, beta1, beta2, epsilon, nesterov) =>
      void direction(n, at(m), at(v), at(g), correct, beta1, beta2, epsilon, nesterov),
    largestCosine: (rows, n, x, y, floor) => cosine(rows, n, at(x), at(y), floor),
    projectRows: (rows, n, x, u, epsilon) => void project(rows, n, at(x), at(u), epsilon),
    diffgrad: (n, p, m, v, q, g, rate, keep, beta1, beta2, epsilon, l2) =>
      void diffgrad(n, at(p), at(m), at(v), at(q), at(g), rate, keep, beta1, beta2, epsilon, l2),
    adahessian: (n, p, m, v, g, d, rate, correct, keep, beta1, beta2, epsilon) =>
      void adahessian(n, at(p), at(m), at(v), at(g), at(d), rate, correct, keep, beta1, beta2, epsilon),
    largest: (n, x) => largest(n, at(x)),
    peak: (n, x) => peak(n, at(x)),
    squaredNorm: (n, x) => squaredNorm(n, at(x)),
    scaleAbove: (n, x, limit, factor) => void scaleAbove(n, at(x), limit, factor),
  }
}
