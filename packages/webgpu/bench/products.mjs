import { random, transpose } from '@opt/core'

/** Seconds a call: the best of three batches of at least `least` seconds; a read at the end waits for the device. */
async function secondsOf(gpu, call, least = 0.2) {
  const flag = gpu.array(1)
  const batch = async (count) => {
    const start = performance.now()
    for (let k = 0; k < count; k++) call()
    await gpu.read(flag)
    return (performance.now() - start) / 1000
  }
  await batch(1)
  let count = 1
  for (let took = await batch(1); took < least && count < 10_000; took = await batch(count))
    count = Math.ceil(count * Math.min(10, (1.2 * least) / took))
  const times = []
  for (let k = 0; k < 3; k++) times.push((await batch(count)) / count)
  flag.free()
  return Math.min(...times)
}

const uniform = (n) => {
  const rng = random(1)
  return Float32Array.from({ length: n }, () => rng.uniform(-1, 1))
}
const three = (value) => Number(value.toPrecision(3)).toString()

/**
 * C += A B of n x n matrices: rows of n, which are transposed, milliseconds, GFLOP/s, and with `peak` (the device's float32 TFLOP/s)
 * the share of it.
 */
export async function gemmRows(gpu, sizes, peak) {
  const rows = []
  for (const n of sizes) {
    const [A, B, C] = [gpu.matrix(n, n, uniform(n * n)), gpu.matrix(n, n, uniform(n * n)), gpu.matrix(n, n)]
    const products = { 'A B': [A, B], "A B'": [A, transpose(B)], "A' B": [transpose(A), B] }
    for (const [name, factors] of Object.entries(products)) {
      const seconds = await secondsOf(gpu, () => gpu.gemm(1e-3, ...factors, C))
      const rate = (2 * n * n * n) / seconds
      rows.push([n, name, three(1000 * seconds), three(rate / 1e9), peak ? `${three(rate / peak / 1e10)} %` : ''])
    }
    for (const { data } of [A, B, C]) data.free()
  }
  return rows
}

/** What goes through memory once: rows of n, milliseconds and GB/s of y = A x, y += A'x, row log-sum-exp and softmax of an n x n matrix. */
export async function bandwidthRows(gpu, sizes) {
  const rows = []
  for (const n of sizes) {
    const [A, Y] = [gpu.matrix(n, n, uniform(n * n)), gpu.matrix(n, n)]
    const [x, y] = [gpu.array(uniform(n)), gpu.array(n)]
    const calls = {
      'y = A x': [1, () => gpu.gemv(A, x, y)],
      "y += A'x": [1, () => gpu.gemvT(A, x, y)],
      'row log-sum-exp': [1, () => gpu.rowLse(A, x, 0.1, y)],
      'column log-sum-exp': [1, () => gpu.colLse(A, x, 0.1, y)],
      'softmax of rows': [3, () => gpu.softmaxRows(A, Y)],
    }
    for (const [name, [passes, call]] of Object.entries(calls)) {
      const seconds = await secondsOf(gpu, call)
      rows.push([n, name, three(1000 * seconds), three((4 * passes * n * n) / seconds / 1e9)])
    }
    for (const array of [A.data, Y.data, x, y]) array.free()
  }
  return rows
}
