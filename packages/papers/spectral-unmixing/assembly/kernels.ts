import { expCore } from '../../../core/assembly/exp'
import { log, logCore } from '../../../core/assembly/log'
import { laneSum, mulAdd } from '../../../core/assembly/simd'

// @ts-ignore: decorator
@inline
function at(p: usize, i: i32): usize {
  return p + (<usize>i << 3)
}

/** The products of `count` rows of W (1, 2 or 4) with the pixels y and z. */
// @ts-ignore: decorator
@inline
function products(count: i32, l: i32, W: usize, y: usize, z: usize, b: usize, c: usize): void {
  const row = <usize>l << 3
  const zero = f64x2.splat(0)
  let p0 = zero, p1 = zero, p2 = zero, p3 = zero
  let q0 = zero, q1 = zero, q2 = zero, q3 = zero
  for (let i: usize = 0; i < row; i += 16) {
    const u = v128.load(y + i), v = v128.load(z + i)
    let w = v128.load(W + i)
    p0 = mulAdd<f64>(w, u, p0)
    q0 = mulAdd<f64>(w, v, q0)
    if (count > 1) {
      w = v128.load(W + row + i)
      p1 = mulAdd<f64>(w, u, p1)
      q1 = mulAdd<f64>(w, v, q1)
    }
    if (count > 2) {
      w = v128.load(W + 2 * row + i)
      p2 = mulAdd<f64>(w, u, p2)
      q2 = mulAdd<f64>(w, v, q2)
      w = v128.load(W + 3 * row + i)
      p3 = mulAdd<f64>(w, u, p3)
      q3 = mulAdd<f64>(w, v, q3)
    }
  }
  store<f64>(b, laneSum<f64>(p0))
  store<f64>(c, laneSum<f64>(q0))
  if (count > 1) {
    store<f64>(b, laneSum<f64>(p1), 8)
    store<f64>(c, laneSum<f64>(q1), 8)
  }
  if (count > 2) {
    store<f64>(b, laneSum<f64>(p2), 16)
    store<f64>(c, laneSum<f64>(q2), 16)
    store<f64>(b, laneSum<f64>(p3), 24)
    store<f64>(c, laneSum<f64>(q3), 24)
  }
}

/** Adds a_k y and c_k z to `count` rows of G. */
// @ts-ignore: decorator
@inline
function add(count: i32, l: i32, y: usize, z: usize, a: usize, c: usize, G: usize): void {
  const row = <usize>l << 3
  const a0 = v128.load64_splat(a), c0 = v128.load64_splat(c)
  const a1 = count > 1 ? v128.load64_splat(a, 8) : a0, c1 = count > 1 ? v128.load64_splat(c, 8) : c0
  const a2 = count > 2 ? v128.load64_splat(a, 16) : a0, c2 = count > 2 ? v128.load64_splat(c, 16) : c0
  const a3 = count > 2 ? v128.load64_splat(a, 24) : a0, c3 = count > 2 ? v128.load64_splat(c, 24) : c0
  for (let i: usize = 0; i < row; i += 16) {
    const u = v128.load(y + i), v = v128.load(z + i)
    let g = G + i
    v128.store(g, mulAdd<f64>(c0, v, mulAdd<f64>(a0, u, v128.load(g))))
    if (count > 1) {
      g += row
      v128.store(g, mulAdd<f64>(c1, v, mulAdd<f64>(a1, u, v128.load(g))))
    }
    if (count > 2) {
      g += row
      v128.store(g, mulAdd<f64>(c2, v, mulAdd<f64>(a2, u, v128.load(g))))
      g += row
      v128.store(g, mulAdd<f64>(c3, v, mulAdd<f64>(a3, u, v128.load(g))))
    }
  }
}

function allProducts(k: i32, l: i32, W: usize, y: usize, z: usize, b: usize, c: usize): void {
  let j = 0
  for (; j + 4 <= k; j += 4) products(4, l, at(W, j * l), y, z, at(b, j), at(c, j))
  if (j + 2 <= k) {
    products(2, l, at(W, j * l), y, z, at(b, j), at(c, j))
    j += 2
  }
  if (j < k) products(1, l, at(W, j * l), y, z, at(b, j), at(c, j))
}

/** Adds y a' + z c' to G, and a a' + c c' to the lower triangle of H. */
function gatherTwo(k: i32, l: i32, y: usize, z: usize, a: usize, c: usize, G: usize, H: usize): void {
  let j = 0
  for (; j + 4 <= k; j += 4) add(4, l, y, z, at(a, j), at(c, j), at(G, j * l))
  if (j + 2 <= k) {
    add(2, l, y, z, at(a, j), at(c, j), at(G, j * l))
    j += 2
  }
  if (j < k) add(1, l, y, z, at(a, j), at(c, j), at(G, j * l))
  for (let i = 0; i < k; i++) {
    const ai = load<f64>(at(a, i)), ci = load<f64>(at(c, i))
    for (let j = 0; j <= i; j++) {
      const h = at(H, i * k + j)
      store<f64>(h, load<f64>(h) + ai * load<f64>(at(a, j)) + ci * load<f64>(at(c, j)))
    }
  }
}

/** One multiplicative step of the abundances of a pixel. */
function stepPixel(
  k: i32, b: usize, S: usize, sparsity: f64, sumToOne: f64, h: f64, powers: usize, a: usize, next: usize,
): void {
  let total: f64 = 0
  for (let j = 0; j < k; j++) total += load<f64>(at(a, j))
  const pull = sumToOne * total, push = sparsity * (1 - h)
  for (let i = 0; i < k; i++) {
    let s = pull
    for (let j = 0; j < k; j++) s += load<f64>(at(S, i * k + j)) * load<f64>(at(a, j))
    const old = load<f64>(at(a, i))
    s += push * (load<f64>(at(powers, i)) / old)
    const v = (old * (load<f64>(at(b, i)) + sumToOne)) / s
    store<f64>(at(next, i), v > 1e-12 ? v : 1e-12)
  }
  memory.copy(a, next, <usize>k << 3)
}

export function stepAbundances(
  n: i32, l: i32, k: i32, Y: usize, W: usize, S: usize, sparsity: f64, sumToOne: f64, h: usize, powers: usize, A: usize,
  G: usize, H: usize, work: usize,
): void {
  memory.fill(G, 0, <usize>(k * l) << 3)
  memory.fill(H, 0, <usize>(k * k) << 3)
  const b = work, c = at(work, k), next = at(work, 2 * k), none = at(work, 3 * k)
  memory.fill(none, 0, <usize>k << 3)
  for (let i = 0; i < n; i += 2) {
    const two = i + 1 < n
    const z = two ? at(Y, l) : Y
    allProducts(k, l, W, Y, z, b, c)
    stepPixel(k, b, S, sparsity, sumToOne, load<f64>(h), powers, A, next)
    if (two) stepPixel(k, c, S, sparsity, sumToOne, load<f64>(h, 8), at(powers, k), at(A, k), next)
    gatherTwo(k, l, Y, z, A, two ? at(A, k) : none, G, H)
    Y = at(z, l)
    A = at(A, 2 * k)
    powers = at(powers, 2 * k)
    h += 16
  }
}

export function gather(n: i32, l: i32, k: i32, Y: usize, A: usize, G: usize, H: usize, work: usize): void {
  memory.fill(G, 0, <usize>(k * l) << 3)
  memory.fill(H, 0, <usize>(k * k) << 3)
  memory.fill(work, 0, <usize>k << 3)
  for (let i = 0; i < n; i += 2) {
    const two = i + 1 < n
    const z = two ? at(Y, l) : Y
    gatherTwo(k, l, Y, z, A, two ? at(A, k) : work, G, H)
    Y = at(z, l)
    A = at(A, 2 * k)
  }
}

export function logarithms(n: i32, A: usize, logs: usize): void {
  const least = f64x2.splat(2.2250738585072014e-308), most = f64x2.splat(Infinity)
  let i = 0
  for (; i + 2 <= n; i += 2) {
    const x = v128.load(A)
    if (i64x2.all_true(v128.and(f64x2.ge(x, least), f64x2.lt(x, most)))) v128.store(logs, logCore(x, f64x2.splat(0)))
    else {
      store<f64>(logs, log(load<f64>(A)))
      store<f64>(logs, log(load<f64>(A, 8)), 8)
    }
    A += 16
    logs += 16
  }
  if (i < n) store<f64>(logs, log(load<f64>(A)))
}

/** exp(min(700, x)); NaN counts as 700. */
// @ts-ignore: decorator
@inline
function power(x: v128): v128 {
  return expCore(f64x2.pmin(f64x2.splat(700), x))
}

export function learn(n: i32, k: i32, logs: usize, mu: f64, hmax: f64, h: usize): void {
  const pairs = k & ~1
  for (let i = 0; i < n; i++) {
    let low: f64 = -1, high = hmax + 1, x = load<f64>(h)
    for (let t = 0; t < 60; t++) {
      let s = f64x2.splat(0), q = s
      const p = f64x2.splat(1 - x)
      for (let j = 0; j < k; j += 2) {
        const g = j < pairs ? v128.load(at(logs, j)) : v128.load64_zero(at(logs, j))
        const e = f64x2.mul(g, power(f64x2.mul(p, g)))
        s = f64x2.add(s, e)
        q = mulAdd<f64>(g, e, q)
      }
      const slope = -laneSum<f64>(s) - mu * (hmax - x)
      if (slope > 0) high = x
      else low = x
      let next = x - slope / (laneSum<f64>(q) + mu)
      if (next < 0) next = 0
      if (next > hmax) next = hmax
      const done = abs<f64>(next - x) <= 1e-9
      x = done || (next > low && next < high) ? next : (max<f64>(low, 0) + min<f64>(high, hmax)) / 2
      if (done) break
    }
    store<f64>(h, x)
    h += 8
    logs = at(logs, k)
  }
}

export function powers(n: i32, k: i32, logs: usize, h: usize, out: usize): void {
  let p = out
  for (let i = 0; i < n; i++) {
    const exponent = 1 - load<f64>(at(h, i))
    for (let j = 0; j < k; j++) {
      store<f64>(p, exponent * load<f64>(logs))
      p += 8
      logs += 8
    }
  }
  const count = n * k
  let i = 0
  for (; i + 2 <= count; i += 2) {
    v128.store(out, power(v128.load(out)))
    out += 16
  }
  if (i < count) store<f64>(out, f64x2.extract_lane(power(v128.load64_splat(out)), 0))
}
