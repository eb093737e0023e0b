// Products and sums in registers, twelve chains of them: what one core can do with 128 bits and no fused multiply-add. Compiled by
// ceiling.mjs for the benchmark alone.

function chains<T>(n: i32, factor: T, summand: T): T {
  const x = v128.splat<T>(factor),
    y = v128.splat<T>(summand)
  let a = y,
    b = x,
    c = v128.add<T>(x, y),
    d = v128.add<T>(c, y),
    e = v128.add<T>(d, y),
    f = v128.add<T>(e, y)
  let g = v128.add<T>(f, y),
    h = v128.add<T>(g, y),
    i = v128.add<T>(h, y),
    j = v128.add<T>(i, y),
    k = v128.add<T>(j, y)
  let l = v128.add<T>(k, y)
  for (; n > 0; n--) {
    a = v128.add<T>(v128.mul<T>(a, x), y)
    b = v128.add<T>(v128.mul<T>(b, x), y)
    c = v128.add<T>(v128.mul<T>(c, x), y)
    d = v128.add<T>(v128.mul<T>(d, x), y)
    e = v128.add<T>(v128.mul<T>(e, x), y)
    f = v128.add<T>(v128.mul<T>(f, x), y)
    g = v128.add<T>(v128.mul<T>(g, x), y)
    h = v128.add<T>(v128.mul<T>(h, x), y)
    i = v128.add<T>(v128.mul<T>(i, x), y)
    j = v128.add<T>(v128.mul<T>(j, x), y)
    k = v128.add<T>(v128.mul<T>(k, x), y)
    l = v128.add<T>(v128.mul<T>(l, x), y)
  }
  const abcd = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d)),
    efgh = v128.add<T>(v128.add<T>(e, f), v128.add<T>(g, h))
  const ijkl = v128.add<T>(v128.add<T>(i, j), v128.add<T>(k, l))
  return v128.extract_lane<T>(v128.add<T>(abcd, v128.add<T>(efgh, ijkl)), 0)
}

export function chains64(n: i32, factor: f64, summand: f64): f64 {
  return chains<f64>(n, factor, summand)
}
export function chains32(n: i32, factor: f32, summand: f32): f32 {
  return chains<f32>(n, factor, summand)
}
