// Nothing is printed and nothing remains, however many workers and maps there are.
import { spawnSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { fileURLToPath } from 'node:url'
import { inProcess, type TaskFunction, task } from '../src/index.ts'

const tasks = new URL('./tasks/tasks.mjs', import.meta.url)
const square = task<TaskFunction<number, number>>(tasks, 'square')

test('a signal has one listener during any number of maps, and none after them', async () => {
  const { signal } = new AbortController()
  const executor = inProcess()
  const most: number[] = []
  const onProgress = () => most.push(getEventListeners(signal, 'abort').length)
  await Promise.all(Array.from({ length: 20 }, () => executor.map(square, [1, 2, 3], { signal, onProgress })))
  expect(new Set(most)).toEqual(new Set([1]))
  expect(getEventListeners(signal, 'abort')).toEqual([])
  await executor.map((x: number) => x, [1], { signal })
  await expect(executor.map(() => Promise.reject(new Error('no')), [1], { signal })).rejects.toThrow('no')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('a signal ends all its maps, and no others', async () => {
  const controller = new AbortController()
  const { signal } = controller
  const executor = inProcess()
  const untilAborted = task(tasks, 'untilAborted')
  const ended = Array.from({ length: 12 }, () => executor.map(untilAborted, [1], { signal }).catch((error) => error))
  const beside = executor.map(square, [3], { signal: new AbortController().signal })
  const reason = new Error('enough')
  controller.abort(reason)
  expect(await Promise.all(ended)).toEqual(ended.map(() => reason))
  expect(await beside).toEqual([9])
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('each attempt has its own signal, so that listeners do not accumulate', async () => {
  const signals = new Set<AbortSignal>()
  const leave = (_: number, { signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', () => {})
    signals.add(signal)
  }
  await inProcess().map(
    leave,
    Array.from({ length: 30 }, (_, i) => i),
  )
  expect(signals.size).toBe(30)
})

test('fifty threads, twenty maps one after the other and twenty at once print no warning', () => {
  const script = `
    import { getEventListeners } from 'node:events'
    import { task } from '${new URL('../dist/index.js', import.meta.url)}'
    import { workerThreads } from '${new URL('../dist/node/threads.js', import.meta.url)}'
    const executor = workerThreads({ workers: 50 })
    const { signal } = new AbortController()
    const nap = task('${tasks}', 'sleep')
    const map = (n) => executor.map(nap, new Array(n).fill(1), { signal })
    for (let i = 0; i < 20; i++) await map(60)
    await Promise.all(Array.from({ length: 20 }, () => map(3)))
    const left = getEventListeners(signal, 'abort').length
    await executor.close()
    if (left !== 0) process.exit(2)`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
})
