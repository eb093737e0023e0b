// @ts-ignore: decorator
@inline
function moved(x: v128, g: v128, c: v128, low: v128, high: v128, length: v128, radius: v128): v128 {
  const zero = f64x2.splat(0), one = f64x2.splat(1)
  const sign = f64x2.sub(v128.and(f64x2.gt(g, zero), one), v128.and(f64x2.lt(g, zero), one))
  const away = f64x2.sub(f64x2.add(x, f64x2.mul(length, sign)), c)
  const near = f64x2.add(c, f64x2.max(f64x2.neg(radius), f64x2.min(radius, away)))
  return f64x2.max(low, f64x2.min(high, near))
}

/**
 * Moves n points x by `length` along the signs of g, and projects them onto the intervals of `radius` around c, then onto
 * those between low and high.
 */
export function signStep(
  n: i32, x: usize, g: usize, c: usize, low: usize, high: usize, length: f64, radius: f64,
): void {
  const lengths = f64x2.splat(length), radii = f64x2.splat(radius)
  for (; n >= 2; n -= 2) {
    v128.store(x, moved(v128.load(x), v128.load(g), v128.load(c), v128.load(low), v128.load(high), lengths, radii))
    x += 16
    g += 16
    c += 16
    low += 16
    high += 16
  }
  if (n > 0) {
    const last = moved(
      v128.load64_splat(x), v128.load64_splat(g), v128.load64_splat(c), v128.load64_splat(low),
      v128.load64_splat(high), lengths, radii,
    )
    v128.store64_lane(x, last, 0)
  }
}
