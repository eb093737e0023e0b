/** src/kernels.ts has the contract and the plain twin: the same operations in the same order give the same bits. */
export function kaczmarz(
  n: i32,
  count: i32,
  rows: usize,
  gram: usize,
  inverse: usize,
  y: usize,
  r: usize,
  target: f64,
): i32 {
  for (let t = 0; t < count; t++) {
    const i = <usize>load<i32>(rows + ((<usize>t) << 2))
    const step = load<f64>(r + (i << 3)) * load<f64>(inverse + (i << 3))
    const place = y + (i << 3)
    store<f64>(place, load<f64>(place) - step)
    const factor = f64x2.splat(step)
    let row = gram + i * ((<usize>n) << 3)
    let at = r
    let s0 = f64x2.splat(0)
    let s1 = f64x2.splat(0)
    let s2 = f64x2.splat(0)
    let s3 = f64x2.splat(0)
    const end = r + ((<usize>n) << 3)
    while (at < end) {
      const a = f64x2.sub(v128.load(at), f64x2.mul(factor, v128.load(row)))
      const b = f64x2.sub(v128.load(at, 16), f64x2.mul(factor, v128.load(row, 16)))
      const c = f64x2.sub(v128.load(at, 32), f64x2.mul(factor, v128.load(row, 32)))
      const d = f64x2.sub(v128.load(at, 48), f64x2.mul(factor, v128.load(row, 48)))
      v128.store(at, a)
      v128.store(at, b, 16)
      v128.store(at, c, 32)
      v128.store(at, d, 48)
      s0 = f64x2.add(s0, f64x2.mul(a, a))
      s1 = f64x2.add(s1, f64x2.mul(b, b))
      s2 = f64x2.add(s2, f64x2.mul(c, c))
      s3 = f64x2.add(s3, f64x2.mul(d, d))
      row += 64
      at += 64
    }
    const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3))
    if (f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1) <= target) return t + 1
  }
  return count
}

/** x'y over n entries, n a multiple of 8: eight sums, added as ((0+2)+(4+6)) + ((1+3)+(5+7)). */
// @ts-ignore: decorator
@inline
function inner(n: usize, x: usize, y: usize): f64 {
  let s0 = f64x2.splat(0)
  let s1 = f64x2.splat(0)
  let s2 = f64x2.splat(0)
  let s3 = f64x2.splat(0)
  const end = x + (n << 3)
  while (x < end) {
    s0 = f64x2.add(s0, f64x2.mul(v128.load(x), v128.load(y)))
    s1 = f64x2.add(s1, f64x2.mul(v128.load(x, 16), v128.load(y, 16)))
    s2 = f64x2.add(s2, f64x2.mul(v128.load(x, 32), v128.load(y, 32)))
    s3 = f64x2.add(s3, f64x2.mul(v128.load(x, 48), v128.load(y, 48)))
    x += 64
    y += 64
  }
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3))
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)
}

export function projectVectors(
  n: i32,
  count: i32,
  K: usize,
  S: usize,
  v: usize,
  z: usize,
  r: usize,
  target: f64,
): i32 {
  const stride = (<usize>n) << 3
  for (let t = 0; t < count; t++) {
    const s = S + (<usize>t) * stride
    for (let i: usize = 0; i < <usize>n; i++) store<f64>(v + (i << 3), inner(n, K + i * stride, s))
    const size = inner(n, v, v)
    const step = size > 0 ? inner(n, s, r) / size : 0
    for (let i: usize = 0; i < <usize>n; i++) {
      const at = i << 3
      store<f64>(z + at, load<f64>(z + at) - step * load<f64>(v + at))
      store<f64>(r + at, load<f64>(r + at) - step * inner(n, K + i * stride, v))
    }
    if (inner(n, r, r) <= target) return t + 1
  }
  return count
}
