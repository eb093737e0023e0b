import fc from 'fast-check'
import { inProcess, mapSeeds, type Progress, type Task, TaskError, type TaskFunction, task } from '../src/index.ts'

const url = new URL('./tasks/tasks.mjs', import.meta.url)
const square = task<TaskFunction<number, number>>(url, 'square')

describe('inProcess', () => {
  test('maps in the order of the inputs, by reference to a module or by a bare function', async () => {
    const executor = inProcess()
    expect(await executor.map(square, [3, 1, 2])).toEqual([9, 1, 4])
    const later = async (ms: number) => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      return `${ms}`
    }
    expect(await executor.map(later, [20, 0, 10])).toEqual(['20', '0', '10'])
    expect(await executor.map(square, [])).toEqual([])
  })

  test('every cloneable value comes back unchanged', async () => {
    const echo = task(url, 'echo')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.anything({ withTypedArray: true, withBigInt: true, withMap: true, withSet: true })),
        async (inputs) => {
          let clones: unknown[]
          try {
            clones = structuredClone(inputs)
          } catch {
            return
          }
          expect(await inProcess().map(echo, inputs)).toEqual(clones)
        },
      ),
      { numRuns: 200, seed: 1 },
    )
  })

  test('does not change the caller’s arrays', async () => {
    const input = Float64Array.of(1, 2)
    const [output] = await inProcess().map(task<TaskFunction<Float64Array, Float64Array>>(url, 'mutates'), [input])
    expect([...input]).toEqual([1, 2])
    expect([...output!]).toEqual([-1, 2])
    const [same] = await inProcess().map((x: Float64Array) => x, [input])
    expect(same).not.toBe(input)
  })

  test('with concurrency, that many tasks are in progress, and outputs keep the order of the inputs', async () => {
    const finish: ((output: string) => void)[] = []
    const turn = () => new Promise((resolve) => setTimeout(resolve))
    const begun = async (count: number) => {
      while (finish.length < count) await turn()
      for (let k = 0; k < 10; k++) await turn()
      expect(finish).toHaveLength(count)
    }
    const seen: number[] = []
    const onProgress = ({ completed }: Progress) => void seen.push(completed)
    const wait = () => new Promise<string>((resolve) => finish.push(resolve))
    const outputs = inProcess({ concurrency: 2 }).map(wait, [0, 1, 2, 3], { onProgress })
    await begun(2)
    finish[1]!('b')
    await begun(3)
    finish[2]!('c')
    await begun(4)
    finish[3]!('d')
    finish[0]!('a')
    expect(await outputs).toEqual(['a', 'b', 'c', 'd'])
    expect(seen).toEqual([1, 2, 3, 4])
  })

  test('with concurrency, a task that throws aborts the others in progress', async () => {
    const run = (input: string, { signal }: { signal: AbortSignal }) => {
      if (input === 'throw') throw new Error('mine')
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(aborted.push(input))))
    }
    const aborted: string[] = []
    const inputs = ['a', 'b', 'throw', 'c']
    await expect(inProcess({ concurrency: 3 }).map(run, inputs)).rejects.toMatchObject({ index: 2 })
    expect(aborted).toEqual(['a', 'b'])
  })

  test.each([0, -1, 1.5, NaN, '2', null])('refuses a concurrency of %p', (concurrency) => {
    expect(() => inProcess({ concurrency: concurrency as number })).toThrow(
      /^inProcess: concurrency must be a positive integer, got /,
    )
  })

  test('reports each result once', async () => {
    const seen: Progress[] = []
    await inProcess().map(square, [1, 2, 3], { onProgress: (progress) => seen.push(progress) })
    expect(seen).toEqual([1, 2, 3].map((completed) => ({ completed, total: 3 })))
  })

  test('an error of a task has input and cause, and nothing runs after it', async () => {
    const ran: number[] = []
    const fail = (x: number) => {
      ran.push(x)
      if (x === 5) throw new RangeError('no fives', { cause: 'deeper' })
    }
    const error = await inProcess()
      .map(fail, [4, 5, 6])
      .catch((error) => error)
    expect(error).toBeInstanceOf(TaskError)
    expect(error.message).toBe('map: fail failed on inputs[1]: no fives')
    expect(error.index).toBe(1)
    expect(error.cause).toMatchObject({ message: 'no fives', cause: 'deeper' })
    expect(ran).toEqual([4, 5])
  })

  test.each([
    ['throwsValue', 'map: throwsValue failed on inputs[0]: not an Error'],
    ['throwsFunction', 'map: throwsFunction failed on inputs[0]: () => 1'],
    [
      'returnsFunction',
      /^map: returnsFunction failed on inputs\[0\]: the output cannot be cloned: .*1 could not be cloned/,
    ],
    [
      'notAFunction',
      /^map: notAFunction failed on inputs\[0\]: task: .*tasks\.mjs exports no function called notAFunction$/,
    ],
    ['absent', /^map: absent failed on inputs\[0\]: task: .*tasks\.mjs exports no function called absent$/],
  ])('%s fails in words', async (name, message) => {
    await expect(inProcess().map(task(url, name), [1])).rejects.toThrow(message)
  })

  test('an input that cannot be cloned, an absent module', async () => {
    await expect(inProcess().map(task(url, 'echo'), [1, () => 2])).rejects.toThrow(
      /inputs\[1\]: the input cannot be cloned/,
    )
    const nowhere = task(new URL('./nowhere.mjs', import.meta.url), 'f')
    await expect(inProcess().map(nowhere, [1])).rejects.toThrow(/^map: f failed on inputs\[0\]: .*nowhere\.mjs/)
  })

  test('only the exports of the given modules can be run', async () => {
    const executor = inProcess({ modules: { tasks: url, loaded: () => import(url.href) } })
    expect(await executor.map(task('tasks', 'square'), [3])).toEqual([9])
    expect(await executor.map(task('loaded', 'square'), [3])).toEqual([9])
    await expect(executor.map(square, [3])).rejects.toThrow(/modules has no file:.*; it has tasks, loaded/)
    await expect(executor.map(task('toString', 'x'), [3])).rejects.toThrow(/modules has no toString/)
  })

  test.each([
    [null, 'modules must be an object from names to modules, got null'],
    [[], 'modules must be an object from names to modules, got an array'],
    [{ a: 5 }, 'modules["a"] must be a URL or a function that imports, got 5'],
    [{ a: './a.js' }, `modules["a"] must be an absolute URL, got ./a.js; try new URL('./a.js', import.meta.url)`],
  ])('refuses modules %p', (modules, message) => {
    expect(() => inProcess({ modules: modules as never })).toThrow(`inProcess: ${message}`)
  })

  test('reaches own exports only, also of an imported module', async () => {
    const executor = inProcess({ modules: { plain: url, loaded: async () => ({ own: () => 1 }) } })
    expect(await executor.map(task('loaded', 'own'), [0])).toEqual([1])
    for (const module of ['plain', 'loaded'])
      for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
        await expect(executor.map(task(module, name), [0])).rejects.toThrow(
          `${module === 'plain' ? 'tasks.mjs' : module} exports no function called ${name}`,
        )
  })

  test('abort reaches the task, and stops between tasks that never wait', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    const waiting = inProcess().map(task(url, 'untilAborted'), [1], { signal: controller.signal })
    setTimeout(() => controller.abort(reason), 10)
    await expect(waiting).rejects.toBe(reason)

    const again = new AbortController()
    let ran = 0
    const busy = () => {
      ran++
      for (const end = performance.now() + 2; performance.now() < end; );
    }
    setTimeout(() => again.abort(), 5)
    await expect(inProcess().map(busy, new Array(5000).fill(0), { signal: again.signal })).rejects.toThrow(/aborted/i)
    expect(ran).toBeLessThan(5000)

    ran = 0
    await expect(inProcess().map(busy, [1], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(ran).toBe(0)
  })

  test('a hundred concurrent maps do not block timers, and abort comes first', async () => {
    const busy = () => {
      for (const end = performance.now() + 5; performance.now() < end; );
    }
    const [one, rest] = [new AbortController(), new AbortController()]
    let others = 0
    const crowd = Array.from({ length: 100 }, () =>
      inProcess()
        .map(busy, new Array(1000).fill(0), {
          signal: rest.signal,
          onProgress: () => void (one.signal.aborted && others++),
        })
        .catch(() => {}),
    )
    setTimeout(() => one.abort(), 1)
    await expect(inProcess().map(busy, new Array(1000).fill(0), { signal: one.signal })).rejects.toThrow(/aborted/i)
    // The slice that had begun, and no more.
    expect(others).toBeLessThanOrEqual(4)
    rest.abort()
    await Promise.all(crowd)
  })

  test('a progress report that throws ends the map', async () => {
    const onProgress = () => {
      throw new Error('broken bar')
    }
    await expect(inProcess().map(square, [1, 2], { onProgress })).rejects.toThrow('broken bar')
  })

  test('close ends running maps, may be called twice, and nothing runs after it', async () => {
    const executor = inProcess()
    const waiting = executor.map(task(url, 'untilAborted'), [1])
    const closed = executor.close()
    await expect(waiting).rejects.toThrow('inProcess: the executor was closed')
    await closed
    await executor.close()
    await expect(executor.map(square, [1])).rejects.toThrow('inProcess: the executor was closed')
  })

  test.each([
    [{ inputs: 5 }, 'map: inputs must be an array, got 5'],
    [{ retries: -1 }, 'map: retries must be a nonnegative integer, got -1'],
    [{ retries: 1.5 }, 'map: retries must be a nonnegative integer, got 1.5'],
    [{ retries: Number.NaN }, 'map: retries must be a nonnegative integer, got NaN'],
    [{ onProgress: 3 }, 'map: onProgress must be a function, got 3'],
    [{ signal: {} }, 'map: signal must be an AbortSignal, got an object'],
    [{ options: null }, 'map: options must be an object, got null'],
    [{ task: 7 }, 'map: task must be made by task(...), got 7'],
    [{ task: null }, 'map: task must be made by task(...), got null'],
  ])(
    'refuses %o',
    async ({ task: wrong = square, inputs = [1], options, ...others }: Record<string, unknown>, message) => {
      const given = (options === undefined ? others : options) as object
      await expect(inProcess().map(wrong as typeof square, inputs as number[], given)).rejects.toThrow(
        message as string,
      )
    },
  )

  test.each([
    [() => task('', 'f'), 'task: module must be a URL or a name, got '],
    [() => task(5 as never, 'f'), 'task: module must be a URL or a name, got 5'],
    [() => task('./score.js', 'f'), 'task: module must be an absolute URL, got ./score.js'],
    [() => task(url, ''), 'task: name must be the name of an exported function, got '],
    [() => task(url, undefined as never), 'task: name must be the name of an exported function, got undefined'],
  ])('task refuses %s', (make, message) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})

describe('mapSeeds', () => {
  const add = ({ from, seed }: { from: number; seed: number }) => from + seed

  test('runs a job with every seed, in order', async () => {
    const executor = inProcess()
    const done: number[] = []
    const bare = { module: '', name: 'add', run: add } as Task<{ from: number; seed: number }, number>
    const answers = await mapSeeds(executor, bare, { from: 10 }, [3, 0, 2], {
      onProgress: ({ completed }) => void done.push(completed),
    })
    expect(answers).toEqual([13, 10, 12])
    expect(done).toEqual([1, 2, 3])
  })

  test('refuses wrong arguments by name', () => {
    const named = task<typeof add>(url, 'square')
    const executor = inProcess()
    expect(() => mapSeeds({} as never, named, { from: 1 }, [1])).toThrow('mapSeeds: executor.map must be a function')
    expect(() => mapSeeds(executor, named, 3 as never, [1])).toThrow('mapSeeds: job must be an object')
    expect(() => mapSeeds(executor, named, { from: 1 }, 3 as never)).toThrow('mapSeeds: seeds must be an array')
    expect(() => mapSeeds(executor, named, { from: 1 }, [0.5])).toThrow('mapSeeds: seeds[0] must be an integer')
    expect(() => mapSeeds(executor, named, { from: 1 }, [1], { retry: 1 } as never)).toThrow(
      'mapSeeds: options must be named onProgress, signal or retries, got "retry"',
    )
    for (const [options, message] of [
      [{ retries: -1 }, 'mapSeeds: retries must be a nonnegative integer, got -1'],
      [{ signal: 3 }, 'mapSeeds: signal must be an AbortSignal, got 3'],
      [{ onProgress: 3 }, 'mapSeeds: onProgress must be a function, got 3'],
      [null, 'mapSeeds: options must be an object, got null'],
    ] as const)
      expect(() => mapSeeds(executor, named, { from: 1 }, [1], options as never)).toThrow(message)
    expect(() => mapSeeds(executor, {} as never, { from: 1 }, [1])).toThrow('mapSeeds: task must be made by task(...)')
    expect(() => mapSeeds({} as never, named, { from: 1 }, [1], {}, 'runAll')).toThrow('runAll: executor.map')
  })
})
