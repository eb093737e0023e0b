import { bytes, laneSum, mulAdd } from '../../core/assembly/simd'

/** h = share p (v - <p, v>) for n rows of q numbers: the Hessian of the cross-entropy of softmax p times v. */
function softmaxOf<T>(n: i32, q: i32, p: usize, shares: usize, v: usize, h: usize): void {
  const row = bytes<T>(q)
  for (; n > 0; n--) {
    let sums = v128.splat<T>(0)
    let at: usize = 0
    for (; at + 16 <= row; at += 16) sums = mulAdd<T>(v128.load(p + at), v128.load(v + at), sums)
    let mean = laneSum<T>(sums)
    for (; at < row; at += sizeof<T>()) mean += load<T>(p + at) * load<T>(v + at)
    const share = load<T>(shares), means = v128.splat<T>(mean), both = v128.splat<T>(share)
    for (at = 0; at + 16 <= row; at += 16) {
      const scaled = v128.mul<T>(both, v128.load(p + at))
      v128.store(h + at, v128.mul<T>(scaled, v128.sub<T>(v128.load(v + at), means)))
    }
    for (; at < row; at += sizeof<T>()) store<T>(h + at, share * load<T>(p + at) * (load<T>(v + at) - mean))
    p += row
    v += row
    h += row
    shares += sizeof<T>()
  }
}
export function softmax(n: i32, q: i32, p: usize, shares: usize, v: usize, h: usize): void {
  softmaxOf<f64>(n, q, p, shares, v, h)
}
export function softmax32(n: i32, q: i32, p: usize, shares: usize, v: usize, h: usize): void {
  softmaxOf<f32>(n, q, p, shares, v, h)
}

/** d *= slope. */
function timesOf<T>(n: i32, slope: usize, d: usize): void {
  const end = d + bytes<T>(n), last = end - 16
  for (; d <= last; d += 16, slope += 16) v128.store(d, v128.mul<T>(v128.load(slope), v128.load(d)))
  for (; d < end; d += sizeof<T>(), slope += sizeof<T>()) store<T>(d, load<T>(slope) * load<T>(d))
}

/** d = slope d + curvature t. */
function bendOf<T>(n: i32, slope: usize, curvature: usize, t: usize, d: usize): void {
  const end = d + bytes<T>(n), last = end - 16
  for (; d <= last; d += 16, slope += 16, curvature += 16, t += 16) {
    const bent = v128.mul<T>(v128.load(curvature), v128.load(t))
    v128.store(d, mulAdd<T>(v128.load(slope), v128.load(d), bent))
  }
  for (; d < end; d += sizeof<T>(), slope += sizeof<T>(), curvature += sizeof<T>(), t += sizeof<T>())
    store<T>(d, load<T>(curvature) * load<T>(t) + load<T>(slope) * load<T>(d))
}

export function times(n: i32, slope: usize, d: usize): void {
  timesOf<f64>(n, slope, d)
}
export function times32(n: i32, slope: usize, d: usize): void {
  timesOf<f32>(n, slope, d)
}
export function bend(n: i32, slope: usize, curvature: usize, t: usize, d: usize): void {
  bendOf<f64>(n, slope, curvature, t, d)
}
export function bend32(n: i32, slope: usize, curvature: usize, t: usize, d: usize): void {
  bendOf<f32>(n, slope, curvature, t, d)
}
