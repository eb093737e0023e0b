// The scans of an assignment: exact comparisons in the order of columns, with several columns at a time passed over where none
// can matter.

// What a scan of a row finds beside the column that it returns.
let foundLeast: f64 = 0, foundSecond: f64 = 0

/** Finds the least and the second least of c_j - v_j over n columns; returns the first column of the least, -1 without. */
function twoLeast(n: i32, c: usize, v: usize): i32 {
  let least: f64 = Infinity, second: f64 = Infinity, nearest = -1
  let bound = f64x2.splat(second)
  for (let j = 0; j < n; j += 8) {
    if (j + 8 <= n) {
      const p = f64x2.lt(f64x2.sub(v128.load(c), v128.load(v)), bound)
      const q = f64x2.lt(f64x2.sub(v128.load(c, 16), v128.load(v, 16)), bound)
      const r = f64x2.lt(f64x2.sub(v128.load(c, 32), v128.load(v, 32)), bound)
      const s = f64x2.lt(f64x2.sub(v128.load(c, 48), v128.load(v, 48)), bound)
      if (!v128.any_true(v128.or(v128.or(p, q), v128.or(r, s)))) {
        c += 64
        v += 64
        continue
      }
    }
    const end = min(j + 8, n)
    for (let k = j; k < end; k++) {
      const length = load<f64>(c) - load<f64>(v)
      if (length < least) {
        second = least
        least = length
        nearest = k
      } else if (length < second) second = length
      c += 8
      v += 8
    }
    bound = f64x2.splat(second)
  }
  foundLeast = least
  foundSecond = second
  return nearest
}

/**
 * Shortens the paths to columns that are shorter by row i, whose costs are c: lengths_j = min(lengths_j, offset + (c_j - v_j)),
 * with i in before_j. Finds the least length; of equally near columns returns the last that is free, or the first.
 */
function shorten(n: i32, i: i32, offset: f64, c: usize, v: usize, lengths: usize, before: usize, rowOf: usize): i32 {
  let least: f64 = Infinity, nearest = -1
  let bound = f64x2.splat(least)
  const offsets = f64x2.splat(offset), row = i32x4.splat(i)
  let j = 0
  for (; j + 4 <= n; j += 4) {
    const p = f64x2.add(offsets, f64x2.sub(v128.load(c), v128.load(v)))
    const q = f64x2.add(offsets, f64x2.sub(v128.load(c, 16), v128.load(v, 16)))
    const known = v128.load(lengths), further = v128.load(lengths, 16)
    const a = f64x2.lt(p, known), b = f64x2.lt(q, further)
    const s = v128.bitselect(p, known, a), t = v128.bitselect(q, further, b)
    v128.store(lengths, s)
    v128.store(lengths, t, 16)
    v128.store(before, v128.bitselect(row, v128.load(before), i32x4.shuffle(a, b, 0, 2, 4, 6)))
    if (v128.any_true(v128.or(f64x2.le(s, bound), f64x2.le(t, bound)))) {
      for (let k = 0; k < 4; k++) {
        const shortest = load<f64>(lengths + (<usize>k << 3))
        if (shortest <= least && (shortest < least || load<i32>(rowOf + (<usize>k << 2)) < 0)) {
          least = shortest
          nearest = j + k
        }
      }
      bound = f64x2.splat(least)
    }
    c += 32
    v += 32
    lengths += 32
    before += 16
    rowOf += 16
  }
  for (; j < n; j++) {
    const length = offset + (load<f64>(c) - load<f64>(v))
    let shortest = load<f64>(lengths)
    if (length < shortest) {
      shortest = length
      store<f64>(lengths, length)
      store<i32>(before, i)
    }
    if (shortest <= least && (shortest < least || load<i32>(rowOf) < 0)) {
      least = shortest
      nearest = j
    }
    c += 8
    v += 8
    lengths += 8
    before += 4
    rowOf += 4
  }
  foundLeast = least
  return nearest
}

// @ts-ignore: decorator
@inline
function number(at: usize, i: i32): f64 {
  return load<f64>(at + (<usize>i << 3))
}
// @ts-ignore: decorator
@inline
function add(at: usize, i: i32, value: f64): void {
  const p = at + (<usize>i << 3)
  store<f64>(p, load<f64>(p) + value)
}
// @ts-ignore: decorator
@inline
function integer(at: usize, i: i32): i32 {
  return load<i32>(at + (<usize>i << 2))
}
// @ts-ignore: decorator
@inline
function setInteger(at: usize, i: i32, value: i32): void {
  store<i32>(at + (<usize>i << 2), value)
}

export function reduceRow(n: i32, row: i32, steps: i32, C: usize, u: usize, v: usize, rowOf: usize, columnOf: usize): i32 {
  let i = row
  for (; i >= 0 && steps > 0; steps--) {
    const c = C + (<usize>i * <usize>n << 3), j = twoLeast(n, c, v), gap = foundSecond - foundLeast
    const owner = j < 0 ? -1 : integer(rowOf, j)
    if (foundSecond == Infinity || (owner >= 0 && !(number(v, j) - gap < number(v, j)))) return 0
    if (owner >= 0) {
      setInteger(columnOf, owner, -1)
      add(v, j, -gap)
    }
    store<f64>(u + (<usize>i << 3), number(c, j) - number(v, j))
    setInteger(rowOf, j, i)
    setInteger(columnOf, i, j)
    i = owner
  }
  return i < 0 ? 1 : 0
}

export function augment(
  n: i32, row: i32, C: usize, u: usize, v: usize, rowOf: usize, columnOf: usize, lengths: usize, before: usize, ended: usize,
): i32 {
  for (let j = 0; j < n; j++) store<f64>(lengths + (<usize>j << 3), Infinity)
  let count = 0, reached: f64 = 0, j = -1
  for (let i = row; i >= 0; ) {
    j = shorten(n, i, reached - number(u, i), C + (<usize>i * <usize>n << 3), v, lengths, before, rowOf)
    if (foundLeast == Infinity) return 0
    reached = foundLeast
    const p = ended + (<usize>count << 4)
    count++
    store<f64>(p, <f64>j)
    store<f64>(p, reached, 8)
    store<f64>(lengths + (<usize>j << 3), NaN)
    i = integer(rowOf, j)
  }
  add(u, row, reached)
  for (let k = 0; k < count; k++) {
    const p = ended + (<usize>k << 4), column = <i32>load<f64>(p), slack = reached - load<f64>(p, 8)
    add(v, column, -slack)
    const owner = integer(rowOf, column)
    if (owner >= 0) add(u, owner, slack)
  }
  let i = -1
  while (i != row) {
    i = integer(before, j)
    const freed = integer(columnOf, i)
    setInteger(rowOf, j, i)
    setInteger(columnOf, i, j)
    j = freed
  }
  return 1
}
