import { bytes, laneSum, mulAdd } from '../../core/assembly/simd'

// Products over the active units below a layer of few outputs; see sparse.ts for patterns and for functions of one row.

/** c += a x rows of V + s x rows of W, which have `vectors` vectors: 2, 3 or 5. */
// @ts-ignore: decorator
@inline
function forwardRow<T>(
  vectors: i32, count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize,
): void {
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

export function forwardRow2(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f64>(2, count, places, a, s, V, W, c)
}
export function backwardRow2(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(2, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOneRow2(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(2, false, count, places, a, s, e, d, W, V, P, out)
}

export function forwardRow3(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f64>(3, count, places, a, s, V, W, c)
}
export function backwardRow3(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(3, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOneRow3(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(3, false, count, places, a, s, e, d, W, V, P, out)
}

export function forwardRow5(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f64>(5, count, places, a, s, V, W, c)
}
export function backwardRow5(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(5, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOneRow5(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f64>(5, false, count, places, a, s, e, d, W, V, P, out)
}

export function forwardRow2s(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f32>(2, count, places, a, s, V, W, c)
}
export function backwardRow2s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(2, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOneRow2s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(2, false, count, places, a, s, e, d, W, V, P, out)
}

export function forwardRow3s(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f32>(3, count, places, a, s, V, W, c)
}
export function backwardRow3s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(3, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOneRow3s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(3, false, count, places, a, s, e, d, W, V, P, out)
}

export function forwardRow5s(count: i32, places: usize, a: usize, s: usize, V: usize, W: usize, c: usize): void {
  forwardRow<f32>(5, count, places, a, s, V, W, c)
}
export function backwardRow5s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(5, true, count, places, a, s, e, d, W, V, P, out)
}
export function backwardOneRow5s(
  count: i32, places: usize, a: usize, s: usize, e: usize, d: usize, W: usize, V: usize, P: usize, out: usize,
): void {
  backwardRow<f32>(5, false, count, places, a, s, e, d, W, V, P, out)
}

/** C += A V + S W: of m rows of p numbers of A and S those in the pattern count; V, W and C have rows of vectors. */
function forwardOf<T>(
  m: i32, p: i32, vectors: i32, pattern: usize, A: usize, S: usize, V: usize, W: usize, C: usize,
): void {
  for (; m > 0; m--) {
    const count = load<i32>(pattern), places = pattern + 4
    if (vectors == 2) {
      if (sizeof<T>() == 8) forwardRow2(count, places, A, S, V, W, C)
      else forwardRow2s(count, places, A, S, V, W, C)
    } else if (vectors == 3) {
      if (sizeof<T>() == 8) forwardRow3(count, places, A, S, V, W, C)
      else forwardRow3s(count, places, A, S, V, W, C)
    } else if (sizeof<T>() == 8) forwardRow5(count, places, A, S, V, W, C)
    else forwardRow5s(count, places, A, S, V, W, C)
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
        if (sizeof<T>() == 8) backwardRow2(count, places, A, S, E, D, W, V, P, out)
        else backwardRow2s(count, places, A, S, E, D, W, V, P, out)
      } else if (vectors == 3) {
        if (sizeof<T>() == 8) backwardRow3(count, places, A, S, E, D, W, V, P, out)
        else backwardRow3s(count, places, A, S, E, D, W, V, P, out)
      } else if (sizeof<T>() == 8) backwardRow5(count, places, A, S, E, D, W, V, P, out)
      else backwardRow5s(count, places, A, S, E, D, W, V, P, out)
    } else {
      if (vectors == 2) {
        if (sizeof<T>() == 8) backwardOneRow2(count, places, A, S, E, D, W, V, P, out)
        else backwardOneRow2s(count, places, A, S, E, D, W, V, P, out)
      } else if (vectors == 3) {
        if (sizeof<T>() == 8) backwardOneRow3(count, places, A, S, E, D, W, V, P, out)
        else backwardOneRow3s(count, places, A, S, E, D, W, V, P, out)
      } else if (sizeof<T>() == 8) backwardOneRow5(count, places, A, S, E, D, W, V, P, out)
      else backwardOneRow5s(count, places, A, S, E, D, W, V, P, out)
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
