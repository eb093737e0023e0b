import { bytes, mulAdd } from './simd'

// Goto's loops: B in strips of 32 bytes a row (4 doubles or 8 floats), A in strips of 4 rows, a tile of C in eight registers.
// KC sets the order of sums and is part of the contract; MC and NC are sized for caches and for few pages in use at a time.
const KC: i32 = 256, MC: i32 = 32, NC: i32 = 512
// Few rows do not pay for copying strips of B that lie in order already.
const FEW: i32 = 32
const EDGE: usize = 128

/** Strips of four rows, column by column, times alpha. */
function packA<T>(rows: i32, k: i32, alpha: T, A: usize, row: usize, column: usize, out: usize): void {
  const row2 = row + row, row3 = row2 + row
  for (let i = 0; i < rows; i += 4) {
    let p = A
    for (let l = 0; l < k; l++) {
      store<T>(out, alpha * load<T>(p))
      store<T>(out + sizeof<T>(), alpha * load<T>(p + row))
      store<T>(out + 2 * sizeof<T>(), alpha * load<T>(p + row2))
      store<T>(out + 3 * sizeof<T>(), alpha * load<T>(p + row3))
      out += 4 * sizeof<T>()
      p += column
    }
    A += row << 2
  }
}

/** One strip of at most 32 bytes a row, filled up with zeros. */
function packB<T>(k: i32, columns: i32, B: usize, row: usize, column: usize, out: usize): void {
  const width: i32 = 32 / sizeof<T>()
  if (columns == width && column == sizeof<T>()) {
    for (; k > 0; k--) {
      v128.store(out, v128.load(B))
      v128.store(out, v128.load(B, 16), 16)
      out += 32
      B += row
    }
  } else {
    for (; k > 0; k--) {
      let p = B
      for (let s = 0; s < columns; s++) {
        store<T>(out + bytes<T>(s), load<T>(p))
        p += column
      }
      for (let s = columns; s < width; s++) store<T>(out + bytes<T>(s), 0)
      out += 32
      B += row
    }
  }
}

/** C[4 rows of 32 bytes] += packed strip of A times strip of B. */
function tile<T>(k: i32, a: usize, b: usize, row: usize, c: usize, ldc: usize): void {
  let c00 = v128.splat<T>(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16)
    let x = v128.load_splat<T>(a)
    c00 = mulAdd<T>(x, b0, c00)
    c01 = mulAdd<T>(x, b1, c01)
    x = v128.load_splat<T>(a, sizeof<T>())
    c10 = mulAdd<T>(x, b0, c10)
    c11 = mulAdd<T>(x, b1, c11)
    x = v128.load_splat<T>(a, 2 * sizeof<T>())
    c20 = mulAdd<T>(x, b0, c20)
    c21 = mulAdd<T>(x, b1, c21)
    x = v128.load_splat<T>(a, 3 * sizeof<T>())
    c30 = mulAdd<T>(x, b0, c30)
    c31 = mulAdd<T>(x, b1, c31)
    a += 4 * sizeof<T>()
    b += row
  }
  addRow<T>(c, c00, c01)
  addRow<T>(c += ldc, c10, c11)
  addRow<T>(c += ldc, c20, c21)
  addRow<T>(c + ldc, c30, c31)
}

/** One row of a tile, A as it lies. */
function rowTile<T>(k: i32, alpha: T, a: usize, column: usize, b: usize, row: usize, c: usize): void {
  let c0 = v128.splat<T>(0), c1 = c0
  for (; k > 0; k--) {
    const x = v128.splat<T>(alpha * load<T>(a))
    c0 = mulAdd<T>(x, v128.load(b), c0)
    c1 = mulAdd<T>(x, v128.load(b, 16), c1)
    a += column
    b += row
  }
  addRow<T>(c, c0, c1)
}

// @ts-ignore: decorator
@inline
function addRow<T>(c: usize, x: v128, y: v128): void {
  v128.store(c, v128.add<T>(v128.load(c), x))
  v128.store(c, v128.add<T>(v128.load(c, 16), y), 16)
}

/** C += alpha A B; with lower, only where column <= row. Strides in elements. */
function product<T>(
  m: i32, n: i32, k: i32, alpha: T, A: usize, rowA: i32, columnA: i32, B: usize, rowB: i32, columnB: i32, C: usize, rowC: i32,
  work: usize, lower: bool,
): void {
  const width: i32 = 32 / sizeof<T>()
  const ra = bytes<T>(rowA), ca = bytes<T>(columnA), rb = bytes<T>(rowB), cb = bytes<T>(columnB), rc = bytes<T>(rowC)
  const edge = work, stripsA = work + EDGE, stripsB = stripsA + bytes<T>((min(m, MC) & ~3) * min(k, KC))
  const inPlace = m <= FEW && columnB == 1
  for (let jc = 0; jc < n; jc += NC) {
    const columns = min(NC, n - jc)
    for (let pc = 0; pc < k; pc += KC) {
      const depth = min(KC, k - pc)
      const b0 = B + <usize>pc * rb + <usize>jc * cb
      for (let j = 0; j < columns; j += width) {
        const some = min(width, columns - j)
        if (!inPlace || some < width) packB<T>(depth, some, b0 + <usize>j * cb, rb, cb, stripsB + bytes<T>(j * depth))
      }
      for (let ic = 0; ic < m; ic += MC) {
        const rows = min(MC, m - ic)
        if (lower && ic + rows <= jc) continue
        const a0 = A + <usize>ic * ra + <usize>pc * ca
        packA<T>(rows & ~3, depth, alpha, a0, ra, ca, stripsA)
        for (let j = 0; j < columns; j += width) {
          const some = min(width, columns - j)
          const there = inPlace && some == width
          const b = there ? b0 + <usize>j * cb : stripsB + bytes<T>(j * depth), row = there ? rb : 32
          for (let i = 0, height = 4; i < rows; i += height) {
            if (rows - i < 4) height = 1
            // How far the top row of the tile lies below the diagonal, counted from the tile's first column.
            const below = ic + i - jc - j
            if (lower && below + height <= 0) continue
            const c = C + <usize>(ic + i) * rc + bytes<T>(jc + j)
            const whole = some == width && (!lower || below >= width - 1)
            const target = whole ? c : edge, stride: usize = whole ? rc : 32
            if (!whole) memory.fill(edge, 0, EDGE)
            if (height == 4) tile<T>(depth, stripsA + bytes<T>(i * depth), b, row, target, stride)
            else rowTile<T>(depth, alpha, a0 + <usize>i * ra, ca, b, row, target)
            if (whole) continue
            for (let r = 0; r < height; r++) {
              const end = lower ? min(some, below + r + 1) : some
              for (let s = 0; s < end; s++) {
                const p = c + <usize>r * rc + bytes<T>(s)
                store<T>(p, load<T>(p) + load<T>(edge + (<usize>r << 5) + bytes<T>(s)))
              }
            }
          }
        }
      }
    }
  }
}

export function gemm(
  m: i32, n: i32, k: i32, alpha: f64, A: usize, rowA: i32, columnA: i32, B: usize, rowB: i32, columnB: i32, C: usize, rowC: i32,
  work: usize,
): void {
  product<f64>(m, n, k, alpha, A, rowA, columnA, B, rowB, columnB, C, rowC, work, false)
}
export function gemm32(
  m: i32, n: i32, k: i32, alpha: f32, A: usize, rowA: i32, columnA: i32, B: usize, rowB: i32, columnB: i32, C: usize, rowC: i32,
  work: usize,
): void {
  product<f32>(m, n, k, alpha, A, rowA, columnA, B, rowB, columnB, C, rowC, work, false)
}
export function syrk(n: i32, k: i32, alpha: f64, A: usize, rowA: i32, columnA: i32, C: usize, rowC: i32, work: usize): void {
  product<f64>(n, n, k, alpha, A, rowA, columnA, A, columnA, rowA, C, rowC, work, true)
}
