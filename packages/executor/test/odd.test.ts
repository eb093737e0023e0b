// Tasks may throw and return anything; there is always an outcome.
import { inProcess, TaskError, type TaskFunction, task } from '../dist/index.js'
import { workerThreads } from '../dist/node/threads.js'
import { serveTasks } from '../dist/serve-tasks.js'
import { kinds } from './tasks/odd.mjs'

const url = new URL('./tasks/odd.mjs', import.meta.url)
const odd = (name: string) => task<TaskFunction<string, unknown>>(url, name)

/** What a thrown value of each kind is called. */
const words: Record<string, RegExp> = {
  text: /: no$/,
  nothing: /: undefined$/,
  nil: /: null$/,
  symbol: /: Symbol\(why\)$/,
  fn: /: \(\) => 1$/,
  bare: /: an object with f$/,
  bareData: /: \{"code":7\}$/,
  cycle: /: an object with f, self$/,
  toStringThrows: /: an object with f, toString$/,
  messageThrows: /: an object with message$/,
  domException: /: gone$/,
  errorWithFunction: /: far$/,
  errorWithOddCause: /: outer$/,
  huge: /: x{2000}\.\.\.$/,
}

async function failure(map: Promise<unknown>): Promise<TaskError> {
  const error = await map.then(
    () => undefined,
    (error) => error,
  )
  expect(error?.name).toBe('TaskError')
  return error
}

describe.each([
  ['inProcess', () => inProcess()],
  ['workerThreads', () => workerThreads({ workers: 2 })],
])('%s', (_, make) => {
  const executor = make()
  afterAll(() => executor.close())

  test.each(kinds)('a thrown %s is a TaskError that says what can be said', async (kind) => {
    for (const name of ['throws', 'rejects']) {
      const error = await failure(executor.map(odd(name), [kind]))
      expect(error.message).toMatch(new RegExp(`^map: ${name} failed on inputs\\[0\\]: `))
      if (words[kind]) expect(error.message).toMatch(words[kind])
      expect(error.index).toBe(0)
    }
  })

  test.each(kinds)('a returned %s comes back as a clone, or as a TaskError', async (kind) => {
    for (const name of ['returns', 'returnsBare']) {
      const outcome = await executor.map(odd(name), [kind]).then(
        () => 'a clone',
        (error) => error.message,
      )
      // A proxy that is returned bare is asked for its `then` first.
      expect(outcome).toMatch(
        /^a clone$|^map: \w+ failed on inputs\[0\]: (the output cannot be cloned: |trap$|.* a proxy that has been revoked$)/,
      )
    }
  })

  test('an input that throws while it is cloned is not mistaken for a dead worker', async () => {
    const input = Object.defineProperty({}, 'x', {
      enumerable: true,
      get() {
        throw null
      },
    })
    const error = await failure(executor.map(odd('throws'), [input as never]))
    expect(error.message).toBe('map: throws failed on inputs[0]: the input cannot be cloned: null')
  })
})

test('the TaskError is the one that is exported', async () => {
  await expect(inProcess().map(odd('throws'), ['text'])).rejects.toBeInstanceOf(TaskError)
})

describe('serveTasks', () => {
  interface Side {
    onmessage: (event: { data: unknown }) => Promise<void>
    onmessageerror: () => void
    postMessage: (message: unknown) => void
  }
  const side = globalThis as unknown as Side
  const answers: unknown[] = []

  beforeAll(() => {
    side.postMessage = (message) => answers.push(structuredClone(message))
    serveTasks({ odd: () => import(url.href) })
  })

  async function answer(data: unknown): Promise<{ error?: Error; value?: unknown } | undefined> {
    answers.length = 0
    await side.onmessage({ data })
    expect(answers.length).toBeLessThan(2)
    return answers[0] as { error?: Error }
  }

  test.each(kinds)('answers a thrown and a returned %s', async (kind) => {
    const thrown = await answer({ task: { module: 'odd', name: 'throws' }, input: kind })
    expect(Object.keys(thrown!)).toEqual(['error'])
    for (const name of ['returns', 'returnsBare'])
      expect(Object.keys((await answer({ task: { module: 'odd', name }, input: kind }))!)).toHaveLength(1)
  })

  test('reaches own exports of listed modules only', async () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'absent', ''])
      expect((await answer({ task: { module: 'odd', name }, input: 1 }))!.error!.message).toBe(
        `task: odd exports no function called ${name}`,
      )
    for (const module of ['constructor', '__proto__', 'toString', 'node:fs', 'data:text/javascript,1', url.href])
      expect((await answer({ task: { module, name: 'throws' }, input: 1 }))!.error!.message).toMatch(
        /^task: modules has no /,
      )
  })

  test('answers a malformed order, and ignores other messages', async () => {
    for (const task of [null, undefined, 5, {}, { module: 'odd' }])
      expect((await answer({ task, input: 1 }))!.error!.message).toMatch(/./)
    for (const data of [null, undefined, 5, 'text', {}, { weights: [1] }]) expect(await answer(data)).toBeUndefined()
  })

  test('answers an unreadable order', () => {
    answers.length = 0
    side.onmessageerror()
    expect(answers).toMatchObject([{ error: { message: 'the input cannot be read in the worker' } }])
  })
})
