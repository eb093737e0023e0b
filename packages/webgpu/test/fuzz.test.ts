import type { Program } from '@opt/core'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { noGpu } from './no-gpu.ts'

const gpu = await api.webgpu({ gpu: noGpu() })
const matrix = () => gpu.array([1, 2, 3, 4, 5, 6])
const view = (rows: number, columns: number) => gpu.matrix(rows, columns)
const [two, three] = [() => gpu.array([1, 2]), () => gpu.array([1, 2, 3])]
const double: Program = { name: 'double', each: 'n', writes: ['x'], numbers: ['by'], body: 'x[i] *= p.by;' }
/** What is no size, stride or epsilon is refused; the rest is the device's work, which is not done here. */
const says = ['webgpu']

fuzz(
  { ...api, array: matrix, integers: () => gpu.integers([0, 2]) },
  {
    webgpu: { args: () => [{ gpu: noGpu(), powerPreference: 'low-power' }] },
    GPUArray: { skip: 'made by a backend' },
    GPUIntegers: { skip: 'made by a backend' },
    array: { args: () => [], methods: { free: () => [] } },
    integers: { args: () => [], methods: { free: () => [] } },
    WebGPUBackend: {
      make: () => gpu,
      says,
      methods: {
        slots: { skip: 'what the optimizers of @opt ask for, checked there' },
        close: { skip: 'ends the device' },
        array: { args: () => [[1, 2, 3]], loose: ['0'], nonFinite: 'NaN is a number of a device' },
        matrix: { args: () => [2, 3, [1, 2, 3, 4, 5, 6]], nonFinite: 'NaN is a number of a device' },
        write: { args: () => [three(), [1, 2], 1], nonFinite: 'NaN is a number of a device' },
        clear: () => [three()],
        read: () => [three()],
        readAll: () => [[three(), two()]],
        scope: () => [],
        run: {
          args: () => [double, { x: three() }, { n: 3, by: 2 }, 1],
          fixed: ['0'],
          nonFinite: 'NaN is a number of a device',
        },
        checkParameter: { args: () => [{ data: matrix(), shape: [2, 3] }, 'webgpu: parameter'], fixed: ['1'] },
        integers: () => [[0, 2, 3]],
        dot: () => [3, three(), three()],
        axpy: () => [3, 0.5, three(), three()],
        gemv: () => [view(2, 3), three(), two()],
        gemvT: () => [view(2, 3), two(), three()],
        gemm: { args: () => [0.5, view(2, 3), view(3, 2), view(2, 2)], open: ['3'] },
        syrk: { args: () => [0.5, view(2, 3), view(2, 2)], open: ['2'] },
        spmv: () => [2, gpu.integers([0, 1, 2]), gpu.integers([0, 2]), two(), three(), two()],
        vexp: () => [3, three(), three()],
        vlog: () => [3, three(), three()],
        rowLse: () => [view(2, 3), three(), 0.1, two()],
        colLse: () => [view(2, 3), two(), 0.1, three()],
        softmaxRows: { args: () => [view(2, 3), view(2, 3)], open: ['1'] },
      },
    },
  },
)
