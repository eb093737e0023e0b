import type { Box, Domain, Simplex } from '../src/index.ts'

/** Fixed-point numbers with this many bits behind the point: enough for metrics of condition 1e240. */
const BITS = 1800n
const ONE = 1n << BITS

/** A double, exactly. */
export function exact(x: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(x).buffer)[0]
  const exponent = (bits >> 52n) & 0x7ffn
  const mantissa = (bits & 0xfffffffffffffn) | (exponent === 0n ? 0n : 1n << 52n)
  const shift = (exponent === 0n ? 1n : exponent) - 1075n + BITS
  const magnitude = shift >= 0n ? mantissa << shift : mantissa >> -shift
  return x < 0 ? -magnitude : magnitude
}

const times = (a: bigint, b: bigint) => (a * b) >> BITS
const over = (a: bigint, b: bigint) => (a << BITS) / b
const dot = (a: bigint[], b: bigint[]) => a.reduce((sum, v, i) => sum + times(v, b[i]), 0n)
const size = (a: bigint) => (a < 0n ? -a : a)

/** The nearest double, to about 50 bits. */
export function double(a: bigint): number {
  const length = size(a).toString(2).length
  const shift = BigInt(Math.max(0, length - 53))
  return Number(a >> shift) * 2 ** (Number(shift) - Number(BITS))
}

/** Solves A x = b by elimination with the largest pivot. */
export function solve(A: bigint[][], b: bigint[]): bigint[] {
  const n = b.length
  const M = A.map((row, i) => [...row, b[i]])
  for (let k = 0; k < n; k++) {
    let best = k
    for (let i = k; i < n; i++) if (size(M[i][k]) > size(M[best][k])) best = i
    ;[M[k], M[best]] = [M[best], M[k]]
    for (let i = k + 1; i < n; i++) {
      const factor = over(M[i][k], M[k][k])
      for (let j = k; j <= n; j++) M[i][j] -= times(factor, M[k][j])
    }
  }
  const x = new Array<bigint>(n)
  for (let i = n - 1; i >= 0; i--) {
    let sum = M[i][n]
    for (let j = i + 1; j < n; j++) sum -= times(M[i][j], x[j])
    x[i] = over(sum, M[i][i])
  }
  return x
}

export const multiply = (H: bigint[][], x: bigint[]): bigint[] => H.map((row) => dot(row, x))

/** argmin (x - y)'H(x - y) over a ball, box or simplex of few dimensions. */
export function projectExactly(domain: Domain, H: bigint[][], y: bigint[]): bigint[] {
  return domain.kind === 'ball' ? onBall(domain, H, y) : onFaces(domain as Box | Simplex, H, y)
}

function onBall(domain: Domain, H: bigint[][], y: bigint[]): bigint[] {
  const center = [...domain.center()].map(exact)
  const radius = exact(domain.diameter / 2)
  const away = y.map((v, i) => v - center[i])
  if (dot(away, away) <= times(radius, radius)) return y
  const right = multiply(H, away)
  const at = (mu: bigint) =>
    solve(
      H.map((row, i) => row.map((h, j) => (i === j ? h + mu : h))),
      right,
    )
  const isLong = (z: bigint[]) => dot(z, z) > times(radius, radius)
  let [low, high] = [0n, BITS + 1000n]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (isLong(at(1n << middle))) low = middle
    else high = middle
  }
  let [a, b] = [low === 0n ? 0n : 1n << low, 1n << high]
  for (let k = 0; k < 80; k++) {
    const middle = (a + b) / 2n
    if (isLong(at(middle))) a = middle
    else b = middle
  }
  return at(b).map((v, i) => v + center[i])
}

/** The best of the minimisers of all faces that lie in the set. */
function onFaces(domain: Box | Simplex, H: bigint[][], y: bigint[]): bigint[] {
  const n = y.length
  const isBox = domain.kind === 'box'
  const lower = isBox ? [...domain.lower()].map(exact) : y.map(() => 0n)
  const upper = isBox ? [...domain.upper()].map(exact) : y.map(() => exact(domain.total))
  const slack = ONE >> 1000n
  let best: { x: bigint[]; value: bigint } | undefined
  for (let code = 0; code < 3 ** n; code++) {
    const state = Array.from({ length: n }, (_, i) => Math.floor(code / 3 ** i) % 3)
    if (!isBox && state.includes(2)) continue
    const free = [...state.keys()].filter((i) => state[i] === 0)
    const x = state.map((s, i) => (s === 1 ? lower[i] : s === 2 ? upper[i] : 0n))
    if (free.length === 0 && !isBox) continue
    const rows = free.map((i) => [...free.map((j) => H[i][j]), ...(isBox ? [] : [ONE])])
    const right = free.map((i) => dot(H[i], y) - dot(H[i], x))
    if (!isBox) {
      rows.push([...free.map(() => ONE), 0n])
      right.push(exact(domain.total))
    }
    const step = solve(rows, right)
    free.forEach((i, k) => {
      x[i] = step[k]
    })
    if (x.some((v, i) => v < lower[i] - slack || v > upper[i] + slack)) continue
    const e = x.map((v, i) => v - y[i])
    const value = dot(e, multiply(H, e))
    if (!best || value < best.value) best = { x, value }
  }
  return best!.x
}
