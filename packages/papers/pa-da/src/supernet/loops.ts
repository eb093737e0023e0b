import type { Floats } from '@opt/core'

/** Writes the same row into n rows. */
export function fillRows(n: number, width: number, row: Floats, at: number, out: Floats): void {
  for (let j = 0; j < width; j++) out[j] = row[at + j]
  for (let filled = 1; filled < n; filled *= 2) out.copyWithin(filled * width, 0, Math.min(filled, n - filled) * width)
}

/** out = max(x, 0). */
export function relu(size: number, x: Floats, out: Floats): void {
  for (let i = 0; i < size; i++) out[i] = Math.max(x[i], 0)
}

/** d += e where x > 0. */
export function addWherePositive(size: number, x: Floats, e: Floats, d: Floats): void {
  for (let i = 0; i < size; i++) d[i] += x[i] > 0 ? e[i] : 0
}

/** y += x. */
export function add(size: number, x: Floats, y: Floats): void {
  for (let i = 0; i < size; i++) y[i] += x[i]
}

/** y_j += (x_j + x_{j-1} + x_{j+1}) / 3 along each row, circular; its own transpose. */
export function pool(n: number, width: number, x: Floats, y: Floats): void {
  for (let at = 0; at < n * width; at += width) {
    let [left, here] = [x[at + width - 1], x[at]]
    const first = here
    for (let j = 0; j < width; j++) {
      const right = j + 1 < width ? x[at + j + 1] : first
      y[at + j] += (here + left + right) / 3
      left = here
      here = right
    }
  }
}

/** h = s x with s = 1 / sqrt(mean_j x_j^2 + 1e-5) for each row. */
export function normalize(n: number, width: number, x: Floats, h: Floats, scales: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const at = i * width
    let square = 0
    for (let j = at; j < at + width; j++) square += x[j] * x[j]
    const s = square < Infinity ? 1 / Math.sqrt(square / width + 1e-5) : hugeScale(width, x, at)
    scales[i] = s
    for (let j = at; j < at + width; j++) h[j] = s * x[j]
  }
}

/** The scale of a row whose squares overflow: the entries are divided by the largest first. */
function hugeScale(width: number, x: Floats, at: number): number {
  let [most, square] = [0, 0]
  for (let j = at; j < at + width; j++) most = Math.max(most, Math.abs(x[j]))
  for (let j = at; j < at + width; j++) square += (x[j] / most) * (x[j] / most)
  return 1 / most / Math.sqrt(square / width)
}

/** dx = s (d - h mean_j(d h)): the transpose of {@link normalize}'s derivative. */
export function normalizeBack(n: number, width: number, h: Floats, scales: Float64Array, d: Floats, dx: Floats): void {
  for (let i = 0; i < n; i++) {
    const at = i * width
    let inner = 0
    for (let j = at; j < at + width; j++) inner += d[j] * h[j]
    inner /= width
    const s = scales[i]
    for (let j = at; j < at + width; j++) dx[j] = s * (d[j] - h[j] * inner)
  }
}

/** out_j += sum of column j. */
export function addColumns(n: number, width: number, x: Floats, out: Floats): void {
  for (let j = 0; j < width; j++) {
    let sum = 0
    for (let i = j; i < n * width; i += width) sum += x[i]
    out[j] += sum
  }
}

/** squares_i += (|input_i|^2 + 1) |delta_i|^2: an example's share of an affine map's squared gradient norm. */
// biome-ignore format: input and delta
export function addSquares(
  n: number, input: Floats, rows: number, delta: Floats, columns: number, squares: Float64Array, first: number,
): void {
  for (let i = 0; i < n; i++) {
    let [a, b] = [1, 0]
    for (let j = i * rows; j < (i + 1) * rows; j++) a += input[j] * input[j]
    for (let j = i * columns; j < (i + 1) * columns; j++) b += delta[j] * delta[j]
    squares[first + i] += a * b
  }
}

/** v = momentum v + (factor g + decay w), w -= learningRate v. */
// biome-ignore format: numbers and arrays
export function descend(
  n: number, learningRate: number, momentum: number, factor: number, decay: number, g: Floats, v: Floats, w: Floats,
): void {
  for (let i = 0; i < n; i++) {
    v[i] = momentum * v[i] + (factor * g[i] + decay * w[i])
    w[i] -= learningRate * v[i]
  }
}
