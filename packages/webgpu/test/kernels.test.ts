import { random, transpose } from '@opt/core'
import { type GPUArray, webgpu } from '../src/index.ts'
import { altered, replaced } from './altered.ts'
import { logSum, on, paddedMatrix, range, sum, U, uniform, worst } from './matrices.ts'
import { gpu, onDevice } from './open.ts'

const rng = random(5)
const view = (data: GPUArray, rows: number, columns: number) => ({ data, rows, columns, stride: columns })

/** Few and many lines, short and long: every way of sharing lines among threads, and lines in parts. */
const shapes: [m: number, n: number][] = [
  [1, 1],
  [3, 5],
  [70, 20],
  [7, 33],
  [5, 600],
  [2, 9000],
  [9000, 2],
  [600, 40],
  [0, 4],
  [4, 0],
]
const each = test.each(shapes)

/** Error of (s + t - C) / epsilon. */
const exponentError = (epsilon: number) => (4 * 3 * U) / epsilon
/** Error of a logarithm of a sum, as long as its exponents are right. */
const logError = (value: number) => 2 ** -21 + 30 * U + 4 * U * Math.abs(value)

onDevice('products', () => {
  each('dot, gemv and gemvT of a %d x %d matrix', async (m, n) => {
    const A = paddedMatrix(rng, m, n)
    const [x, y, w, z] = [n, m, m, n].map((length) => uniform(rng, length))
    const got = await on(gpu, { A: A.data, x, y, w, z }, (v) => {
      gpu.gemv(A.on(v.A), v.x, v.y)
      gpu.gemvT(A.on(v.A), v.w, v.z)
    })
    const terms = (i: number) => range(n).map((j) => A.at(i, j) * x[j])
    const down = (j: number) => [z[j], ...range(m).map((i) => A.at(i, j) * w[i])]
    const size = (values: number[]) => 16 * U * sum(values.map(Math.abs))
    expect(
      worst(
        got.y,
        range(m).map((i) => sum(terms(i))),
        (i) => size(terms(i)),
      ),
    ).toBeLessThan(1)
    expect(
      worst(
        got.z,
        range(n).map((j) => sum(down(j))),
        (j) => size(down(j)),
      ),
    ).toBeLessThan(1)
  })

  test.each([0, 1, 5, 4097, 100_000])('dot of %d', async (n) => {
    const [x, y] = [uniform(rng, n), uniform(rng, n)]
    const [a, b] = [gpu.array(x), gpu.array(y)]
    const { used } = gpu.memory
    const terms = range(n).map((k) => x[k] * y[k])
    expect(worst([await gpu.dot(n, a, b)], [sum(terms)], () => 16 * U * sum(terms.map(Math.abs)))).toBeLessThan(1)
    expect(worst([await gpu.dot(n, a, a)], [sum(Array.from(x, (v) => v * v))], () => 16 * U * n)).toBeLessThan(1)
    expect(gpu.memory.used).toBe(used)
    for (const array of [a, b]) array.free()
  })

  test.each([
    [40, 3],
    [30, 50],
    [3, 2000],
  ])('spmv of %d rows of about %d entries', async (m, mean) => {
    const counts = range(m).map((i) => (i % 3 === 1 ? 0 : rng.integer(0, 2 * mean)))
    const starts = range(m + 1).map((i) => sum(counts.slice(0, i)))
    const columns = range(starts[m]).map(() => rng.integer(0, 77))
    const values = uniform(rng, starts[m])
    const x = uniform(rng, 77)
    const whole = [gpu.integers(starts), gpu.integers(columns)] as const
    const { y } = await on(gpu, { values, x, y: new Float32Array(m).fill(9) }, (v) =>
      gpu.spmv(m, ...whole, v.values, v.x, v.y),
    )
    const terms = (i: number) => range(counts[i]).map((k) => values[starts[i] + k] * x[columns[starts[i] + k]])
    const allowed = (i: number) => 16 * U * sum(terms(i).map(Math.abs))
    expect(
      worst(
        y,
        range(m).map((i) => sum(terms(i))),
        allowed,
      ),
    ).toBeLessThan(1)
    for (const integers of whole) integers.free()
  })

  test('compensation survives the compiler: small numbers behind large ones that cancel', async () => {
    // A thread takes four numbers at a time, 256 apart: the first 1024 are where all sums begin.
    const n = 262_144
    const values = Float32Array.from({ length: n }, (_, k) => (k < 1024 ? (k % 2 === 0 ? 1 : -1) / U : 1))
    const [starts, columns] = [gpu.integers([0, n]), gpu.integers(new Int32Array(n))]
    const { y } = await on(gpu, { values, x: [1], y: [0] }, (v) => gpu.spmv(1, starts, columns, v.values, v.x, v.y))
    const size = 1024 / U + n - 1024
    expect(Math.abs(y[0] - (n - 1024))).toBeLessThan(16 * U * size)
    let plain = 0
    for (let k = 0; k < 1024; k++)
      plain += range(n / 1024).reduce((total, step) => Math.fround(total + values[k + 1024 * step]), 0)
    expect(Math.abs(plain - (n - 1024))).toBeGreaterThan(100 * U * size)
    for (const integers of [starts, columns]) integers.free()
  })
})

onDevice('elementwise', () => {
  test.each([0, 1, 6, 1027])('axpy, vexp and vlog of %d, also in place, and no further', async (n) => {
    const x = uniform(rng, n + 2, -80, 80)
    const positive = uniform(rng, n + 2, 0.1, 50)
    const base = new Float32Array(n + 2).fill(3)
    const given = { x, positive, sums: base, twice: x, exps: base, ownExps: x, logs: base, ownLogs: positive }
    const got = await on(gpu, given, (v) => {
      gpu.axpy(n, -0.5, v.x, v.sums)
      gpu.axpy(n, 1, v.twice, v.twice)
      gpu.vexp(n, v.x, v.exps)
      gpu.vexp(n, v.ownExps, v.ownExps)
      gpu.vlog(n, v.positive, v.logs)
      gpu.vlog(n, v.ownLogs, v.ownLogs)
    })
    const below = (before: Float32Array, f: (k: number) => number) => Array.from(before, (v, k) => (k < n ? f(k) : v))
    expect(
      worst(
        got.sums,
        below(base, (k) => 3 - 0.5 * x[k]),
        (k) => U * (3 + Math.abs(x[k])),
      ),
    ).toBeLessThan(1)
    expect(
      worst(
        got.twice,
        below(x, (k) => 2 * x[k]),
        () => 0,
      ),
    ).toBe(0)
    const allowed = (k: number) => 2 * (3 + 2 * Math.abs(x[k])) * U * Math.exp(x[k])
    expect(
      worst(
        got.exps,
        below(base, (k) => Math.exp(x[k])),
        allowed,
      ),
    ).toBeLessThan(1)
    expect(
      worst(
        got.ownExps,
        below(x, (k) => Math.exp(x[k])),
        allowed,
      ),
    ).toBeLessThan(1)
    const logAllowed = (k: number) => 2 ** -21 + 6 * U * Math.abs(Math.log(positive[k]))
    expect(
      worst(
        got.logs,
        below(base, (k) => Math.log(positive[k])),
        logAllowed,
      ),
    ).toBeLessThan(1)
    expect(
      worst(
        got.ownLogs,
        below(positive, (k) => Math.log(positive[k])),
        logAllowed,
      ),
    ).toBeLessThan(1)
  })

  test('exp and log where they end', async () => {
    const got = await on(gpu, { x: [-Infinity, -200, 0, 200], y: [0, 0, 0, 0], z: [0, -1, 1, Infinity] }, (v) => {
      gpu.vexp(4, v.x, v.y)
      gpu.vlog(4, v.z, v.z)
    })
    expect([...got.y]).toEqual([0, 0, 1, Infinity])
    expect([...got.z]).toEqual([-Infinity, NaN, 0, Infinity])
  })
})

onDevice('log-sums', () => {
  each('rowLse and colLse of a %d x %d matrix', async (m, n) => {
    const epsilon = 0.05
    const C = paddedMatrix(rng, m, n, 0, 1)
    const [f, g] = [uniform(rng, m), uniform(rng, n)]
    const got = await on(gpu, { C: C.data, f, g, r: new Float32Array(m), c: new Float32Array(n) }, (v) => {
      gpu.rowLse(C.on(v.C), v.g, epsilon, v.r)
      gpu.colLse(C.on(v.C), v.f, epsilon, v.c)
    })
    const rows = range(m).map((i) => logSum(range(n).map((j) => (g[j] - C.at(i, j)) / epsilon)))
    const columns = range(n).map((j) => logSum(range(m).map((i) => (f[i] - C.at(i, j)) / epsilon)))
    expect(worst(got.r, rows, (i) => exponentError(epsilon) + logError(rows[i]))).toBeLessThan(1)
    expect(worst(got.c, columns, (j) => exponentError(epsilon) + logError(columns[j]))).toBeLessThan(1)
  })

  test('ascending, descending and far from 0', async () => {
    const n = 3000
    const g = Float32Array.from({ length: n }, (_, k) => 500 + k / 64)
    const arrays = { C: new Float32Array(n), g, h: g.toReversed(), up: [0], down: [0] }
    const { up, down } = await on(gpu, arrays, (v) => {
      gpu.rowLse(view(v.C, 1, n), v.g, 1, v.up)
      gpu.rowLse(view(v.C, 1, n), v.h, 1, v.down)
    })
    const want = logSum(Array.from(g))
    expect(worst([up[0], down[0]], [want, want], () => logError(want))).toBeLessThan(1)
  })

  test('of nothing, and beside nothing', async () => {
    const arrays = { C: new Float32Array(12), g: [-Infinity, -Infinity, -Infinity], h: [-Infinity, 2, -Infinity] }
    const got = await on(gpu, { ...arrays, none: [1, 1], one: [0, 0] }, (v) => {
      gpu.rowLse(view(v.C, 2, 3), v.g, 0.5, v.none)
      gpu.rowLse(view(v.C, 2, 3), v.h, 0.5, v.one)
    })
    expect([...got.none]).toEqual([-Infinity, -Infinity])
    expect([...got.one]).toEqual([4, 4])
  })

  each('softmaxRows of a %d x %d matrix, also in place', async (m, n) => {
    const X = paddedMatrix(rng, m, n, -20, 20)
    const got = await on(gpu, { X: X.data, Y: new Float32Array(m * n), Z: X.data }, (v) => {
      gpu.softmaxRows(X.on(v.X), view(v.Y, m, n))
      gpu.softmaxRows(X.on(v.Z), X.on(v.Z))
    })
    const rows = range(m).map((i) => range(n).map((j) => X.at(i, j)))
    const want = rows.flatMap((row) => {
      const total = logSum(row)
      return row.map((v) => Math.exp(v - total))
    })
    const allowed = (k: number) => (2 * (3 + 80) + 30) * U * want[k] + 1e-38
    expect(worst(got.Y, want, allowed)).toBeLessThan(1)
    const inPlace = range(m).flatMap((i) => [...got.Z.subarray(i * X.stride, i * X.stride + n)])
    expect(worst(inPlace, [...got.Y], () => 0)).toBe(0)
    expect(got.X).toEqual(X.data)
  })

  test('softmax of what has none', async () => {
    const { X } = await on(gpu, { X: [Infinity, 0, -Infinity, -Infinity] }, (v) =>
      gpu.softmaxRows(view(v.X, 2, 2), view(v.X, 2, 2)),
    )
    expect([...X.subarray(2)]).toEqual([NaN, NaN])
    expect(X[0]).toBeNaN()
  })

  test('come to the same without subgroups', async () => {
    const plain = await webgpu({ gpu: altered(() => ({ features: new Set() }), { features: new Set() }) })
    const [m, n] = [3, 9000]
    const A = uniform(rng, m * n)
    const x = uniform(rng, n)
    const [one, other] = await Promise.all(
      [gpu, plain].map((device) =>
        on(device, { A, x, y: new Float32Array(m), out: new Float32Array(m) }, (v) => {
          device.gemv(view(v.A, m, n), v.x, v.y)
          device.rowLse(view(v.A, m, n), v.x, 1, v.out)
        }),
      ),
    )
    expect(worst(other.y, one.y, () => 32 * U * n)).toBeLessThan(1)
    expect(worst(other.out, one.out, () => 2 * logError(9))).toBeLessThan(1)
    plain.close()
  })
})

onDevice('more workgroups than one dimension has', () => {
  test('has some with nothing to do, which do nothing', async () => {
    const limits = (device: GPUDevice) => replaced(device.limits, { maxComputeWorkgroupsPerDimension: 3 })
    const narrow = await webgpu({ gpu: altered((device) => ({ limits: limits(device) })) })
    const sizes: [number, number][] = [
      [257, 30],
      [7, 600],
      [2, 9000],
      [600, 70],
      [4300, 1],
    ]
    for (const [m, n] of sizes) {
      const A = paddedMatrix(rng, m, n)
      const given = {
        A: A.data,
        x: uniform(rng, n),
        w: uniform(rng, m),
        B: uniform(rng, m * 9),
        y: new Float32Array(m),
        z: new Float32Array(n),
      }
      const results = [gpu, narrow].map((device) =>
        on(device, { ...given, Y: A.data, C: new Float32Array(n * 9) }, (v) => {
          device.gemv(A.on(v.A), v.x, v.y)
          device.gemvT(A.on(v.A), v.w, v.z)
          device.softmaxRows(A.on(v.Y), A.on(v.Y))
          device.gemm(1, transpose(A.on(v.A)), view(v.B, m, 9), view(v.C, n, 9))
          device.vexp(m * A.stride, v.A, v.A)
        }),
      )
      const [one, other] = await Promise.all(results)
      expect(other).toEqual(one)
    }
    narrow.close()
  })
})
