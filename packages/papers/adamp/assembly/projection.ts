import { laneSum, mulAdd } from '../../../core/assembly/simd'

/** The lanes' and the four sums' sum, in the order of the core's dot. */
// @ts-ignore: decorator
@inline
function total<T>(a: v128, b: v128, c: v128, d: v128): T {
  return laneSum<T>(v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d)))
}

/** Whether |x'y| / (max(|x|, floor) max(|y|, floor)) < limit in every row; one read of both up to the first that is not. */
// @ts-ignore: decorator
@inline
function cosinesBelowOf<T>(rows: i32, n: i32, x: usize, y: usize, floor: f64, limit: f64): i32 {
  const step: i32 = 64 / sizeof<T>()
  for (let row = 0; row < rows; row++) {
    let xx0 = v128.splat<T>(0), xx1 = xx0, xx2 = xx0, xx3 = xx0
    let yy0 = xx0, yy1 = xx0, yy2 = xx0, yy3 = xx0
    let xy0 = xx0, xy1 = xx0, xy2 = xx0, xy3 = xx0
    let i = 0
    for (; i + step <= n; i += step) {
      let a = v128.load(x), b = v128.load(y)
      xx0 = mulAdd<T>(a, a, xx0)
      yy0 = mulAdd<T>(b, b, yy0)
      xy0 = mulAdd<T>(a, b, xy0)
      a = v128.load(x, 16)
      b = v128.load(y, 16)
      xx1 = mulAdd<T>(a, a, xx1)
      yy1 = mulAdd<T>(b, b, yy1)
      xy1 = mulAdd<T>(a, b, xy1)
      a = v128.load(x, 32)
      b = v128.load(y, 32)
      xx2 = mulAdd<T>(a, a, xx2)
      yy2 = mulAdd<T>(b, b, yy2)
      xy2 = mulAdd<T>(a, b, xy2)
      a = v128.load(x, 48)
      b = v128.load(y, 48)
      xx3 = mulAdd<T>(a, a, xx3)
      yy3 = mulAdd<T>(b, b, yy3)
      xy3 = mulAdd<T>(a, b, xy3)
      x += 64
      y += 64
    }
    let xx = total<T>(xx0, xx1, xx2, xx3), yy = total<T>(yy0, yy1, yy2, yy3), xy = total<T>(xy0, xy1, xy2, xy3)
    for (; i < n; i++) {
      const a = load<T>(x), b = load<T>(y)
      xx += a * a
      yy += b * b
      xy += a * b
      x += sizeof<T>()
      y += sizeof<T>()
    }
    if (!(abs(<f64>xy) / (max(sqrt(<f64>xx), floor) * max(sqrt(<f64>yy), floor)) < limit)) return 0
  }
  return 1
}

/** The share of x that is to be added to u: -x'u / (|x| + epsilon)^2. */
// @ts-ignore: decorator
@inline
function shareOf<T>(n: i32, x: usize, u: usize, epsilon: f64): T {
  let xx0 = v128.splat<T>(0), xx1 = xx0, xx2 = xx0, xx3 = xx0
  let xu0 = xx0, xu1 = xx0, xu2 = xx0, xu3 = xx0
  const step: i32 = 64 / sizeof<T>()
  let i = 0
  for (; i + step <= n; i += step) {
    const a = v128.load(x), b = v128.load(x, 16), c = v128.load(x, 32), d = v128.load(x, 48)
    xx0 = mulAdd<T>(a, a, xx0)
    xx1 = mulAdd<T>(b, b, xx1)
    xx2 = mulAdd<T>(c, c, xx2)
    xx3 = mulAdd<T>(d, d, xx3)
    xu0 = mulAdd<T>(a, v128.load(u), xu0)
    xu1 = mulAdd<T>(b, v128.load(u, 16), xu1)
    xu2 = mulAdd<T>(c, v128.load(u, 32), xu2)
    xu3 = mulAdd<T>(d, v128.load(u, 48), xu3)
    x += 64
    u += 64
  }
  let xx = total<T>(xx0, xx1, xx2, xx3), xu = total<T>(xu0, xu1, xu2, xu3)
  for (; i < n; i++) {
    const a = load<T>(x)
    xx += a * a
    xu += a * load<T>(u)
    x += sizeof<T>()
    u += sizeof<T>()
  }
  const length = sqrt(<f64>xx) + epsilon
  return <T>(-<f64>xu / (length * length))
}

/** x = decayFactor x - learningRate (u without its component along x), for one row. */
export function projectedDescentOf<T>(n: i32, x: usize, u: usize, epsilon: f64, learningRate: f64, decayFactor: f64): void {
  const share = shareOf<T>(n, x, u, epsilon), rate = <T>learningRate, decay = <T>decayFactor
  const vshare = v128.splat<T>(share), vrate = v128.splat<T>(rate), vdecay = v128.splat<T>(decay)
  const lanes: i32 = 16 / sizeof<T>()
  let i = 0
  for (; i + lanes <= n; i += lanes) {
    const a = v128.load(x)
    v128.store(x, v128.sub<T>(v128.mul<T>(vdecay, a), v128.mul<T>(vrate, mulAdd<T>(vshare, a, v128.load(u)))))
    x += 16
    u += 16
  }
  for (; i < n; i++) {
    const a = load<T>(x)
    store<T>(x, decay * a - rate * (share * a + load<T>(u)))
    x += sizeof<T>()
    u += sizeof<T>()
  }
}

export function cosinesBelow(rows: i32, n: i32, x: usize, y: usize, floor: f64, limit: f64): i32 {
  return cosinesBelowOf<f64>(rows, n, x, y, floor, limit)
}
export function cosinesBelow32(rows: i32, n: i32, x: usize, y: usize, floor: f64, limit: f64): i32 {
  return cosinesBelowOf<f32>(rows, n, x, y, floor, limit)
}
