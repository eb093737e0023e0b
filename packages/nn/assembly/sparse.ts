import { bytes, mulAdd } from '../../core/assembly/simd'

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
