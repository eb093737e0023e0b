import { jest } from '@jest/globals'
import {
  allocate,
  allocateUpdates,
  plainKernels,
  plainUpdates,
  random,
  ready,
  readyUpdates,
  type Workspace,
  workspace,
} from '../src/index.ts'

const ends = (view: ArrayBufferView) => [view.byteOffset, view.byteOffset + view.byteLength]

describe('workspace', () => {
  test('hands out zeroed views that start at multiples of 16 bytes and do not overlap', () => {
    const ws = workspace(8 * 5 + 4 * 3 + 4 * 2 + 8 * 6 + 4 * 16)
    const views = [ws.f64(5), ws.f32(3), ws.i32(2), ws.matrix(2, 3).data]
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

  test('small ones share memory and never overlap, big ones have their own', () => {
    const small = Array.from({ length: 40 }, () => workspace(300_000).f64(37_500))
    const buffers = [...new Set(small.map((view) => view.buffer))]
    const byBuffer = buffers.map((buffer) => small.filter((view) => view.buffer === buffer))
    expect(byBuffer.length).toBeLessThan(10)
    for (const group of byBuffer) {
      const places = group.map(ends).sort((a, b) => a[0] - b[0])
      for (let i = 1; i < places.length; i++) expect(places[i][0]).toBeGreaterThanOrEqual(places[i - 1][1])
    }
    const big = [workspace(600_000).f64(1), workspace(600_000).f64(1)]
    expect(big[0].buffer).not.toBe(big[1].buffer)
  })

  test('views live on when the workspace is forgotten, and hundreds of big ones come and go', () => {
    const kept = allocate((ws) => ({ x: ws.f64(100_000) }))
    kept.x.fill(3)
    for (let i = 0; i < 300; i++) expect(workspace(600_000).kernels).not.toBe(plainKernels)
    expect(kept.kernels.dot(100_000, kept.x, kept.x)).toBe(900_000)
  })

  test('says what does not fit', () => {
    const ws = workspace(100)
    ws.f64(3)
    expect(() => ws.f64(12)).toThrow(
      new RangeError('Workspace.f64: n must be at most 10, for which there is room left, got 12'),
    )
    ws.f64(10)
    expect(() => ws.f32(1)).toThrow(RangeError)
    expect(ws.i32(0)).toHaveLength(0)
  })

  test('refuses sizes that are none, and more than 4 GiB', () => {
    expect(() => workspace(-1)).toThrow(/^workspace: bytes must be an integer between 0 and 4294901760, got -1$/)
    expect(() => workspace(1.5)).toThrow(RangeError)
    expect(() => workspace(NaN)).toThrow(RangeError)
    expect(() => workspace('8' as never)).toThrow(TypeError)
    expect(() => workspace(4294967296)).toThrow(/4294967296$/)
    expect(() => allocate((ws) => ({ C: ws.matrix(30_000, 30_000) }))).toThrow(/^workspace: bytes must be/)
    expect(() => workspace(8).f64(-1)).toThrow(/^Workspace.f64: n must be/)
    expect(() => workspace(8).matrix(2, NaN)).toThrow(/^matrix: columns must be/)
    expect(() => allocate((ws) => ({ x: ws.f32(0.5) }))).toThrow(/^allocate: f32 must be/)
  })

  test('a matrix of whole pages a row has padded rows', () => {
    const strides = [0, 1, 511, 512, 513, 1024, 2048].map((columns) => workspace(50_000).matrix(2, columns).stride)
    expect(strides).toEqual([0, 1, 511, 520, 513, 1032, 2056])
    expect(workspace(50_000).matrix(2, 512).data).toHaveLength(1040)
  })

  test('allocate counts what its plan takes, to the byte', () => {
    const { kernels, C, f, k } = allocate((ws) => ({ C: ws.matrix(3, 512), f: ws.f32(5), k: ws.i32(7) }))
    expect(kernels).not.toBe(plainKernels)
    expect([C.data.length, C.stride, f.length, k.length]).toEqual([1560, 520, 5, 7])
    const inside: Workspace[] = []
    allocate((ws) => {
      ws.f64(4)
      if ('kernels' in ws) inside.push(ws as Workspace)
      return {}
    })
    expect(() => inside[0].f64(1)).toThrow(RangeError)
  })

  test('checked kernels refuse a view of another memory, plain ones take any', () => {
    const { kernels, x } = allocate((ws) => ({ x: ws.f64(4) }), { checked: true })
    expect(kernels.dot(4, x, x)).toBe(0)
    expect(() => kernels.dot(4, x, new Float64Array(4))).toThrow(
      new RangeError('dot: argument 3 must be a view of the same workspace, got a view of another memory'),
    )
    const plain = workspace(64, { plain: true })
    expect(plain.kernels).toBe(plainKernels)
    expect(plain.kernels.dot(1, plain.f64(1).fill(2), new Float64Array([3]))).toBe(6)
  })

  test('addresses above 2 GiB are as good as any', () => {
    const [gap, m, n] = [2 ** 27 + 3, 3, 9]
    const { kernels, first, A, x, y, z, back } = allocate((ws) => ({
      first: ws.f64(4),
      A: ws.f64(2 * gap + n),
      x: ws.f64(n),
      y: ws.f64(m),
      z: ws.f64(n),
      back: ws.f64(n),
    }))
    expect(x.byteOffset).toBeGreaterThan(2 ** 31)
    const rng = random(1)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) A[i * gap + j] = rng.normal()
    for (let j = 0; j < n; j++) x[j] = rng.normal()
    kernels.gemv(m, n, A, gap, x, y)
    kernels.gemvT(m, n, A, gap, y, z)
    const rows = Float64Array.from({ length: m * n }, (_, at) => A[Math.floor(at / n) * gap + (at % n)])
    const want = new Float64Array(n)
    plainKernels.gemv(m, n, rows, n, x, back)
    plainKernels.gemvT(m, n, rows, n, back, want)
    expect(Array.from(z)).toEqual(Array.from(want))
    expect(Array.from(first)).toEqual([0, 0, 0, 0])
  })

  test('ready says that WebAssembly runs here', async () => {
    expect([await ready(), await readyUpdates()]).toEqual([true, true])
  })

  test('updates have kernels and memory of their own', () => {
    const products = allocate((ws) => ({ x: ws.f64(4) }))
    const { kernels, x, y } = allocateUpdates((ws) => ({ x: ws.f64(4), y: ws.f64(4) }), { checked: true })
    expect(x.buffer).toBe(y.buffer)
    expect(x.buffer).not.toBe(products.x.buffer)
    expect(() => kernels.descend(4, x, products.x, 1, 1, 0)).toThrow(
      new RangeError('descend: argument 3 must be a view of the same workspace, got a view of another memory'),
    )
    expect(Object.keys(allocateUpdates(Object).kernels).sort()).toEqual(Object.keys(plainUpdates).sort())
    expect(Object.keys(products.kernels).sort()).toEqual(Object.keys(plainKernels).sort())
    expect(allocateUpdates(Object, { plain: true }).kernels).toBe(plainUpdates)
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
    ['missing', undefined, false],
    ['refused by the page', { ...real, Module: Refusing, compile }, false],
    ['out of memories', { Module: real.Module, Instance: real.Instance, Memory: Refusing, compile }, true],
  ])('%s', async (_, stand, compiles) => {
    jest.resetModules()
    globalThis.WebAssembly = stand as unknown as typeof WebAssembly
    const fresh = (await import('../src/index.ts')) as typeof import('../src/index.ts')
    for (const bytes of [1000, 1_000_000]) {
      const ws = fresh.workspace(bytes)
      const x = ws.f64(10).fill(2)
      expect(ws.kernels).toBe(fresh.plainKernels)
      expect(ws.kernels.dot(10, x, x)).toBe(40)
      const updates = fresh.allocateUpdates((views) => ({ x: views.f64(bytes / 8) }))
      expect(updates.kernels).toBe(fresh.plainUpdates)
      expect(updates.kernels.nonFinite(bytes / 8, updates.x)).toBe(-1)
    }
    expect([await fresh.ready(), await fresh.readyUpdates()]).toEqual([compiles, compiles])
  })
})
