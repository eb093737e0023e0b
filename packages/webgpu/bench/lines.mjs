// What goes through memory once or a few times, beside a copy.
import { pacer, secondsOf, three, uniform } from './timing.mjs'

/** Rows of operations on an n x n matrix: n, its name, milliseconds, GB/s of what must be read and written. */
export function lineRows(sizes, least) {
  const paced = pacer()
  const operations = {
    copy: [2, ({ gpu, A, Y, n }) => copy(gpu, A, Y, 4 * n * n)],
    'y = A x': [1, ({ gpu, A, x, y }) => gpu.gemv(A, x, y)],
    "y += A'x": [1, ({ gpu, A, x, y }) => gpu.gemvT(A, x, y)],
    'row log-sum-exp': [1, ({ gpu, A, x, y }) => gpu.rowLse(A, x, 0.1, y)],
    'column log-sum-exp': [1, ({ gpu, A, x, y }) => gpu.colLse(A, x, 0.1, y)],
    'softmax of rows': [3, ({ gpu, A, Y }) => gpu.softmaxRows(A, Y)],
  }
  return sizes.flatMap((n) =>
    Object.entries(operations).map(([name, [passes, call]]) => ({
      cells: [n, name],
      run: (gpu, left) =>
        paced(n * n, left(), async () => {
          const [A, Y] = [gpu.matrix(n, n, uniform(n * n)), gpu.matrix(n, n)]
          const [x, y] = [gpu.array(uniform(n)), gpu.array(n)]
          const seconds = await secondsOf(gpu, () => call({ gpu, A, Y, x, y, n }), least)
          for (const array of [A.data, Y.data, x, y]) array.free()
          return [three(1000 * seconds), three((4 * passes * n * n) / seconds / 1e9)]
        }),
    })),
  )
}

function copy({ device }, A, Y, bytes) {
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(A.data.buffer, 0, Y.data.buffer, 0, bytes)
  device.queue.submit([encoder.finish()])
}
