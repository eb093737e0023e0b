/** src/kernels.ts has the contract and the plain twin: the same operations in the same order give the same bits. */
export function descend(n: i32, learningRate: f64, g: usize, x: usize): f64 {
  const rate = f64x2.splat(learningRate)
  let largest = f64x2.splat(0)
  let i = 0
  for (; i + 2 <= n; i += 2) {
    const slope = v128.load(g)
    const next = f64x2.sub(v128.load(x), f64x2.mul(rate, slope))
    v128.store(x, next)
    largest = f64x2.max(largest, f64x2.add(f64x2.abs(slope), f64x2.sub(next, next)))
    g += 16
    x += 16
  }
  let most = max<f64>(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1))
  if (i < n) {
    const slope = load<f64>(g)
    const next = load<f64>(x) - learningRate * slope
    store<f64>(x, next)
    most = max<f64>(most, abs<f64>(slope) + (next - next))
  }
  return most
}
