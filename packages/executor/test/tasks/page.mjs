// The page of the browser test: what it does, it says through globalThis.checks.
import { inProcess, task, webWorkers } from '../../dist/index.js'

const tasks = new URL('/tasks.mjs', location.href)
const deaths = new URL('/page-deaths.mjs', location.href)
const square = task(tasks, 'square')
const numbers = (n) => Array.from({ length: n }, (_, i) => i)
const words = (promise) =>
  promise.then(
    () => 'fulfilled',
    (error) => error.message,
  )

async function once(executor, use) {
  try {
    return await use(executor)
  } finally {
    await executor.close()
  }
}

const two = () => webWorkers({ workers: 2 })

globalThis.checks = {
  async bits() {
    const inputs = numbers(20).map((seed) => ({ seed, size: 500 + 10 * seed }))
    const all = []
    for (const executor of [inProcess(), ...[1, 2, 3].map((workers) => webWorkers({ workers }))]) {
      const arrays = await once(executor, (executor) => executor.map(task(tasks, 'noise'), inputs))
      all.push(arrays.map((array) => [...new Uint32Array(array.buffer)]))
    }
    return all
  },
  async progress() {
    const seen = []
    await once(two(), (executor) =>
      executor.map(square, numbers(4), { onProgress: ({ completed }) => seen.push(completed) }),
    )
    return seen
  },
  bundled: () => once(bundled(), (executor) => executor.map(task('tasks', 'square'), [1, 2, 3])),
  bundledOnly: () => once(bundled(), (executor) => words(executor.map(square, [1]))),
  throws: () =>
    once(two(), (executor) =>
      executor
        .map(task(tasks, 'oddThrows'), [0, 2, 5])
        .catch(({ index, message, cause }) => [index, message, cause.name, cause.cause.message]),
    ),
  input: () => once(two(), (executor) => words(executor.map(square, [() => 1]))),
  output: () => once(two(), (executor) => words(executor.map(task(tasks, 'returnsFunction'), [1]))),
  script: () =>
    once(webWorkers({ workers: 1, worker: () => new Worker('/nowhere.js', { type: 'module' }) }), (executor) =>
      words(executor.map(square, [1])),
    ),
  noWorker: () =>
    once(
      webWorkers({
        workers: 2,
        worker: () => {
          throw new Error('blocked')
        },
      }),
      (executor) => words(executor.map(square, numbers(5))),
    ),
  foreign: () =>
    once(
      webWorkers({
        workers: 2,
        worker: () => {
          const worker = new Worker('/bundled.js', { type: 'module' })
          for (const message of [null, 5, 'text', { weights: [1] }]) worker.postMessage(message)
          return worker
        },
      }),
      (executor) => executor.map(task('tasks', 'square'), [1, 2, 3]),
    ),
  async odd() {
    const odd = new URL('/odd.mjs', location.href)
    const { kinds } = await import(odd.href)
    return once(two(), async (executor) => {
      const said = []
      for (const kind of kinds)
        for (const name of ['throws', 'returns', 'returnsBare'])
          said.push(await words(executor.map(task(odd, name), [kind])))
      return said
    })
  },
  closes: () => once(two(), (executor) => words(executor.map(task(deaths, 'closes'), [0], { retries: 1 }))),
  strays: () => once(two(), (executor) => words(executor.map(task(deaths, 'strays'), [0], { retries: 1 }))),
  closesOnce: () => once(two(), (executor) => executor.map(task(deaths, 'closesOnce'), numbers(6))),
  abort: () =>
    once(two(), async (executor) => {
      const controller = new AbortController()
      const running = words(executor.map(task(tasks, 'forever'), [1, 2, 3], { signal: controller.signal }))
      setTimeout(() => controller.abort(new Error('enough')), 100)
      return [await running, await executor.map(square, [5])]
    }),
  close: async () => {
    const executor = two()
    const running = words(executor.map(task(tasks, 'forever'), [1, 2, 3]))
    setTimeout(() => executor.close(), 100)
    return [await running, await words(executor.map(square, [1]))]
  },
  twoMaps: () =>
    once(two(), async (executor) => {
      const [a, b] = await Promise.all([executor.map(square, numbers(50)), executor.map(square, numbers(60))])
      return a.every((x, i) => x === i * i) && b.every((x, i) => x === i * i) && a.length === 50 && b.length === 60
    }),
}

function bundled() {
  return webWorkers({ workers: 2, worker: () => new Worker('/bundled.js', { type: 'module' }) })
}
