import { number, type Report, refuse, solver, type VectorLike, vectorCopy, wait } from '../src/index.ts'

interface Options {
  stepSize?: number
}

/** Halves its error once an iteration, down to 2^-50, where it gives up. */
const halve = solver('halve', function* (start: number, { stepSize = 0.5 }: Options) {
  number(stepSize, 'stepSize', { positive: true })
  let error = start
  while (error > 2 ** -50) {
    error *= stepSize
    if (yield { error, extra: 'yes' as const }) return { x: error }
  }
  return { x: error, message: 'no smaller number' }
})

const sum = solver('sum', function* (xs: VectorLike, _: object) {
  let total = 0
  for (const x of vectorCopy(xs, 'xs')) {
    total += x
    yield {} as Report
  }
  return { total }
})

describe('the driver', () => {
  test('converges when the error reaches the tolerance', () => {
    const answer = halve(1, { tolerance: 1 / 8 })
    expect(answer).toMatchObject({ status: 'converged', iterations: 3, x: 1 / 8 })
    expect(answer.message).toBe('halve: converged after 3 iterations, error 0.125 (tolerance 0.125)')
    expect(answer.history.map(({ iteration, error, extra }) => [iteration, error, extra])).toEqual([
      [1, 0.5, 'yes'],
      [2, 0.25, 'yes'],
      [3, 0.125, 'yes'],
    ])
  })

  test('has every other honest ending', () => {
    expect(halve(1, { tolerance: 0, maxIterations: 4 })).toMatchObject({ status: 'max-iterations', iterations: 4 })
    expect(halve(1, { tolerance: 0 })).toMatchObject({ status: 'stalled' })
    expect(halve(1, { tolerance: 0 }).message).toMatch(/stalled after 50 iterations, error .* no smaller number$/)
    expect(halve(1, { stopWhen: ({ error }) => error < 0.3 })).toMatchObject({ status: 'stopped', iterations: 2 })
    expect(halve(1, { timeBudget: 0 })).toMatchObject({ status: 'time-budget', iterations: 1 })
    expect(halve(1, { signal: AbortSignal.abort() })).toMatchObject({ status: 'aborted', iterations: 1 })
    expect(halve(0)).toMatchObject({
      status: 'stalled',
      iterations: 0,
      message: 'halve: stalled after 0 iterations: no smaller number',
    })
    expect(sum([1, 2, 3])).toMatchObject({ status: 'completed', total: 6, iterations: 3 })
  })

  test('lets a solver say what it has proved', () => {
    const impossible = solver('impossible', function* (_: object) {
      if (yield {}) return {}
      return { status: 'infeasible' as const, message: 'two masses, one place' }
    })
    expect(impossible({})).toMatchObject({
      status: 'infeasible',
      message: 'impossible: infeasible: two masses, one place',
    })
  })

  test('calls NaN diverged', () => {
    const bad = solver('bad', function* (_: object) {
      for (;;) if (yield { error: Number.NaN }) return {}
    })
    expect(bad()).toMatchObject({ status: 'diverged', iterations: 1 })
  })

  test('names the solver in front of what its generator refuses, once', () => {
    expect(() => halve(1, { stepSize: -1 })).toThrow(
      new RangeError('halve: stepSize must be a positive number, got -1'),
    )
    expect(() => sum([1, Number.NaN])).toThrow('sum: xs[1] must be a finite number, got NaN')
    expect(() => halve(1, { tolerance: -1 })).toThrow('halve: tolerance must be a nonnegative number, got -1')
    expect(() => halve(1, { maxIterations: 0 })).toThrow('halve: maxIterations must be an integer of at least 1, got 0')
    expect(() => halve(1, { timeBudget: Number.NaN })).toThrow('halve: timeBudget must be')
    const outer = solver('outer', function* (_: object) {
      yield { error: 1 }
      return halve(1, { stepSize: 0 })
    })
    expect(() => outer()).toThrow(/^halve: stepSize/)
    const own = solver('own', function* (_: object) {
      yield { error: 1 }
      return refuse('other: x', 'nice', 'ugly')
    })
    expect(() => own()).toThrow(/^other: x must be nice/)
    const stack = (() => {
      try {
        halve(1, { stepSize: -1 })
      } catch (error) {
        return (error as Error).stack
      }
    })()
    expect(stack).toMatch(/^RangeError: halve: stepSize must be/)
  })

  test('tells a generator that goes on after its end', () => {
    const deaf = solver('deaf', function* (_: object): Generator<{ error: number }, object, boolean> {
      for (;;) yield { error: 0 }
    })
    expect(() => deaf()).toThrow('deaf: the solver yielded again after it was asked to finish')
  })

  test('keeps no history when asked not to', () => {
    expect(halve(1, { history: false }).history).toEqual([])
  })

  test('closes the generator when the caller leaves the loop', () => {
    let closed = false
    const endless = solver('endless', function* (_: object): Generator<{ error: number }, object, boolean> {
      try {
        for (;;) if (yield { error: 1 }) return {}
      } finally {
        closed = true
      }
    })
    for (const { iteration } of endless.steps()) if (iteration === 3) break
    expect(closed).toBe(true)
  })

  test('steps through the same iterations and returns the same answer', () => {
    const errors: number[] = []
    const steps = halve.steps(1, { tolerance: 0.25 })
    let next = steps.next()
    for (; !next.done; next = steps.next()) errors.push(next.value.error)
    expect(errors).toEqual([0.5, 0.25])
    expect(next.value).toEqual(halve(1, { tolerance: 0.25 }))
  })
})

describe('the driver beside an event loop', () => {
  const busy = solver('busy', function* (_: object): Generator<{ error: number }, object, boolean> {
    for (;;) {
      const end = performance.now() + 5
      while (performance.now() < end);
      if (yield { error: 1 }) return {}
    }
  })

  test('sees an abort between two steps without another iteration', () => {
    const controller = new AbortController()
    const steps = halve.steps(1, { tolerance: 1e-9, signal: controller.signal })
    steps.next()
    controller.abort()
    expect(steps.next()).toMatchObject({ done: true, value: { status: 'aborted', iterations: 1 } })
  })

  test('refuses options that it could not obey', () => {
    const call = (options: unknown) => () => halve(1, options as object)
    expect(call(3)).toThrow(new TypeError('halve: options must be an object, got 3'))
    expect(call({ signal: 'stop' })).toThrow(new TypeError('halve: signal must be an AbortSignal, got "stop"'))
    expect(call({ onProgress: 1 })).toThrow(new TypeError('halve: onProgress must be a function, got 1'))
    expect(call({ stopWhen: true })).toThrow(new TypeError('halve: stopWhen must be a function, got true'))
    expect(call({ history: 'no' })).toThrow(new TypeError('halve: history must be true or false, got "no"'))
    expect(call({ timeBudget: Number.NaN })).toThrow(
      new RangeError('halve: timeBudget must be a nonnegative number, got NaN'),
    )
  })

  test('refuses options that it does not know, if it is told those of the solver', async () => {
    const work = function* (x: number, { stepSize = 1 }: Options) {
      yield { error: x * stepSize }
      return {}
    }
    const strict = solver('strict', work, { options: ['stepSize'] })
    const plain = solver('plain', work)
    const wrong = { maxiterations: 3 } as object
    const message =
      'strict: options must be named stepSize, tolerance, maxIterations, timeBudget, signal, onProgress, stopWhen or ' +
      'history, got "maxiterations"; did you mean maxIterations?'
    expect(() => strict(1, wrong)).toThrow(new TypeError(message))
    expect(() => strict.steps(1, wrong).next()).toThrow(message)
    await expect(strict.async(1, wrong)).rejects.toThrow(message)
    expect(strict(0, { stepSize: 2, tolerance: 1, history: false }).status).toBe('converged')
    expect(plain(0, wrong).status).toBe('converged')
  })

  test('looks at inputs before the options where a solver says how', async () => {
    const work = function* (_: number[], __: object): Generator<Report, object, boolean> {
      yield {}
      return {}
    }
    const checkInputs = (data: unknown, more: unknown) => {
      expect(more).toBeUndefined()
      if (!Array.isArray(data)) refuse('data', 'an array', 'another', 'type')
    }
    const careful = solver('careful', work, { checkInputs })
    const wrong = ['x', 'labels'] as never as [number[]]
    for (const call of [() => careful(...wrong), () => careful.steps(...wrong).next()])
      expect(call).toThrow(new TypeError('careful: data must be an array, got another'))
    await expect(careful.async(...wrong)).rejects.toThrow('careful: data must be an array, got another')
    expect(() => careful([], 'labels' as never)).toThrow('careful: options must be an object')
  })

  test('gives the same answer as the synchronous call', async () => {
    expect(await halve.async(1, { tolerance: 1e-9 })).toEqual(halve(1, { tolerance: 1e-9 }))
  })

  test('sees an abort that happens outside', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 10)
    const { status } = await busy.async({ signal: controller.signal, maxIterations: 1e6 })
    expect(status).toBe('aborted')
  })

  test('lets timers fire between its slices', async () => {
    let fired = 0
    const timer = setInterval(() => fired++, 1)
    await busy.async({ maxIterations: 60 })
    clearInterval(timer)
    // 60 iterations of 5 ms in slices of 12 ms are at least 20 slices.
    expect(fired).toBeGreaterThanOrEqual(10)
  })

  test('stops a hundred solves that run at once as soon as they are aborted', async () => {
    const controller = new AbortController()
    let late = 0
    const onProgress = () => {
      if (controller.signal.aborted) late++
    }
    setTimeout(() => controller.abort(), 1)
    const options = { signal: controller.signal, maxIterations: 1e6, onProgress }
    const solves = Array.from({ length: 100 }, () => busy.async(options))
    for (const { status } of await Promise.all(solves)) expect(status).toBe('aborted')
    expect(late).toBe(0)
  })

  test('puts the one that is aborted before the others that wait', async () => {
    const [one, rest] = [new AbortController(), new AbortController()]
    let others = 0
    const crowd = Array.from({ length: 50 }, () =>
      busy.async({ signal: rest.signal, maxIterations: 1e6, onProgress: () => void (one.signal.aborted && others++) }),
    )
    setTimeout(() => one.abort(), 1)
    expect((await busy.async({ signal: one.signal, maxIterations: 1e6 })).status).toBe('aborted')
    // The slice that had begun, and no more.
    expect(others).toBeLessThanOrEqual(4)
    rest.abort()
    await Promise.all(crowd)
  })

  test('rejects with the named error', async () => {
    await expect(halve.async(1, { stepSize: 0 })).rejects.toThrow('halve: stepSize must be a positive number, got 0')
  })

  test('reports progress', async () => {
    const seen: number[] = []
    await halve.async(1, { tolerance: 0.25, onProgress: ({ iteration }) => void seen.push(iteration) })
    expect(seen).toEqual([1, 2])
  })
})

describe('a solver that waits', () => {
  const later = (value: number) => new Promise<number>((resolve) => setTimeout(() => resolve(value), 1))
  const halving = solver(
    'halving',
    function* (
      source: (k: number) => number | Promise<number>,
      _options: object,
    ): Generator<{ error: number }, { last: number }, boolean> {
      let total = 0
      for (let k = 0; ; k++) {
        total += yield* wait(source(k))
        if (yield { error: 1 / (1 + total) }) return { last: total }
      }
    },
  )

  test('is given what it waits for', async () => {
    const { last, status, iterations } = await halving.async(later, { tolerance: 0.1 })
    expect([last, status, iterations]).toEqual([10, 'converged', 5])
  })

  test('does not wait for what is there already', () => {
    expect(halving((k) => k, { tolerance: 0.1 })).toMatchObject({ last: 10, status: 'converged' })
  })

  test('says that it must be called as async', () => {
    const call = () => halving(later)
    expect(call).toThrow(new TypeError('halving: has to wait for a promise or a device; call halving.async(...)'))
    expect(() => [...halving.steps(later)]).toThrow('halving.async')
  })

  test('may do without', () => {
    const stubborn = solver('stubborn', function* (_options: object): Generator<
      { error: number },
      { x: number },
      boolean
    > {
      let x: number
      try {
        x = yield* wait(later(1))
      } catch {
        x = 2
      }
      yield { error: 0 }
      return { x }
    })
    expect(stubborn().x).toBe(2)
  })

  test('sees a refusal as an exception', async () => {
    const failing = () => Promise.reject(new Error('the device is lost'))
    await expect(halving.async(failing)).rejects.toThrow('the device is lost')
  })
})
