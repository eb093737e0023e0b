import { transpose } from '@opt/core'
import { type GPUArray, webgpu } from '../src/index.ts'
import { gpu, onDevice } from './open.ts'

onDevice('what operations refuse, by name', () => {
  const [A, x, y] = gpu ? [6, 3, 2].map((n) => gpu.array(n)) : []
  const freed = gpu?.array(4)
  freed?.free()
  const view = (data: GPUArray, rows: number, columns: number, stride = columns) => ({ data, rows, columns, stride })

  test.each<[string, () => unknown]>([
    ['webgpu.gemv: y must be of length 3 at least, got length 2', () => gpu.gemv(view(A, 3, 2), x, y)],
    ['webgpu.gemv: A must be of length 7 at least, got length 6', () => gpu.gemv(view(A, 2, 3, 4), x, y)],
    ['webgpu.gemv: A.stride must be an integer of at least 3, got 2', () => gpu.gemv(view(A, 2, 3, 2), x, y)],
    ['webgpu.gemv: A.rows must be an integer of at least 0, got -1', () => gpu.gemv(view(A, -1, 3), x, y)],
    ['webgpu.gemv: A.columns must be an integer of at least 0, got 1.5', () => gpu.gemv(view(A, 2, 1.5, 3), x, y)],
    ['webgpu.gemv: A.columns must be an integer of at least 0, got NaN', () => gpu.gemv(view(A, 2, NaN, 3), x, y)],
    ['webgpu.gemv: A must be row-major, got a transposed view', () => gpu.gemv(transpose(view(A, 2, 3)), y, x)],
    ['webgpu.gemv: y must be another array than x, got the same', () => gpu.gemv(view(A, 2, 2, 3), y, y)],
    ['webgpu.gemv: y must be another array than A, got the same', () => gpu.gemv(view(A, 2, 2, 3), x, A)],
    ['webgpu.gemvT: y must be of length 4 at least, got length 3', () => gpu.gemvT(view(A, 1, 4), y, x)],
    ['webgpu.axpy: alpha must be a finite number, got NaN', () => gpu.axpy(2, NaN, x, y)],
    ['webgpu.axpy: x must be of length 3 at least, got length 2', () => gpu.axpy(3, 1, y, x)],
    ['webgpu.vexp: y must be of length 3 at least, got length 2', () => gpu.vexp(3, y, y)],
    ['webgpu.vlog: n must be an integer of at least 0, got -2', () => gpu.vlog(-2, x, y)],
    [
      'webgpu.gemm: B must be of length 6 at least, got length 3',
      () => gpu.gemm(1, view(y, 1, 2), view(x, 2, 3), view(A, 1, 3)),
    ],
    ['webgpu.gemm: B must be 2 x 3, got 2 x 2', () => gpu.gemm(1, view(y, 1, 2), view(A, 2, 2), view(x, 1, 3))],
    ['webgpu.gemm: A must be 1 x 2, got 2 x 2', () => gpu.gemm(1, view(A, 2, 2), view(A, 2, 3), view(x, 1, 3))],
    [
      'webgpu.gemm: C must be row-major, got a transposed view',
      () => gpu.gemm(1, view(y, 1, 1), view(x, 1, 1), transpose(view(A, 1, 1))),
    ],
    [
      'webgpu.gemm: C must be another array than A, got the same',
      () => gpu.gemm(1, view(A, 2, 1), view(x, 1, 2), view(A, 2, 2)),
    ],
    [
      'webgpu.gemm: alpha must be a finite number, got Infinity',
      () => gpu.gemm(Infinity, view(x, 1, 1), view(y, 1, 1), view(A, 1, 1)),
    ],
    ['webgpu.syrk: C must be of length 9 at least, got length 6', () => gpu.syrk(1, view(x, 3, 1), view(A, 3, 3))],
    ['webgpu.syrk: C must be 3 x 3, got 2 x 2', () => gpu.syrk(1, view(x, 3, 1), view(A, 2, 2))],
    ['webgpu.syrk: C must be another array than A, got the same', () => gpu.syrk(1, view(A, 2, 1), view(A, 2, 2))],
    [
      'webgpu.rowLse: epsilon must be a finite number of at least 1e-37, got 0',
      () => gpu.rowLse(view(A, 2, 3), x, 0, y),
    ],
    ['webgpu.rowLse: out must be another array than g, got the same', () => gpu.rowLse(view(A, 2, 3), x, 1, x)],
    ['webgpu.colLse: out must be of length 3 at least, got length 2', () => gpu.colLse(view(A, 2, 3), y, 1, y)],
    [
      'webgpu.softmaxRows: Y.stride must be 2, as that of X on the same array, got 3',
      () => gpu.softmaxRows(view(A, 2, 2), view(A, 2, 2, 3)),
    ],
    ['webgpu.matrix: values must be 4 numbers, got 3', () => gpu.matrix(2, 2, [1, 2, 3])],
  ])('%s', (message, call) => {
    const used = gpu.memory.used
    expect(call).toThrow(message)
    expect(call).toThrow(RangeError)
    expect(gpu.memory.used).toBe(used)
  })

  test('arrays that are none, freed, or of another device', async () => {
    const other = await webgpu()
    const strange = other.array(3)
    for (const array of [freed, strange, new Float64Array(3), null] as never[]) {
      expect(() => gpu.gemv(view(A, 2, 3), array, y)).toThrow(TypeError)
      expect(() => gpu.gemv(view(A, 2, 3), array, y)).toThrow(
        /^webgpu\.gemv: x must be an array of .+ that has not been freed, got/,
      )
    }
    await expect(async () => gpu.dot(3, x, strange)).rejects.toThrow('webgpu.dot: y must be an array of')
    other.close()
    expect(() => other.axpy(1, 1, strange, other.array(1))).toThrow('the device has been closed')
  })

  test('integers that are none, and sparse matrices that do not fit', () => {
    expect(() => gpu.integers([0, 2.5])).toThrow(
      'webgpu.integers: values[1] must be an integer between 0 and 2147483647, got 2.5',
    )
    expect(() => gpu.integers([-1])).toThrow(RangeError)
    expect(() => gpu.integers(['1'] as never)).toThrow(TypeError)
    const { used } = gpu.memory
    const [starts, falling, columns] = [
      [0, 1, 3],
      [0, 3, 1],
      [0, 1, 2],
    ].map((values) => gpu.integers(values))
    const [values, few] = [gpu.array(3), gpu.array(2)]
    const spmv =
      (s: typeof starts, c: typeof columns, v = values, from = x, to = y) =>
      () =>
        gpu.spmv(2, s, c, v, from, to)
    expect(spmv(starts, columns)).not.toThrow()
    expect(spmv(falling, columns)).toThrow('webgpu.spmv: starts must be nondecreasing')
    expect(spmv(starts, columns, few)).toThrow('webgpu.spmv: starts must be at most 2, the entries given, got 3')
    expect(spmv(starts, columns, values, y, A)).toThrow('webgpu.spmv: columns must be below 2, the length of x, got 2')
    expect(spmv(starts, columns, values, x, x)).toThrow('webgpu.spmv: y must be another array than x, got the same')
    columns.free()
    expect(spmv(starts, columns)).toThrow('webgpu.spmv: columns must be an array of')
    for (const array of [starts, falling, values, few]) array.free()
    expect(gpu.memory.used).toBe(used)
  })
})
