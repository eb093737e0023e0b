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
