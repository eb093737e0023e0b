// src/kernels.ts has the contracts and the plain twins: the same operations in the same order give the same bits.
import { expCore, vexp } from '../../../core/assembly/exp'
import { laneSum, mulAdd } from '../../../core/assembly/simd'

const BINS: usize = 8192

export function histogram(m: i32, n: i32, P: usize, ldp: i32, floor: f64, count: usize, mass: usize): f64 {
  const row = <usize>ldp << 3, least = f64x2.splat(floor)
  let rest = f64x2.splat(0)
  memory.fill(count, 0, BINS << 2)
  memory.fill(mass, 0, BINS << 3)
  for (let i = 0; i < m; i++) {
    let p = P, j = 0
    for (; j + 2 <= n; j += 2) {
      const x = v128.load(p), high = f64x2.ge(x, least)
      rest = f64x2.add(rest, v128.andnot(x, high))
      if (v128.any_true(high)) {
        if (load<f64>(p) >= floor) enter(p, count, mass)
        if (load<f64>(p, 8) >= floor) enter(p + 8, count, mass)
      }
      p += 16
    }
    if (j < n) {
      if (load<f64>(p) >= floor) enter(p, count, mass)
      else rest = f64x2.add(rest, v128.load64_zero(p))
    }
    P += row
  }
  return laneSum<f64>(rest)
}

// @ts-ignore: decorator
@inline
function enter(p: usize, count: usize, mass: usize): void {
  const bin = <usize>(load<u32>(p, 4) >>> 18), c = count + (bin << 2), s = mass + (bin << 3)
  store<i32>(c, load<i32>(c) + 1)
  store<f64>(s, load<f64>(s) + load<f64>(p))
}

export function keep(m: i32, n: i32, P: usize, ldp: i32, threshold: f64, starts: usize, columns: usize, values: usize): i32 {
  const row = <usize>ldp << 3, least = f64x2.splat(threshold)
  let k: usize = 0
  for (let i = 0; i < m; i++) {
    let p = P, j = 0
    store<i32>(starts + (<usize>i << 2), <i32>k)
    for (; j + 2 <= n; j += 2) {
      const which = i64x2.bitmask(f64x2.ge(v128.load(p), least))
      if (which & 1) {
        store<i32>(columns + (k << 2), j)
        store<f64>(values + (k << 3), load<f64>(p))
        k++
      }
      if (which & 2) {
        store<i32>(columns + (k << 2), j + 1)
        store<f64>(values + (k << 3), load<f64>(p, 8))
        k++
      }
      p += 16
    }
    if (j < n && load<f64>(p) >= threshold) {
      store<i32>(columns + (k << 2), j)
      store<f64>(values + (k << 3), load<f64>(p))
      k++
    }
    P += row
  }
  store<i32>(starts + (<usize>m << 2), <i32>k)
  return <i32>k
}

export function gibbsAbove(
  m: i32, n: i32, C: usize, ldc: i32, f: usize, g: usize, epsilon: f64, least: f64, K: usize, ldk: i32, r: usize, c: usize,
): void {
  const inverse = 1 / epsilon, k = f64x2.splat(inverse), low = f64x2.splat(least), high = f64x2.splat(709), zero = f64x2.splat(0)
  memory.fill(c, 0, <usize>n << 3)
  for (let i = 0; i < m; i++) {
    const fi = load<f64>(f + (<usize>i << 3)), shift = f64x2.splat(fi)
    let p = C, q = g, out = K, sum = c, s = zero, t = zero, j = 0
    for (; j + 4 <= n; j += 4) {
      const x = f64x2.mul(f64x2.add(f64x2.sub(v128.load(q), v128.load(p)), shift), k)
      const y = f64x2.mul(f64x2.add(f64x2.sub(v128.load(q, 16), v128.load(p, 16)), shift), k)
      if (v128.any_true(v128.or(f64x2.gt(x, low), f64x2.gt(y, low)))) {
        const e = expCore(f64x2.pmin(x, high)), h = expCore(f64x2.pmin(y, high))
        v128.store(out, e)
        v128.store(out, h, 16)
        s = f64x2.add(s, e)
        t = f64x2.add(t, h)
        v128.store(sum, f64x2.add(v128.load(sum), e))
        v128.store(sum, f64x2.add(v128.load(sum, 16), h), 16)
      } else {
        v128.store(out, zero)
        v128.store(out, zero, 16)
      }
      p += 32
      q += 32
      out += 32
      sum += 32
    }
    let total = laneSum<f64>(f64x2.add(s, t))
    for (; j < n; j++) {
      const x = (load<f64>(q) - load<f64>(p) + fi) * inverse
      const e = x > least ? f64x2.extract_lane(expCore(f64x2.pmin(f64x2.splat(x), high)), 0) : 0
      store<f64>(out, e)
      store<f64>(sum, load<f64>(sum) + e)
      total += e
      p += 8
      q += 8
      out += 8
      sum += 8
    }
    store<f64>(r + (<usize>i << 3), total)
    C += <usize>ldc << 3
    K += <usize>ldk << 3
  }
}

export function spmvT(m: i32, starts: usize, columns: usize, values: usize, x: usize, y: usize): void {
  let k = load<i32>(starts)
  for (let i = 0; i < m; i++) {
    const end = load<i32>(starts + (<usize>i << 2), 4), xi = load<f64>(x + (<usize>i << 3))
    for (; k < end; k++) {
      const at = y + (<usize>load<i32>(columns + (<usize>k << 2)) << 3)
      store<f64>(at, load<f64>(at) + load<f64>(values + (<usize>k << 3)) * xi)
    }
  }
}

export function gibbsKept(
  m: i32, starts: usize, columns: usize, C: usize, ldc: i32, f: usize, g: usize, epsilon: f64, values: usize, r: usize, c: usize,
): void {
  const inverse = 1 / epsilon, row = <usize>ldc << 3
  let k: usize = load<i32>(starts)
  for (let i = 0; i < m; i++) {
    const start = k, end: usize = load<i32>(starts + (<usize>i << 2), 4), fi = load<f64>(f + (<usize>i << 3))
    for (; k < end; k++) {
      const j = <usize>load<i32>(columns + (k << 2)) << 3
      store<f64>(values + (k << 3), (load<f64>(g + j) - load<f64>(C + j) + fi) * inverse)
    }
    store<f64>(r + (<usize>i << 3), vexp(<i32>(end - start), values + (start << 3), values + (start << 3)))
    for (k = start; k < end; k++) {
      const at = c + (<usize>load<i32>(columns + (k << 2)) << 3)
      store<f64>(at, load<f64>(at) + load<f64>(values + (k << 3)))
    }
    C += row
  }
}

export function rescaleKept(m: i32, starts: usize, columns: usize, values: usize, u: usize, v: usize, r: usize, c: usize): void {
  let k = load<i32>(starts)
  for (let i = 0; i < m; i++) {
    const end = load<i32>(starts + (<usize>i << 2), 4), ui = load<f64>(u + (<usize>i << 3))
    let sum: f64 = 0
    for (; k < end; k++) {
      const j = <usize>load<i32>(columns + (<usize>k << 2)) << 3, at = values + (<usize>k << 3)
      const p = ui * load<f64>(at) * load<f64>(v + j)
      store<f64>(at, p)
      store<f64>(c + j, load<f64>(c + j) + p)
      sum += p
    }
    store<f64>(r + (<usize>i << 3), sum)
  }
}

export function squares(m: i32, n: i32, P: usize, ldp: i32, w: usize, out: usize): void {
  for (let i = 0; i < m; i++) {
    let p = P, q = w, s = f64x2.splat(0), t = s, j = 0
    for (; j + 4 <= n; j += 4) {
      const x = v128.load(p), y = v128.load(p, 16)
      s = mulAdd<f64>(f64x2.mul(x, x), v128.load(q), s)
      t = mulAdd<f64>(f64x2.mul(y, y), v128.load(q, 16), t)
      p += 32
      q += 32
    }
    let sum = laneSum<f64>(f64x2.add(s, t))
    for (; j < n; j++) {
      sum += load<f64>(p) * load<f64>(p) * load<f64>(q)
      p += 8
      q += 8
    }
    store<f64>(out + (<usize>i << 3), sum)
    P += <usize>ldp << 3
  }
}

export function squaresT(m: i32, n: i32, P: usize, ldp: i32, w: usize, out: usize): void {
  memory.fill(out, 0, <usize>n << 3)
  for (let i = 0; i < m; i++) {
    const wi = load<f64>(w + (<usize>i << 3)), weight = f64x2.splat(wi)
    let p = P, q = out, j = 0
    for (; j + 2 <= n; j += 2) {
      const x = v128.load(p)
      v128.store(q, mulAdd<f64>(f64x2.mul(x, x), weight, v128.load(q)))
      p += 16
      q += 16
    }
    if (j < n) store<f64>(q, load<f64>(p) * load<f64>(p) * wi + load<f64>(q))
    P += <usize>ldp << 3
  }
}
