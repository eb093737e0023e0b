/** Exact minimisers of the small problems of the experiment, each with its own proof of optimality. */

type Rows = readonly Float64Array[]

const inner = (x: Float64Array, y: Float64Array) => x.reduce((sum, v, i) => sum + v * y[i], 0)

/** Solves a small square system by elimination with partial pivoting. */
function solve(matrix: Rows, right: Float64Array): Float64Array {
  const n = right.length
  const rows = matrix.map((row, i) => Float64Array.of(...row, right[i]))
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i
    const chosen = rows[pivot]
    rows[pivot] = rows[k]
    rows[k] = chosen
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / chosen[k]
      for (let j = k; j <= n; j++) rows[i][j] -= factor * chosen[j]
    }
  }
  const x = new Float64Array(n)
  for (let k = n - 1; k >= 0; k--) {
    let sum = rows[k][n]
    for (let j = k + 1; j < n; j++) sum -= rows[k][j] * x[j]
    x[k] = sum / rows[k][k]
  }
  return x
}

/**
 * Returns the minimiser of sum |<a_i, x> - b_i| by descent along edges: at a vertex d residuals are 0; it is optimal
 * when their multipliers s, sum_{others} sign(r_i) a_i + sum s_k a_k = 0, are within [-1, 1]. Otherwise the residual
 * with the largest leaves, and a weighted median says which takes its place.
 */
export function leastAbsolute(A: Rows, b: Float64Array): Float64Array {
  const d = A[0].length
  const basis = Array.from({ length: d }, (_, k) => k)
  for (;;) {
    const rows = basis.map((i) => A[i])
    const x = solve(
      rows,
      Float64Array.from(basis, (i) => b[i]),
    )
    const others = A.map((_, i) => i).filter((i) => !basis.includes(i))
    const residuals = Float64Array.from(A, (a, i) => inner(a, x) - b[i])
    const pull = new Float64Array(d)
    for (const i of others) for (let j = 0; j < d; j++) pull[j] -= Math.sign(residuals[i]) * A[i][j]
    const transposed = Array.from({ length: d }, (_, j) => Float64Array.from(rows, (row) => row[j]))
    const s = solve(transposed, pull)
    const k = s.reduce((best, v, i) => (Math.abs(v) > Math.abs(s[best]) ? i : best), 0)
    if (Math.abs(s[k]) <= 1 + 1e-10) return x
    const unit = new Float64Array(d)
    unit[k] = Math.sign(s[k])
    const along = solve(rows, unit)
    const crossings = others
      .map((i) => ({ i, speed: inner(A[i], along) }))
      .map(({ i, speed }) => ({ i, speed: Math.abs(speed), at: -residuals[i] / speed }))
      .filter(({ at }) => at > 0)
      .sort((first, second) => first.at - second.at)
    let slope = 1 - Math.abs(s[k])
    for (const { i, speed } of crossings) {
      slope += 2 * speed
      basis[k] = i
      if (slope >= 0) break
    }
  }
}

/** Returns the minimiser of mean (<a_i, x> - b_i)^2 / 2 + l1 sum |x_j| + l2 ||x||^2 / 2, by coordinate descent. */
export function leastSquares(A: Rows, b: Float64Array, { l1 = 0, l2 = 0 }: { l1?: number; l2?: number }): Float64Array {
  const [n, d] = [A.length, A[0].length]
  const x = new Float64Array(d)
  const residuals = b.map((v) => -v)
  const columns = Array.from({ length: d }, (_, j) => Float64Array.from(A, (a) => a[j]))
  const squares = columns.map((column) => inner(column, column) / n)
  for (let sweep = 0, moved = 1; sweep < 1e5 && moved > 1e-15; sweep++) {
    moved = 0
    for (let j = 0; j < d; j++) {
      const target = squares[j] * x[j] - inner(columns[j], residuals) / n
      const next = (target - Math.min(Math.max(target, -l1), l1)) / (squares[j] + l2)
      const step = next - x[j]
      if (step === 0) continue
      moved = Math.max(moved, Math.abs(step))
      x[j] = next
      for (let i = 0; i < n; i++) residuals[i] += step * columns[j][i]
    }
  }
  return x
}

/**
 * Returns the x of the simplex with the least max_j <C_j, x>, for entries of at least -1: with y = x / (value + 2) it
 * maximises sum y subject to (C + 2) y <= 1, y >= 0, by the simplex method with Bland's rule.
 */
export function gameStrategy(C: Rows): Float64Array {
  const [m, n] = [C.length, C[0].length]
  // Row i: the basic variable in terms of the nonbasic ones; the last column is its value.
  const table = C.map((row) => Float64Array.of(...row.map((v) => v + 2), 1))
  const gains = new Float64Array(n + 1).fill(1, 0, n)
  const columns = Array.from({ length: n }, (_, j) => j)
  const basis = Array.from({ length: m }, (_, i) => n + i)
  for (;;) {
    let enter = -1
    for (let j = 0; j < n; j++) if (gains[j] > 1e-12 && (enter < 0 || columns[j] < columns[enter])) enter = j
    if (enter < 0) break
    let leave = -1
    for (let i = 0; i < m; i++) {
      if (!(table[i][enter] > 1e-12)) continue
      const ratio = table[i][n] / table[i][enter]
      const best = leave < 0 ? Infinity : table[leave][n] / table[leave][enter]
      if (ratio < best || (ratio === best && basis[i] < basis[leave])) leave = i
    }
    const pivotRow = table[leave]
    const pivot = pivotRow[enter]
    pivotRow[enter] = 1
    for (let j = 0; j <= n; j++) pivotRow[j] /= pivot
    for (const row of [...table, gains]) {
      if (row === pivotRow) continue
      const factor = row[enter]
      row[enter] = 0
      for (let j = 0; j <= n; j++) row[j] -= factor * pivotRow[j]
    }
    const swapped = columns[enter]
    columns[enter] = basis[leave]
    basis[leave] = swapped
  }
  const y = new Float64Array(n)
  basis.forEach((variable, i) => {
    if (variable < n) y[variable] = table[i][n]
  })
  const total = y.reduce((sum, v) => sum + v, 0)
  return y.map((v) => Math.max(v, 0) / total)
}
