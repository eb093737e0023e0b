import { bytes, laneSum, mulAdd } from '../../core/assembly/simd'

// A pattern holds, row by row, how many places are not zero, and then these places: 32-bit integers.
//
// A loop over one row is a function of its own, and exported, so that it stays one: V8 keeps the sums of a loop in
// registers as long as there is little else around it.

/** C += values x rows of B, in `vectors` vectors (2 or 8) of each row, which has `row` bytes. */
// @ts-ignore: decorator
@inline
function strip<T>(vectors: i32, count: i32, places: usize, values: usize, B: usize, row: usize, C: usize): void {
  let c0 = v128.load(C), c1 = v128.load(C, 16), c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0
  if (vectors > 2) {
    c2 = v128.load(C, 32)
    c3 = v128.load(C, 48)
    c4 = v128.load(C, 64)
    c5 = v128.load(C, 80)
    c6 = v128.load(C, 96)
    c7 = v128.load(C, 112)
  }
  for (; count > 0; count--) {
    const b = B + <usize>load<u32>(places) * row, x = v128.load_splat<T>(values)
    c0 = mulAdd<T>(x, v128.load(b), c0)
    c1 = mulAdd<T>(x, v128.load(b, 16), c1)
    if (vectors > 2) {
      c2 = mulAdd<T>(x, v128.load(b, 32), c2)
      c3 = mulAdd<T>(x, v128.load(b, 48), c3)
      c4 = mulAdd<T>(x, v128.load(b, 64), c4)
      c5 = mulAdd<T>(x, v128.load(b, 80), c5)
      c6 = mulAdd<T>(x, v128.load(b, 96), c6)
      c7 = mulAdd<T>(x, v128.load(b, 112), c7)
    }
    places += 4
    values += sizeof<T>()
  }
  v128.store(C, c0)
  v128.store(C, c1, 16)
  if (vectors > 2) {
    v128.store(C, c2, 32)
    v128.store(C, c3, 48)
    v128.store(C, c4, 64)
    v128.store(C, c5, 80)
    v128.store(C, c6, 96)
    v128.store(C, c7, 112)
  }
}
export function strip8(count: i32, places: usize, values: usize, B: usize, row: usize, C: usize): void {
  strip<f64>(8, count, places, values, B, row, C)
}
export function strip2(count: i32, places: usize, values: usize, B: usize, row: usize, C: usize): void {
  strip<f64>(2, count, places, values, B, row, C)
}
export function strip8s(count: i32, places: usize, values: usize, B: usize, row: usize, C: usize): void {
  strip<f32>(8, count, places, values, B, row, C)
}
export function strip2s(count: i32, places: usize, values: usize, B: usize, row: usize, C: usize): void {
  strip<f32>(2, count, places, values, B, row, C)
}

/** One number of each row of C += S B. */
// @ts-ignore: decorator
@inline
function column<T>(count: i32, places: usize, values: usize, B: usize, row: usize, C: usize): void {
  let sum = load<T>(C)
  for (; count > 0; count--) {
    sum += load<T>(values) * load<T>(B + <usize>load<u32>(places) * row)
    places += 4
    values += sizeof<T>()
  }
  store<T>(C, sum)
}

/** C += S B: C has m rows of q numbers, B p rows, S is a pattern and its values; `work` has room for 128 p bytes. */
function product<T>(m: i32, q: i32, p: i32, pattern: usize, values: usize, B: usize, C: usize, work: usize): void {
  const row = bytes<T>(q)
  let width: usize = 0
  for (let at: usize = 0; at < row; at += width) {
    width = row - at >= 128 ? 128 : row - at >= 32 ? 32 : sizeof<T>()
    let places = pattern + 4, x = values, c = C + at, b = B + at, step = row
    // Rows far apart would push each other out of the cache.
    if (width == 128 && row > 128) {
      for (let i: usize = 0; i < <usize>p; i++) memory.copy(work + 128 * i, B + at + i * row, 128)
      b = work
      step = 128
    }
    for (let i = 0; i < m; i++) {
      const count = load<i32>(places - 4)
      if (width == 128) {
        if (sizeof<T>() == 8) strip8(count, places, x, b, step, c)
        else strip8s(count, places, x, b, step, c)
      } else if (width == 32) {
        if (sizeof<T>() == 8) strip2(count, places, x, B + at, row, c)
        else strip2s(count, places, x, B + at, row, c)
      } else column<T>(count, places, x, B + at, row, c)
      places += (<usize>count << 2) + 4
      x += bytes<T>(count)
      c += row
    }
  }
}
export function spmm(m: i32, q: i32, p: i32, pattern: usize, values: usize, B: usize, C: usize, work: usize): void {
  product<f64>(m, q, p, pattern, values, B, C, work)
}
export function spmm32(m: i32, q: i32, p: i32, pattern: usize, values: usize, B: usize, C: usize, work: usize): void {
  product<f32>(m, q, p, pattern, values, B, C, work)
}

/** c += a x rows of V + s x rows of W, which have `vectors` vectors: 2, 3 or 5. */
// @ts-ignore: decorator
@inline
function forwardRow<T>(vectors: i32, count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  let c0 = v128.load(c), c1 = v128.load(c, 16), c2 = c0, c3 = c0, c4 = c0
  if (vectors > 2) c2 = v128.load(c, 32)
  if (vectors > 3) {
    c3 = v128.load(c, 48)
    c4 = v128.load(c, 64)
  }
  for (; count > 0; count--) {
    const place = <usize>load<u32>(places), v = V + place * <usize>(16 * vectors), w = W + place * <usize>(16 * vectors)
    const x = v128.load_splat<T>(a + place * sizeof<T>()), y = v128.load_splat<T>(s + place * sizeof<T>())
    c0 = v128.add<T>(c0, mulAdd<T>(x, v128.load(v), v128.mul<T>(y, v128.load(w))))
    c1 = v128.add<T>(c1, mulAdd<T>(x, v128.load(v, 16), v128.mul<T>(y, v128.load(w, 16))))
    if (vectors > 2) c2 = v128.add<T>(c2, mulAdd<T>(x, v128.load(v, 32), v128.mul<T>(y, v128.load(w, 32))))
    if (vectors > 3) {
      c3 = v128.add<T>(c3, mulAdd<T>(x, v128.load(v, 48), v128.mul<T>(y, v128.load(w, 48))))
      c4 = v128.add<T>(c4, mulAdd<T>(x, v128.load(v, 64), v128.mul<T>(y, v128.load(w, 64))))
    }
    places += 4
  }
  v128.store(c, c0)
  v128.store(c, c1, 16)
  if (vectors > 2) v128.store(c, c2, 32)
  if (vectors > 3) {
    v128.store(c, c3, 48)
    v128.store(c, c4, 64)
  }
}

/** One vector of the rows of P += x e + y d. */
// @ts-ignore: decorator
@inline
function outer<T>(both: bool, x: v128, y: v128, e: v128, d: v128, P: usize): void {
  let sum = v128.mul<T>(x, e)
  if (both) sum = mulAdd<T>(y, d, sum)
  v128.store(P, v128.add<T>(v128.load(P), sum))
}

/** The products of one vector of e w' + d v'. */
// @ts-ignore: decorator
@inline
function inner<T>(both: bool, e: v128, d: v128, w: usize, v: usize): v128 {
  let sum = v128.mul<T>(e, v128.load(w))
  if (both) sum = mulAdd<T>(d, v128.load(v), sum)
  return sum
}

/** Rows of P += a e + s d, and `out` = e W' + d V', for one row of e and d; without `both` P += a e and e W'. */
// @ts-ignore: decorator
@inline
function backwardRow<T>(
  vectors: i32, both: bool, count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize,
  P: usize, out: usize,
): void {
  const e0 = v128.load(e), e1 = v128.load(e, 16), d0 = both ? v128.load(d) : e0, d1 = both ? v128.load(d, 16) : e0
  const e2 = vectors > 2 ? v128.load(e, 32) : e0, d2 = both && vectors > 2 ? v128.load(d, 32) : e0
  const e3 = vectors > 3 ? v128.load(e, 48) : e0, d3 = both && vectors > 3 ? v128.load(d, 48) : e0
  const e4 = vectors > 3 ? v128.load(e, 64) : e0, d4 = both && vectors > 3 ? v128.load(d, 64) : e0
  for (; count > 0; count--) {
    const place = <usize>load<u32>(places), number = place * sizeof<T>(), at = place * <usize>(16 * vectors)
    const x = v128.load_splat<T>(a + number), y = both ? v128.load_splat<T>(s + number) : x
    const p = P + at, w = W + at, v = V + at
    outer<T>(both, x, y, e0, d0, p)
    outer<T>(both, x, y, e1, d1, p + 16)
    let sum = v128.add<T>(inner<T>(both, e0, d0, w, v), inner<T>(both, e1, d1, w + 16, v + 16))
    if (vectors > 2) {
      outer<T>(both, x, y, e2, d2, p + 32)
      sum = v128.add<T>(sum, inner<T>(both, e2, d2, w + 32, v + 32))
    }
    if (vectors > 3) {
      outer<T>(both, x, y, e3, d3, p + 48)
      outer<T>(both, x, y, e4, d4, p + 64)
      sum = v128.add<T>(sum, inner<T>(both, e3, d3, w + 48, v + 48))
      sum = v128.add<T>(sum, inner<T>(both, e4, d4, w + 64, v + 64))
    }
    store<T>(out + number, laneSum<T>(sum))
    places += 4
  }
}

export function forward2(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f64>(2, count, places, a, s, V, W, c)
}
export function backward2(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(2, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOne2(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(2, false, count, places, a, s, e, d, W, V, P, out)
}

export function forward3(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f64>(3, count, places, a, s, V, W, c)
}
export function backward3(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(3, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOne3(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(3, false, count, places, a, s, e, d, W, V, P, out)
}

export function forward5(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f64>(5, count, places, a, s, V, W, c)
}
export function backward5(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(5, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOne5(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(5, false, count, places, a, s, e, d, W, V, P, out)
}

export function forward2s(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f32>(2, count, places, a, s, V, W, c)
}
export function backward2s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(2, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOne2s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(2, false, count, places, a, s, e, d, W, V, P, out)
}

export function forward3s(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f32>(3, count, places, a, s, V, W, c)
}
export function backward3s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(3, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOne3s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(3, false, count, places, a, s, e, d, W, V, P, out)
}

export function forward5s(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f32>(5, count, places, a, s, V, W, c)
}
export function backward5s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(5, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOne5s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(5, false, count, places, a, s, e, d, W, V, P, out)
}

/** C += A V + S W: A and S have m rows of p numbers, of which those in the pattern count; V, W and C rows of vectors. */
function forwardOf<T>(
  m: i32, p: i32, vectors: i32, pattern: usize, A: usize, S: usize, V: usize, W: usize, C: usize,
): void {
  for (; m > 0; m--) {
    const count = load<i32>(pattern), places = pattern + 4
    if (vectors == 2) {
      if (sizeof<T>() == 8) forward2(count, places, A, S, V, W, C)
      else forward2s(count, places, A, S, V, W, C)
    } else if (vectors == 3) {
      if (sizeof<T>() == 8) forward3(count, places, A, S, V, W, C)
      else forward3s(count, places, A, S, V, W, C)
    } else if (sizeof<T>() == 8) forward5(count, places, A, S, V, W, C)
    else forward5s(count, places, A, S, V, W, C)
    pattern = places + (<usize>count << 2)
    A += bytes<T>(p)
    S += bytes<T>(p)
    C += 16 * vectors
  }
}

/** P += A'E + S'D, and writes E W' + D V' where the pattern is; without `both` P += A'E and E W'. */
function backwardOf<T>(
  both: bool, m: i32, p: i32, vectors: i32, pattern: usize, A: usize, S: usize, E: usize, D: usize, W: usize, V: usize,
  P: usize, out: usize,
): void {
  for (; m > 0; m--) {
    const count = load<i32>(pattern), places = pattern + 4
    if (both) {
      if (vectors == 2) {
        if (sizeof<T>() == 8) backward2(count, places, A, S, E, D, W, V, P, out)
        else backward2s(count, places, A, S, E, D, W, V, P, out)
      } else if (vectors == 3) {
        if (sizeof<T>() == 8) backward3(count, places, A, S, E, D, W, V, P, out)
        else backward3s(count, places, A, S, E, D, W, V, P, out)
      } else if (sizeof<T>() == 8) backward5(count, places, A, S, E, D, W, V, P, out)
      else backward5s(count, places, A, S, E, D, W, V, P, out)
    } else {
      if (vectors == 2) {
        if (sizeof<T>() == 8) backwardOne2(count, places, A, S, E, D, W, V, P, out)
        else backwardOne2s(count, places, A, S, E, D, W, V, P, out)
      } else if (vectors == 3) {
        if (sizeof<T>() == 8) backwardOne3(count, places, A, S, E, D, W, V, P, out)
        else backwardOne3s(count, places, A, S, E, D, W, V, P, out)
      } else if (sizeof<T>() == 8) backwardOne5(count, places, A, S, E, D, W, V, P, out)
      else backwardOne5s(count, places, A, S, E, D, W, V, P, out)
    }
    pattern = places + (<usize>count << 2)
    A += bytes<T>(p)
    S += bytes<T>(p)
    out += bytes<T>(p)
    E += 16 * vectors
    D += 16 * vectors
  }
}

export function forward(
  m: i32, p: i32, vectors: i32, pattern: usize, A: usize, S: usize, V: usize, W: usize, C: usize,
): void {
  forwardOf<f64>(m, p, vectors, pattern, A, S, V, W, C)
}
export function backward(
  m: i32, p: i32, vectors: i32, pattern: usize, A: usize, S: usize, E: usize, D: usize, W: usize, V: usize, P: usize,
  out: usize, both: i32,
): void {
  backwardOf<f64>(both != 0, m, p, vectors, pattern, A, S, E, D, W, V, P, out)
}

export function forward32(
  m: i32, p: i32, vectors: i32, pattern: usize, A: usize, S: usize, V: usize, W: usize, C: usize,
): void {
  forwardOf<f32>(m, p, vectors, pattern, A, S, V, W, C)
}
export function backward32(
  m: i32, p: i32, vectors: i32, pattern: usize, A: usize, S: usize, E: usize, D: usize, W: usize, V: usize, P: usize,
  out: usize, both: i32,
): void {
  backwardOf<f32>(both != 0, m, p, vectors, pattern, A, S, E, D, W, V, P, out)
}

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
