// What every kernel is made of. T is f64 (2 lanes) or f32 (4 lanes).
// A loop with several constants (splats) tests at its end, `if (n >= lanes) do { ... } while (i + lanes <= n)`: V8 11 (Node 20) works
// them out anew in every turn of a loop that may not run at all, which costs Adam a sixth of its time. V8 13 (Node 24) does not.

/** a * b + c, rounded twice: the same on every machine, which a fused multiply-add is not. */
// @ts-ignore: decorator
@inline
export function mulAdd<T>(a: v128, b: v128, c: v128): v128 {
  return v128.add<T>(v128.mul<T>(a, b), c)
}

/** The sum of the lanes: a + b, or (a + b) + (c + d). */
// @ts-ignore: decorator
@inline
export function laneSum<T>(v: v128): T {
  if (sizeof<T>() == 8) return <T>(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1))
  return <T>(f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)))
}

/** Bytes of n numbers. */
// @ts-ignore: decorator
@inline
export function bytes<T>(n: i32): usize {
  return <usize>n * sizeof<T>()
}
