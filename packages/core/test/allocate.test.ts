import { jest } from '@jest/globals'
import { allocate, exponentialKernels, matrixKernels, ready, type Views, vectorKernels } from '../src/index.ts'

const ends = (view: ArrayBufferView) => [view.byteOffset, view.byteOffset + view.byteLength]
const block = (bytes: number) => allocate([vectorKernels], (views) => ({ x: views.f64(bytes / 8) }))

describe('allocate', () => {
  test('gives zeroed views that start at multiples of 16 bytes and do not overlap', () => {
    const { a, b, c, d } = allocate([], (views) => ({
      a: views.f64(5),
      b: views.f32(3),
      c: views.i32(2),
      d: views.matrix(2, 3).data,
    }))
    const views = [a, b, c, d]
    expect(views.map((view) => Object.prototype.toString.call(view))).toEqual([
      '[object Float64Array]',
      '[object Float32Array]',
      '[object Int32Array]',
      '[object Float64Array]',
    ])
    expect(views.map((view) => view.length)).toEqual([5, 3, 2, 6])
    let last = 0
    for (const view of views) {
      const [start, end] = ends(view)
      expect(start % 16).toBe(0)
      expect(start).toBeGreaterThanOrEqual(last)
      expect(view.every((v) => v === 0)).toBe(true)
      view.fill(7)
      last = end
    }
  })

  test('views of a page or more start at least 128 bytes from the borders of pages', () => {
    for (let first = 0; first < 4096; first += 16) {
      const { gap, a, b, c, d } = allocate([vectorKernels], (views) => ({
        gap: views.f32(first / 4),
        a: views.f64(512),
        b: views.f32(8192),
        c: views.f32(1023),
        d: views.f64(700),
      }))
      let last = 0
      for (const view of [gap, a, b, c, d]) {
        const [start, end] = ends(view)
        expect(start).toBeGreaterThanOrEqual(last)
        if (view.byteLength >= 4096) {
          expect(start % 4096).toBeGreaterThanOrEqual(128)
          expect(start % 4096).toBeLessThanOrEqual(4096 - 128)
        }
        last = end
      }
    }
  })

  test('small workspaces share memory and never overlap, big ones have their own', () => {
    const small = Array.from({ length: 40 }, () => block(300_000).x)
    const buffers = [...new Set(small.map((view) => view.buffer))]
    expect(buffers.length).toBeLessThan(10)
    for (const buffer of buffers) {
      const places = small
        .filter((view) => view.buffer === buffer)
        .map(ends)
        .sort((a, b) => a[0] - b[0])
      for (let i = 1; i < places.length; i++) expect(places[i][0]).toBeGreaterThanOrEqual(places[i - 1][1])
    }
    expect(block(600_000).x.buffer).not.toBe(block(600_000).x.buffer)
  })

  test('views live on when the workspace is forgotten, and hundreds of big ones come and go', () => {
    const first = block(800_000)
    first.x.fill(3)
    for (let i = 0; i < 300; i++) expect(block(600_000).kernels.dot).not.toBe(vectorKernels.plain.dot)
    expect(first.kernels.dot(100_000, first.x, first.x)).toBe(900_000)
  })

  test('several sets work on one memory, whichever is there first', () => {
    for (const sets of [
      [vectorKernels, exponentialKernels],
      [exponentialKernels, vectorKernels],
    ] as const)
      for (const size of [4, 100_000]) {
        const { kernels, x, y } = allocate(sets, (views) => ({ x: views.f64(size), y: views.f64(size) }))
        kernels.vexp(size, x, y)
        expect(kernels.dot(size, y, y)).toBe(size)
      }
  })

  test('refuses sizes that are none, and more than 4 GiB', () => {
    const of = (layout: (views: Views) => object) => () => allocate([], layout)
    expect(of((views) => ({ C: views.matrix(30_000, 30_000) }))).toThrow(
      /^allocate: bytes must be .*at most 4294901760, got 7200000000$/,
    )
    expect(of((views) => ({ x: views.f64(-1) }))).toThrow(/^allocate: f64 must be/)
    expect(of((views) => ({ x: views.f32(0.5) }))).toThrow(/^allocate: f32 must be/)
    expect(of((views) => ({ x: views.i32('8' as never) }))).toThrow(TypeError)
    expect(of((views) => ({ C: views.matrix(2, NaN) }))).toThrow(/^matrix: columns must be/)
    expect(() => allocate([], undefined as never)).toThrow(/^allocate: layout must be a function/)
  })

  test('a matrix of whole pages a row has padded rows', () => {
    const strides = [0, 1, 511, 512, 513, 1024, 2048].map(
      (columns) => allocate([], (views) => ({ C: views.matrix(2, columns) })).C.stride,
    )
    expect(strides).toEqual([0, 1, 511, 520, 513, 1032, 2056])
    const { C } = allocate([], (views) => ({ C: views.matrix(2, 512) }))
    expect([C.rows, C.columns, C.data.length]).toEqual([2, 512, 1040])
  })

  test('checked kernels refuse a view of another memory, plain ones take any', () => {
    const layout = (views: Views) => ({ x: views.f64(4) })
    const { kernels, x } = allocate([vectorKernels], layout, { checked: true })
    expect(kernels.dot(4, x, x)).toBe(0)
    expect(() => kernels.dot(4, x, new Float64Array(4))).toThrow(
      new RangeError('dot: argument 3 must be a view of the same workspace, got a view of another memory'),
    )
    const plain = allocate([vectorKernels], layout, { plain: true })
    expect(plain.kernels.dot(1, plain.x.fill(2), new Float64Array([3]))).toBe(6)
  })

  test('addresses above 2 GiB are as good as any', () => {
    const [gap, m, n] = [2 ** 27 + 3, 3, 9]
    const { kernels, first, data, x, y } = allocate([matrixKernels], (views) => ({
      first: views.f64(4),
      data: views.f64(2 * gap + n),
      x: views.f64(n),
      y: views.f64(m),
    }))
    expect(x.byteOffset).toBeGreaterThan(2 ** 31)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) data[i * gap + j] = i + j
    x.fill(1)
    kernels.gemv({ data, rows: m, columns: n, stride: gap }, x, y)
    expect([...y]).toEqual([36, 45, 54])
    expect([...first]).toEqual([0, 0, 0, 0])
  })

  test('ready says that WebAssembly runs here', async () => {
    expect(await ready(vectorKernels, matrixKernels)).toBe(true)
  })
})

describe('without WebAssembly the plain kernels step in', () => {
  const real = globalThis.WebAssembly
  afterEach(() => {
    globalThis.WebAssembly = real
    jest.resetModules()
  })
  class Refusing {
    constructor() {
      throw new RangeError('refused')
    }
  }
  const compile = () => Promise.reject(new Error('refused'))

  test.each([
    { name: 'missing', stand: undefined, compiles: false },
    { name: 'refused by the page', stand: { ...real, Module: Refusing, compile }, compiles: false },
    {
      name: 'out of memories',
      stand: { Module: real.Module, Instance: real.Instance, Memory: Refusing, compile },
      compiles: true,
    },
  ])('$name', async ({ stand, compiles }) => {
    jest.resetModules()
    globalThis.WebAssembly = stand as unknown as typeof WebAssembly
    const fresh = (await import('../src/index.ts')) as typeof import('../src/index.ts')
    const sets = [fresh.vectorKernels, fresh.exponentialKernels] as const
    for (const length of [100, 200_000]) {
      const { kernels, x, y } = fresh.allocate(sets, (views) => ({ x: views.f64(length), y: views.f64(length) }))
      kernels.vexp(length, x, y)
      expect(kernels.dot(length, y, y)).toBe(length)
    }
    expect(await fresh.ready(fresh.vectorKernels)).toBe(compiles)
  })
})
