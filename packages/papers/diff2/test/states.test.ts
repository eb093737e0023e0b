import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random } from '@opt/core'
import { inProcess } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import {
  Accountant,
  type ClientReply,
  type ClientRequest,
  clientTask,
  type Diff2Options,
  type Diff2State,
  diff2,
  privacySchedule,
  seededNoise,
} from '../src/index.ts'
import { meanClients } from './problems.ts'
import { answer, clients } from './tasks/clients.mjs'

const options = (more: Partial<Diff2Options> = {}): Diff2Options => ({
  epsilon: 3,
  delta: 1e-3,
  rounds: 11,
  restart: 4,
  clipGradient: 1,
  clipDifference: 1.5,
  learningRate: 0.3,
  noise: seededNoise(random(5)),
  ...more,
})
const start = [0.1, -0.2]
const remote = clients.map(({ count, size }) => ({ count, size }))
const throughJson = (state: Diff2State): Diff2State => JSON.parse(JSON.stringify(state))
const variants: Record<string, Partial<Diff2Options>> = {
  'DIFF2-GD': {},
  'the mean of the last points': { average: true, weighting: 'examples' },
  'local steps': { local: { steps: 3, clip: 1 } },
  'samples of fixed size': { local: { steps: 3, clip: 1, sampling: 'fixed', batch: 1 } },
  'Poisson samples, random clients': {
    adjacency: 'zero-out',
    local: { steps: 2, clip: 1, sampling: 'poisson', batch: 1, order: 'random' },
  },
  'noise of clients': { noiseAt: 'local' },
  'exact noise': { noise: undefined },
}

describe.each(Object.entries(variants))('%s', (name, more) => {
  const fresh = () => options({ ...more, noise: seededNoise(random(5), { exact: name === 'exact noise' }) })
  const whole = diff2(clients, start, fresh())

  test('a run that is saved as JSON goes on to the same bits and the same budget', () => {
    for (const first of [1, 4, 7, 10]) {
      const half = diff2(clients, start, { ...fresh(), maxIterations: first })
      expect(half.status).toBe('max-iterations')
      expect(half.privacy.epsilon).toBeLessThan(whole.privacy.epsilon)
      // Its generator begins elsewhere: the state holds that of the run.
      const rest = diff2(clients, start, { ...fresh(), resume: throughJson(half.state) })
      expect(rest.x).toEqual(whole.x)
      expect(rest.average).toEqual(whole.average)
      expect(rest.privacy).toEqual(whole.privacy)
      expect(rest.state).toEqual(whole.state)
      expect([...half.history, ...rest.history].map(({ iteration, ...report }) => report)).toEqual(
        whole.history.map(({ iteration, ...report }) => report),
      )
    }
  })

  test('spends at most the budget, more each round', () => {
    const spent = whole.history.map(({ epsilonSpent }) => epsilonSpent)
    expect(spent.at(-1)).toBeLessThanOrEqual(3)
    for (let r = 1; r < spent.length; r++) expect(spent[r]).toBeGreaterThanOrEqual(spent[r - 1])
    expect(whole.privacy.epsilon).toBe(spent.at(-1))
  })

  if (!['noise of clients', 'exact noise'].includes(name))
    test('the bits are the same with clients in process and on threads', async () => {
      const here = { executor: inProcess(), task: clientTask(clients) }
      const threads = () => ({ executor: workerThreads({ workers: 2 }), task: { module: TASKS, name: 'answer' } })
      for (const workers of name.includes('ample') ? [here, threads()] : [here]) {
        const { x, history, privacy } = await diff2.async(remote, start, { ...fresh(), workers })
        await workers.executor.close()
        expect([...x]).toEqual([...whole.x])
        expect(history).toEqual(whole.history)
        expect(privacy).toEqual(whole.privacy)
      }
    })
})

const TASKS = new URL('./tasks/clients.mjs', import.meta.url).href

describe('clients that fail', () => {
  const whole = diff2(clients, start, options())

  test('a thread that dies in a round costs time, and neither noise nor a contribution', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'diff2-'))
    const flag = join(folder, 'die')
    writeFileSync(flag, '')
    process.env.OPT_DIFF2_DIES = flag
    const executor = workerThreads({ workers: 1 })
    try {
      const workers = { executor, task: { module: TASKS, name: 'answer' } }
      const { x, privacy } = await diff2.async(remote, start, options({ workers }))
      expect([...x]).toEqual([...whole.x])
      expect(privacy).toEqual(whole.privacy)
    } finally {
      await executor.close()
      delete process.env.OPT_DIFF2_DIES
      rmSync(folder, { recursive: true })
    }
  })

  /** An executor whose answers are changed. */
  const changing = (change: (replies: ClientReply[], call: number, requests: ClientRequest[]) => unknown) => {
    let call = 0
    const task = clientTask(clients)
    return {
      task,
      executor: {
        async map(_: unknown, requests: readonly unknown[]) {
          const replies = (requests as ClientRequest[]).map((request) => task(structuredClone(request)))
          return change(replies, call++, requests as ClientRequest[]) as never
        },
      },
    }
  }
  const previous: ClientReply[] = []
  const kinds: Record<string, Parameters<typeof changing>[0]> = {
    'answers late, with those of the round before': (replies, call) => {
      const late = call === 3 ? [previous[0], ...replies.slice(1)] : replies
      previous.splice(0, previous.length, ...replies)
      return late
    },
    'answers twice, in the place of another': (replies, call) =>
      call === 2 ? [replies[0], replies[0], replies[2]] : replies,
    'answers once more than asked': (replies) => [...replies, replies[0]],
    'answers nothing the first time': (replies, call) => (call === 5 ? [undefined, ...replies.slice(1)] : replies),
    'gives a message of another length': (replies, call) =>
      call === 1 ? [{ ...replies[0], message: new Float64Array(3) }, ...replies.slice(1)] : replies,
    'throws, once': (replies, call) => (call === 4 ? Promise.reject(new Error('down')) : replies),
  }
  test.each(Object.entries(kinds))('a client that %s', async (_, change) => {
    const answer = await diff2.async(remote, start, options({ workers: changing(change) }))
    expect([...answer.x]).toEqual([...whole.x])
    expect(answer.privacy).toEqual(whole.privacy)
  })

  test.each(['DIFF2-GD', 'local steps'])(
    'a client that is gone ends the run, whose state goes on with the same budget: %s',
    async (name) => {
      const complete = diff2(clients, start, options(variants[name]))
      for (const from of [0, 4, 5, 6, 9]) {
        let gone = true
        const secret = new Error('the record of Ann, 0.5')
        const saved: Diff2State[] = []
        const noise = seededNoise(random(5))
        const workers = changing((replies, call) => (gone && call >= from ? Promise.reject(secret) : replies))
        const given = options({ ...variants[name], workers, noise, checkpoint: (state) => saved.push(state) })
        const broken = await diff2.async(remote, start, given)
        expect(broken.status).toBe('stalled')
        expect(broken.message).toMatch(/a client gave no answer in round \d+; the state goes on from there/)
        expect(JSON.stringify(broken)).not.toContain('Ann')
        expect(broken.history).toHaveLength(saved.length)
        expect(broken.privacy.epsilon).toBeLessThanOrEqual(complete.privacy.epsilon)
        gone = false
        const rest = await diff2.async(remote, start, { ...given, resume: throughJson(broken.state) })
        expect(rest.status).toBe('completed')
        expect(rest.privacy).toEqual(complete.privacy)
        expect(broken.history.length + rest.history.length).toBe(11)
        // No noise was drawn for messages that never came; that of local steps was, and is drawn anew.
        if (name === 'DIFF2-GD') expect([...rest.x]).toEqual([...complete.x])
        else expect(rest.x.every(Number.isFinite)).toBe(true)
      }
    },
  )

  test('v that a client has seen stays the same when its local steps are asked for again', async () => {
    const seen: string[] = []
    let failures = 1
    const workers = changing((replies, _, [request]) => {
      if (request.kind !== 'local' || request.round !== 2) return replies
      seen.push(String(request.other))
      return failures-- > -2 ? [undefined] : replies
    })
    const given = options({ ...variants['local steps'], workers, noise: seededNoise(random(1)) })
    const broken = await diff2.async(remote, start, given)
    expect(broken.state.pending).toBe(true)
    await diff2.async(remote, start, { ...given, resume: broken.state })
    expect(seen).toHaveLength(4)
    expect(new Set(seen).size).toBe(1)
  })

  test('clients that add noise are asked once: asking again would release more', async () => {
    let calls = 0
    const workers = changing(() => {
      calls++
      throw new Error('down')
    })
    const answer = await diff2.async(remote, start, options({ workers, noiseAt: 'local' }))
    expect([answer.status, calls]).toEqual(['stalled', 1])
  })

  test('messages with noise that may have been seen in a round that failed are counted', async () => {
    for (const [name, from, kind] of [
      ['DIFF2-GD', 5, 'difference'],
      ['DIFF2-GD', 8, 'gradient'],
      ['local steps', 5, 'local'],
    ] as const) {
      const complete = diff2(clients, start, options({ ...variants[name], noiseAt: 'local' }))
      let gone = true
      const workers = changing((replies, call) => (gone && call === from ? [] : replies))
      const given = options({ ...variants[name], workers, noiseAt: 'local' })
      const broken = await diff2.async(remote, start, given)
      expect(broken.status).toBe('stalled')
      const before = broken.history.at(-1)!.epsilonSpent
      expect(broken.privacy.epsilon).toBeGreaterThan(before)
      gone = false
      const { privacy, status } = await diff2.async(remote, start, { ...given, resume: throughJson(broken.state) })
      expect(status).toBe('completed')
      const { events, multipliers, spent } = privacySchedule({
        epsilon: 3,
        delta: 1e-3,
        rounds: 11,
        restart: 4,
        local: name === 'DIFF2-GD' ? undefined : { steps: 3, clients: 3 },
      })
      const more = kind === 'local' ? 2 : 1
      const accountant = new Accountant().add({ noiseMultiplier: multipliers[kind] }, more)
      for (const { count, noiseMultiplier } of events) accountant.add({ noiseMultiplier }, count)
      expect(privacy.epsilon).toBeGreaterThan(complete.privacy.epsilon)
      expect(privacy.epsilon).toBeCloseTo(accountant.epsilon(1e-3), 9)
      expect(spent(11, { [kind]: more })).toBeCloseTo(privacy.epsilon, 9)
    }
  })

  test('an aborted run says so', async () => {
    const controller = new AbortController()
    const workers = changing((replies, call) => {
      if (call === 3) controller.abort()
      return call === 3 ? Promise.reject(new Error('aborted')) : replies
    })
    const answer = await diff2.async(remote, start, options({ workers, signal: controller.signal } as object))
    expect([answer.status, answer.iterations]).toEqual(['aborted', 3])
  })

  test('an executor that throws, or answers with no array, is one whose clients do not answer', async () => {
    for (const map of [
      () => {
        throw new Error('the secret')
      },
      () => undefined,
    ]) {
      const workers = { executor: { map: map as never }, task: clientTask(clients) }
      const answer = await diff2.async(remote, start, options({ workers }))
      expect([answer.status, answer.iterations]).toEqual(['stalled', 0])
      expect(JSON.stringify(answer)).not.toContain('secret')
    }
  })

  test('workers need diff2.async', () => {
    const workers = { executor: inProcess(), task: answer as never }
    expect(() => diff2(remote, start, options({ workers }))).toThrow(/diff2\.async/)
  })
})

test('a state that does not fit is refused', () => {
  const { state } = diff2(clients, start, { ...options(), maxIterations: 3 } as Diff2Options)
  const run =
    (change: object, more: Partial<Diff2Options> = {}) =>
    () =>
      diff2(clients, start, options({ resume: { ...state, ...change }, ...more }))
  expect(run({}, { epsilon: 5 })).toThrow(
    'diff2: resume must be of a run with the same options and clients, got another',
  )
  expect(run({}, { learningRate: 0.1 })).toThrow('with the same options')
  expect(run({ round: 12 })).toThrow('diff2: resume.round must be')
  expect(run({ x: 'AAAA' })).toThrow('diff2: resume.x must be')
  expect(run({ failed: { gradient: -1, difference: 0, local: 0 } })).toThrow('diff2: resume.failed.gradient must be')
  expect(run({ pending: 1 })).toThrow('diff2: resume.pending must be true or false')
  expect(() => diff2(meanClients(1, [3, 2, 5], 2), start, options({ resume: state }))).toThrow(
    'with the same options and clients',
  )
})

test('a secure source leaves no state, and a run that was not secure once never is again', () => {
  const { state } = diff2(clients, start, { ...options(), maxIterations: 3 } as Diff2Options)
  const rest = diff2(clients, start, options({ resume: state, noise: undefined }))
  expect(rest.state.noise).toBeNull()
  expect(rest.privacy.secure).toBe(false)
})
