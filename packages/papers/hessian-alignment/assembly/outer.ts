import { mulAdd } from '../../../core/assembly/simd'

/**
 * G_ij = x_i.v_j for n rows x_i of C numbers, and v_j in strips of four columns of C numbers; what the first L of them give
 * is multiplied by z_ij before the others follow. With `add`, sums start at G_ij. Rows of G have D numbers, a multiple of 4,
 * rows of Z `stride`, rows of X and of strips `width`.
 */
export function outer(
  n: i32, D: i32, L: i32, C: i32, stride: i32, width: i32, Z: usize, X: usize, V: usize, G: usize, add: i32,
): void {
  const size = <usize>D << 3, rowZ = <usize>stride << 3, rowX = <usize>width << 3
  const first = <usize>L << 5, all = <usize>C << 5
  for (let j: usize = 0; j < size; j += 32) {
    let z = Z + j, g = G + j, x = X
    let i = 0
    for (; i + 4 <= n; i += 4) {
      tile(first, all, z, rowZ, x, rowX, V, g, size, add)
      z += rowZ << 2
      g += size << 2
      x += rowX << 2
    }
    for (; i < n; i++) {
      rowTile(first, all, z, x, V, g, add)
      z += rowZ
      g += size
      x += rowX
    }
    V += rowX << 2
  }
}

function tile(
  first: usize, all: usize, z: usize, rowZ: usize, x: usize, rowX: usize, v: usize, g: usize, size: usize, add: i32,
): void {
  const size2 = size << 1, size3 = size2 + size, x2 = rowX << 1, x3 = x2 + rowX
  const last = v + all
  let c00 = f64x2.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00
  if (add) {
    c00 = v128.load(g)
    c01 = v128.load(g, 16)
    c10 = v128.load(g + size)
    c11 = v128.load(g + size, 16)
    c20 = v128.load(g + size2)
    c21 = v128.load(g + size2, 16)
    c30 = v128.load(g + size3)
    c31 = v128.load(g + size3, 16)
  }
  for (let end = first ? v + first : last; ; end = last) {
    for (; v < end; v += 32) {
      const v0 = v128.load(v), v1 = v128.load(v, 16)
      let f = v128.load64_splat(x)
      c00 = mulAdd<f64>(f, v0, c00)
      c01 = mulAdd<f64>(f, v1, c01)
      f = v128.load64_splat(x + rowX)
      c10 = mulAdd<f64>(f, v0, c10)
      c11 = mulAdd<f64>(f, v1, c11)
      f = v128.load64_splat(x + x2)
      c20 = mulAdd<f64>(f, v0, c20)
      c21 = mulAdd<f64>(f, v1, c21)
      f = v128.load64_splat(x + x3)
      c30 = mulAdd<f64>(f, v0, c30)
      c31 = mulAdd<f64>(f, v1, c31)
      x += 8
    }
    if (end == last) break
    c00 = f64x2.mul(c00, v128.load(z))
    c01 = f64x2.mul(c01, v128.load(z, 16))
    c10 = f64x2.mul(c10, v128.load(z + rowZ))
    c11 = f64x2.mul(c11, v128.load(z + rowZ, 16))
    c20 = f64x2.mul(c20, v128.load(z + 2 * rowZ))
    c21 = f64x2.mul(c21, v128.load(z + 2 * rowZ, 16))
    c30 = f64x2.mul(c30, v128.load(z + 3 * rowZ))
    c31 = f64x2.mul(c31, v128.load(z + 3 * rowZ, 16))
  }
  v128.store(g, c00)
  v128.store(g, c01, 16)
  v128.store(g + size, c10)
  v128.store(g + size, c11, 16)
  v128.store(g + size2, c20)
  v128.store(g + size2, c21, 16)
  v128.store(g + size3, c30)
  v128.store(g + size3, c31, 16)
}

/** One row of a tile. */
function rowTile(first: usize, all: usize, z: usize, x: usize, v: usize, g: usize, add: i32): void {
  const last = v + all
  let c0 = f64x2.splat(0), c1 = c0
  if (add) {
    c0 = v128.load(g)
    c1 = v128.load(g, 16)
  }
  for (let end = first ? v + first : last; ; end = last) {
    for (; v < end; v += 32) {
      const f = v128.load64_splat(x)
      c0 = mulAdd<f64>(f, v128.load(v), c0)
      c1 = mulAdd<f64>(f, v128.load(v, 16), c1)
      x += 8
    }
    if (end == last) break
    c0 = f64x2.mul(c0, v128.load(z))
    c1 = f64x2.mul(c1, v128.load(z, 16))
  }
  v128.store(g, c0)
  v128.store(g, c1, 16)
}
