// Threads load JavaScript, so this tests the built package.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inProcess, type Progress, type TaskFunction, task } from '../dist/index.js'
import { workerThreads } from '../dist/node/threads.js'
import { EXACT_VALUES } from './exact-values.ts'

const tasks = new URL('./tasks/tasks.mjs', import.meta.url)
const deaths = new URL('./tasks/deaths.mjs', import.meta.url)
const square = task<TaskFunction<number, number>>(tasks, 'square')
const noise = task<TaskFunction<{ seed: number; size: number }, Float64Array>>(tasks, 'noise')
const folder = mkdtempSync(join(tmpdir(), 'executor-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bits = (arrays: Float64Array[]) => arrays.map((array) => new BigUint64Array(array.slice().buffer))

describe('workerThreads', () => {
  const two = workerThreads({ workers: 2 })
  afterAll(() => two.close())

  test('the same bits from 1, 2 and 3 threads as in process, in order', async () => {
    const inputs = Array.from({ length: 40 }, (_, seed) => ({ seed, size: (seed * 7919) % 3000 }))
    const expected = bits(await inProcess().map(noise, inputs))
    expect(bits(await two.map(noise, inputs))).toEqual(expected)
    for (const workers of [1, 3]) {
      const executor = workerThreads({ workers })
      expect(bits(await executor.map(noise, inputs))).toEqual(expected)
      await executor.close()
    }
  })

  test('results are in order whichever is first, and progress counts', async () => {
    const seen: Progress[] = []
    const onProgress = (progress: Progress) => seen.push(progress)
    const inputs = [60, 1, 30, 2, 0]
    expect(await two.map(task(tasks, 'sleep'), inputs, { onProgress })).toEqual(inputs)
    expect(seen).toEqual([1, 2, 3, 4, 5].map((completed) => ({ completed, total: 5 })))
    expect(await two.map(square, [])).toEqual([])
  })

  test('values arrive to the bit', async () => {
    expect(await two.map(task(tasks, 'echo'), EXACT_VALUES)).toEqual(EXACT_VALUES)
  })

  test('two maps at once do not mix', async () => {
    const a = Array.from({ length: 50 }, (_, i) => i)
    const b = a.map((x) => x + 1000)
    const [left, right] = await Promise.all([two.map(square, a), two.map(square, b)])
    expect(left).toEqual(a.map((x) => x * x))
    expect(right).toEqual(b.map((x) => x * x))
  })

  test('a task that throws, an output and an input that cannot be cloned', async () => {
    const error = await two.map(task(tasks, 'oddThrows'), [0, 2, 5]).catch((error) => error)
    expect(error).toMatchObject({
      name: 'TaskError',
      message: 'map: oddThrows failed on inputs[2]: 5 is odd',
      index: 2,
    })
    expect(error.cause).toMatchObject({ name: 'RangeError', message: '5 is odd', cause: { message: 'the cause' } })
    await expect(two.map(task(tasks, 'returnsFunction'), [0])).rejects.toThrow(
      /inputs\[0\]: the output cannot be cloned/,
    )
    await expect(two.map(task(tasks, 'echo'), [() => 1])).rejects.toThrow(/inputs\[0\]: the input cannot be cloned/)
    await expect(two.map(task(tasks, 'throwsFunction'), [0])).rejects.toThrow(/failed on inputs\[0\]: \(\) => 1/)
    expect(await two.map(square, [2])).toEqual([4])
  })

  test('the work of a thread that exits is redone', async () => {
    const inputs = Array.from({ length: 12 }, (_, x) => ({ x, marker: join(folder, 'exits') }))
    const seen: number[] = []
    const onProgress = ({ completed }: Progress) => seen.push(completed)
    expect(await two.map(task(deaths, 'exitsOnce'), inputs, { onProgress })).toEqual(inputs.map(({ x }) => x * x))
    expect(seen).toEqual(inputs.map((_, i) => i + 1))
  })

  test('a task that kills its worker is given up after its retries, and the executor works on', async () => {
    await expect(two.map(task(deaths, 'exits'), [0], { retries: 2 })).rejects.toThrow(
      'map: exits was given up on inputs[0]: its worker died in each of 3 attempts (worker exited with code: 3)',
    )
    await expect(two.map(task(deaths, 'exits'), [0, 1], { retries: 0 })).rejects.toThrow(
      /^map: exits was given up on inputs\[[01]\]: its worker died \(worker exited with code: 3\)$/,
    )
    await expect(two.map(task(deaths, 'strays'), [0], { retries: 1 })).rejects.toThrow(
      /died in each of 2 attempts \(stray\)/,
    )
    await expect(two.map(task(deaths, 'straysNull'), [0], { retries: 1 })).rejects.toThrow(
      /^map: straysNull was given up on inputs\[0\]: its worker died in each of 2 attempts/,
    )
    expect(await two.map(square, [1, 2, 3, 4])).toEqual([1, 4, 9, 16])
  })

  test('abort ends threads in the middle of an endless task', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const running = two.map(task(tasks, 'forever'), [1, 2, 3], { signal: controller.signal })
    const beside = two.map(square, [5])
    setTimeout(() => controller.abort(reason), 100)
    await expect(running).rejects.toBe(reason)
    expect(await beside).toEqual([25])
    expect(await two.map(square, [6, 7])).toEqual([36, 49])
  })

  test('close ends running maps', async () => {
    const executor = workerThreads({ workers: 1 })
    const running = executor.map(task(tasks, 'forever'), [1, 2])
    setTimeout(() => executor.close(), 50)
    await expect(running).rejects.toThrow('workerThreads: the executor was closed')
    await executor.close()
    await expect(executor.map(square, [1])).rejects.toThrow('workerThreads: the executor was closed')
    await workerThreads().close()
  })

  test('only the given modules can be run', async () => {
    const executor = workerThreads({ workers: 1, modules: { tasks } })
    expect(await executor.map(task('tasks', 'square'), [4])).toEqual([16])
    await expect(executor.map(square, [4])).rejects.toThrow(/modules has no file:/)
    await executor.close()
  })

  test('a path in modules is relative to the working directory, whatever a task says', async () => {
    const here = relative(process.cwd(), fileURLToPath(tasks))
    const executor = workerThreads({
      workers: 1,
      modules: { plain: here, dotted: `./${here}`, full: fileURLToPath(tasks) },
    })
    for (const name of ['plain', 'dotted', 'full']) expect(await executor.map(task(name, 'square'), [4])).toEqual([16])
    for (const name of ['constructor', '__proto__', 'toString', 'absent', 'notAFunction'])
      await expect(executor.map(task('plain', name), [4])).rejects.toThrow(`exports no function called ${name}`)
    for (const name of ['constructor', '__proto__', here, 'node:fs', 'data:text/javascript,export const f = () => 1'])
      await expect(executor.map(task(name, 'f'), [4])).rejects.toThrow('task: modules has no ')
    await executor.close()
  })

  test.each([
    [null, 'modules must be an object from names to modules, got null'],
    [[], 'modules must be an object from names to modules, got an array'],
    [new Map(), 'modules must be an object from names to modules, got an object'],
    ['tasks', 'modules must be an object from names to modules, got tasks'],
    [{ tasks: 5 }, 'modules["tasks"] must be a URL or a path, got 5'],
    [{ tasks: null }, 'modules["tasks"] must be a URL or a path, got null'],
    [{ tasks: '' }, 'modules["tasks"] must be a URL or a path, got '],
    [{ tasks: () => import('node:fs') }, 'modules["tasks"] must be a URL or a path, got a function'],
  ])('refuses modules %p', (modules, message) => {
    expect(() => workerThreads({ modules: modules as never })).toThrow(`workerThreads: ${message}`)
  })

  test('refuses a wrong number of workers, and bare functions', async () => {
    for (const workers of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => workerThreads({ workers })).toThrow(
        `workerThreads: workers must be a positive integer, got ${workers}`,
      )
    await expect(two.map(((x: number) => x) as never, [1])).rejects.toThrow(/only inProcess\(\) runs a bare function/)
  })

  test.each(['closed', 'left open'])('lets the process end, %s, and prints nothing', (how) => {
    const script = `
      import { task } from '${new URL('../dist/index.js', import.meta.url)}'
      import { workerThreads } from '${new URL('../dist/node/threads.js', import.meta.url)}'
      const executor = workerThreads({ workers: 2 })
      await executor.map(task('${tasks}', 'square'), [1, 2, 3])
      ${how === 'closed' ? 'await executor.close()' : ''}`
    const args = ['--input-type=module', '-e', script]
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      timeout: 600_000,
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})
