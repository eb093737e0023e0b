import { Adam, SGD } from '@opt/optimizers'
import { near } from '@opt/testing'
import { type Environment, exactSolve, imitate, linear, optimizerSteps } from '../src/index.ts'

/** A point on a line that is pushed; an episode has 7 states. */
const line: Environment<[x: number, steps: number]> = {
  reset: (random) => [random.uniform(-1, 1), 0],
  step: ([x, steps], [action]) => (steps === 6 ? null : [x + 0.3 * action, steps + 1]),
  features: ([x]) => [x, 1],
}
const task = () => ({
  environment: line,
  expert: ([x]: [number, number]) => [0.2 - 0.8 * x],
  policy: linear({ inputs: 2 }),
})

test.each([1, 0.5, 0])('a linear expert is imitated exactly, the expert acting with probability %d', (beta) => {
  const { parameters, status, history, queries } = imitate(task(), [0, 0], {
    beta,
    rounds: 4,
    samples: 20,
    inner: exactSolve(),
  })
  near(parameters, [-0.8, 0.2], { absolute: 1e-12 })
  expect(status).toBe('completed')
  expect(queries).toBe(80)
  expect(history.map((report) => report.queries)).toEqual([20, 40, 60, 80])
  expect(history.reduce((sum, { episodes }) => sum + episodes, 0)).toBe(11)
  expect(history[0].loss).toBeGreaterThan(1e-3)
  expect(history[1].loss).toBeLessThan(1e-20)
})

test('who acts: the states under beta = 1 do not depend on the policy, under beta = 0 they do', () => {
  const losses = (beta: number, inner = exactSolve()) =>
    imitate(task(), [0.5, 0.5], { beta, rounds: 3, samples: 20, inner, seed: 3 }).history.map(({ loss }) => loss)
  const seen = (beta: number) => {
    const states: number[] = []
    const watched = { ...task(), expert: ([x]: [number, number]) => [0.2 - 0.8 * states[states.push(x) - 1]] }
    imitate(watched, [0.5, 0.5], { beta, rounds: 2, samples: 20, seed: 3 })
    return states
  }
  const [expert, policy, both] = [1, 0, 0.5].map(seen)
  expect(expert.slice(0, 1)).toEqual(policy.slice(0, 1))
  for (let i = 1; i < 7; i++) {
    expect(expert[i]).toBe(expert[i - 1] + 0.3 * (0.2 - 0.8 * expert[i - 1]))
    near(policy[i], policy[i - 1] + 0.3 * (0.5 + 0.5 * policy[i - 1]), { absolute: 1e-15 })
  }
  expect(both).not.toEqual(expert)
  expect(both).not.toEqual(policy)
  expect(losses(1)[0]).not.toBe(losses(0)[0])
})

test('with eta = 1 the surrogate is the loss of the round: one inner step is online gradient descent', () => {
  const inner = optimizerSteps((theta) => new SGD(theta, { learningRate: 0.5 }))
  const { history } = imitate(task(), [0, 0], { rounds: 1, samples: 30, steps: 1, inner })
  const { history: more } = imitate(task(), [0, 0], { rounds: 1, samples: 30, steps: 50 })
  expect(more[0].loss).toBe(history[0].loss)
  expect(more[0].loss! + more[0].surrogate!).toBeLessThan(0.1 * (history[0].loss! + history[0].surrogate!))
})

test('saved in the middle and resumed through JSON, it comes to the same bits', () => {
  for (const beta of [1, 0.4]) {
    const options = {
      beta,
      samples: 15,
      steps: 3,
      seed: 2,
      inner: optimizerSteps((theta) => new Adam(theta, { learningRate: 1e-3 })),
    }
    const whole = imitate(task(), [0.1, 0.2], { ...options, rounds: 6 })
    for (const cut of [1, 4]) {
      const first = imitate(task(), [0.1, 0.2], { ...options, rounds: 6, maxIterations: cut })
      expect(first.status).toBe('max-iterations')
      const resume = JSON.parse(JSON.stringify(first.checkpoint))
      const rest = imitate(task(), [9, 9], { ...options, seed: 77, rounds: 6, resume })
      expect(rest.parameters).toEqual(whole.parameters)
      expect(rest.checkpoint).toEqual(whole.checkpoint)
      expect(rest.history.map(({ loss }) => loss)).toEqual(whole.history.slice(cut).map(({ loss }) => loss))
    }
  }
})

test('an expert may be awaited, and aborted', async () => {
  const patient = { ...task(), expert: async ([x]: [number, number]) => [0.2 - 0.8 * x] }
  const options = { rounds: 3, samples: 10, beta: 0.5 }
  expect((await imitate.async(patient, [0, 0], options)).parameters).toEqual(
    imitate(task(), [0, 0], options).parameters,
  )
  expect(() => imitate(patient, [0, 0])).toThrow('imitate.async')
  const controller = new AbortController()
  const { status, queries } = await imitate.async(patient, [0, 0], {
    ...options,
    signal: controller.signal,
    onProgress: ({ queries: so }) => so === 20 && controller.abort(),
  })
  expect([status, queries]).toEqual(['aborted', 20])
  const tired = { ...task(), expert: () => Promise.reject(new Error('asleep')) }
  await expect(imitate.async(tired, [0, 0])).rejects.toThrow('asleep')
})

test.each([
  [{ rounds: 0 }, 'imitate: rounds'],
  [{ samples: 1.5 }, 'imitate: samples'],
  [{ beta: 1.1 }, 'imitate: beta'],
])('%j is refused', (options, words) => expect(() => imitate(task(), [0, 0], options)).toThrow(words))

test('wrong tasks are refused by name', () => {
  const change = (part: object) => () => imitate({ ...task(), ...part } as never, [0, 0])
  expect(change({ expert: () => [1, 2] })).toThrow('imitate: expert(state) must be of length 1')
  expect(change({ expert: () => [NaN] })).toThrow('imitate: expert(state)[0]')
  expect(change({ environment: { ...line, step: undefined } })).toThrow('imitate: environment.step')
  expect(change({ environment: { ...line, step: () => undefined } })).toThrow(
    'imitate: environment.step must be such that it returns a state, got undefined',
  )
  expect(change({ environment: { ...line, reset: () => undefined } })).toThrow(
    'imitate: environment.reset must be such that it returns a state, got undefined',
  )
  let calls = 0
  const ragged = { ...line, features: () => (calls++ ? [1] : [1, 2]) }
  expect(change({ environment: ragged })).toThrow('environment.features(state) must be of length 2')
})
