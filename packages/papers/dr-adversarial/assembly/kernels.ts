// The barrier b(d) = -l(x + d) + (lambda/2)|d|^2 - c sum_j [log(hi_j - d_j) + log(d_j - lo_j)], and steps along -grad b.

/** grad b, from the gradient g of l. */
// @ts-ignore: decorator
@inline
function slope(d: v128, low: v128, high: v128, g: v128, c: v128, lambda: v128): v128 {
  const one = f64x2.splat(1)
  const rim = f64x2.sub(f64x2.div(one, f64x2.sub(high, d)), f64x2.div(one, f64x2.sub(d, low)))
  return f64x2.add(f64x2.sub(f64x2.mul(lambda, d), g), f64x2.mul(c, rim))
}

/** d within the interval, tau of its width away from both ends. */
// @ts-ignore: decorator
@inline
function inside(d: v128, low: v128, high: v128, tau: v128): v128 {
  const margin = f64x2.mul(tau, f64x2.sub(high, low))
  return f64x2.max(f64x2.add(low, margin), f64x2.min(f64x2.sub(high, margin), d))
}

// @ts-ignore: decorator
@inline
function signed(x: v128): v128 {
  const zero = f64x2.splat(0), one = f64x2.splat(1)
  return f64x2.sub(v128.and(f64x2.gt(x, zero), one), v128.and(f64x2.lt(x, zero), one))
}

/** Two numbers at a pointer, or one twice where it is the last. */
// @ts-ignore: decorator
@inline
function load(at: usize, both: bool): v128 {
  return both ? v128.load(at) : v128.load64_splat(at)
}

// @ts-ignore: decorator
@inline
function store(at: usize, x: v128, both: bool): void {
  if (both) v128.store(at, x)
  else v128.store64_lane(at, x, 0)
}

/** n numbers: d = inside(d - step grad b), or of its sign where `signs` is not 0. */
export function barrierStep(
  n: i32, d: usize, low: usize, high: usize, g: usize, c: f64, lambda: f64, step: f64, tau: f64, signs: i32,
): void {
  const cs = f64x2.splat(c), lambdas = f64x2.splat(lambda), steps = f64x2.splat(step), taus = f64x2.splat(tau)
  for (; n > 0; n -= 2) {
    const both = n > 1
    const at = load(d, both), l = load(low, both), h = load(high, both)
    let b = slope(at, l, h, load(g, both), cs, lambdas)
    if (signs) b = signed(b)
    store(d, inside(f64x2.sub(at, f64x2.mul(steps, b)), l, h, taus), both)
    d += 16
    low += 16
    high += 16
    g += 16
  }
}

/** n numbers: a step of Adam with moments m and v; `first` and `second` correct their bias. */
export function barrierAdam(
  n: i32, d: usize, low: usize, high: usize, g: usize, m: usize, v: usize, c: f64, lambda: f64, step: f64, tau: f64,
  first: f64, second: f64,
): void {
  const cs = f64x2.splat(c), lambdas = f64x2.splat(lambda), steps = f64x2.splat(step), taus = f64x2.splat(tau)
  const firsts = f64x2.splat(first), seconds = f64x2.splat(second), small = f64x2.splat(1e-8)
  const b1 = f64x2.splat(0.9), r1 = f64x2.splat(0.1), b2 = f64x2.splat(0.999), r2 = f64x2.splat(0.001)
  for (; n > 0; n -= 2) {
    const both = n > 1
    const at = load(d, both), l = load(low, both), h = load(high, both)
    const b = slope(at, l, h, load(g, both), cs, lambdas)
    const mean = f64x2.add(f64x2.mul(b1, load(m, both)), f64x2.mul(r1, b))
    const square = f64x2.add(f64x2.mul(b2, load(v, both)), f64x2.mul(r2, f64x2.mul(b, b)))
    store(m, mean, both)
    store(v, square, both)
    const scale = f64x2.add(f64x2.sqrt(f64x2.div(square, seconds)), small)
    const move = f64x2.div(f64x2.div(mean, firsts), scale)
    store(d, inside(f64x2.sub(at, f64x2.mul(steps, move)), l, h, taus), both)
    d += 16
    low += 16
    high += 16
    g += 16
    m += 16
    v += 16
  }
}

/** n numbers: q = g / (lambda + c / (hi - d)^2 + c / (d - lo)^2), within [lo - d, hi - d] where `clamp` is not 0. */
export function barrierDirection(
  n: i32, d: usize, low: usize, high: usize, g: usize, q: usize, c: f64, lambda: f64, clamp: i32,
): void {
  const cs = f64x2.splat(c), lambdas = f64x2.splat(lambda), one = f64x2.splat(1)
  for (; n > 0; n -= 2) {
    const both = n > 1
    const at = load(d, both)
    const below = f64x2.sub(at, load(low, both)), above = f64x2.sub(load(high, both), at)
    const rim = f64x2.add(f64x2.div(one, f64x2.mul(above, above)), f64x2.div(one, f64x2.mul(below, below)))
    let move = f64x2.div(load(g, both), f64x2.add(lambdas, f64x2.mul(cs, rim)))
    if (clamp) move = f64x2.max(f64x2.neg(below), f64x2.min(above, move))
    store(q, move, both)
    d += 16
    low += 16
    high += 16
    g += 16
    q += 16
  }
}
