import { random } from '@opt/core'
import { vectorBytes } from '@opt/testing'
import * as api from '../src/index.ts'

const K = 3
const bandit = (more: Partial<api.ModelFreeOptions<number[]>> = {}) =>
  api.modelFree<number[]>({
    horizon: 1,
    actions: K,
    dimension: 4,
    features: (_, x) =>
      Array.from({ length: K }, (_, a) => [Number(a === 0), Number(a === 1), Number(a === 2), x[a] / 2]),
    learningRate: 1,
    beta: 1e-4,
    ...more,
  })

test('H = 1: a contextual bandit that follows the better action of each context', () => {
  const rng = random(1)
  const agent = bandit({ learningRate: 3 })
  let loss = 0
  for (let k = 0; k < 3000; k++) {
    const context = Array.from({ length: K }, () => rng.uniform())
    const action = agent.act(0, context, rng)
    const paid = rng.uniform() < 0.2 + 0.6 * context[action] ? 1 : 0
    agent.observe(paid)
    agent.endEpisode()
    if (k >= 2000) loss += paid / 1000
  }
  // The least of three uniform numbers has the mean 1/4: loss .35; any action has .5.
  expect(loss).toBeLessThan(0.42)
  expect(agent.episodes).toBe(3000)
  expect(agent.largestNorm).toBeGreaterThan(1)
})

test('the order of calls is enforced, losses outside the range are refused, and neither changes the agent', () => {
  const agent = bandit()
  const rng = random(0)
  const before = JSON.stringify(agent.state())
  const x = [0.1, 0.2, 0.3]
  expect(() => agent.observe(0)).toThrow('modelFree.observe: loss must be called after act, got 0')
  expect(() => agent.endEpisode()).toThrow('modelFree.endEpisode: episode must be of 1 layers, each observed, got 0')
  expect(() => agent.act(1, x, rng)).toThrow('modelFree.act: layer must be 0, got 1')
  expect(() => agent.act(0, x, {} as never)).toThrow('modelFree.act: random must be a source of uniform numbers')
  expect(() => agent.act(0, x, { uniform: () => 1 })).toThrow(
    'modelFree.act: random.uniform() must be in [0, 1), got 1',
  )
  expect(() => agent.act(0, [0.1, NaN, 0.3], rng)).toThrow('modelFree.act: features(0, state)[1][3]')
  expect(JSON.stringify(agent.state())).toBe(before)
  agent.act(0, x, rng)
  expect(() => agent.act(0, x, rng)).toThrow('must be called after the last loss has been observed')
  expect(() => agent.observe(1.5)).toThrow('modelFree.observe: loss must be a finite number between 0 and 1, got 1.5')
  expect(() => agent.observe('0.5' as never)).toThrow('modelFree.observe: loss')
  expect(() => agent.observe(NaN)).toThrow('modelFree.observe: loss')
  agent.observe(0.5)
  expect(() => agent.act(1, x, rng)).toThrow('called after endEpisode')
  agent.endEpisode()
})

test('a range of losses is scaled', () => {
  const [plain, scaled] = [bandit(), bandit({ lossRange: [-10, 30] })]
  const [one, two] = [random(3), random(3)]
  for (let k = 0; k < 100; k++) {
    const x = [0.1, 0.5, 0.9]
    const action = plain.act(0, x, one)
    expect(scaled.act(0, x, two)).toBe(action)
    plain.observe(action / 4)
    scaled.observe(10 * action - 10)
    plain.endEpisode()
    scaled.endEpisode()
  }
})

test('an agent saved in the middle of an episode goes on to the same bits', () => {
  const world = api.deepPath({ horizon: 4 })
  const { mdp, theta } = world
  const cover = api.policyCover(mdp, { rounds: 3, episodes: 2 })
  const make = () =>
    api.modelFree<number>({
      horizon: 4,
      actions: 3,
      dimension: 3,
      features: (h, x) => mdp.features(h, x),
      learningRate: 2,
      beta: 0.01,
      epoch: 4,
      split: true,
      regularization: 0.1,
      exploration: 0.3,
      cover,
      knownThreshold: 5,
    })
  const play = (
    agent: api.ModelFree<number>,
    rng: ReturnType<typeof random>,
    episodes: number,
    from = [0, 0],
    until = 4,
  ) => {
    let [layer, x] = from
    for (let k = 0; k < episodes; k++) {
      const end = k === episodes - 1 ? until : 4
      for (; layer < end; layer++) {
        const a = agent.act(layer, x, rng)
        const phi = mdp.features(layer, x)
        agent.observe([0, 1, 2].reduce((sum, i) => sum + phi.get(a, i) * theta[layer][i], 0))
        if (layer < 3) x = mdp.step(layer, x, a, rng)
      }
      if (layer < 4) return [layer, x]
      agent.endEpisode()
      layer = x = 0
    }
    return [0, 0]
  }
  const [whole, rng] = [make(), random(4)]
  play(whole, rng, 30)
  const [first, again] = [make(), random(4)]
  const place = play(first, again, 15, [0, 0], 2)
  const resumed = make()
  resumed.load(JSON.parse(JSON.stringify(first.state())))
  play(resumed, again, 16, place)
  expect(resumed.state()).toEqual(whole.state())
  expect(resumed.policy(0, 0)).toEqual(whole.policy(0, 0))

  const state = whole.state()
  const refused = (change: Partial<api.ModelFreeState>, message: string) => {
    expect(() => resumed.load({ ...state, ...change })).toThrow(message)
    expect(resumed.state()).toEqual(state)
  }
  refused({ learner: 'other' as never }, "modelFree.load: state.learner must be 'modelFree'")
  refused({ shape: [4, 3, 3, 5] }, 'modelFree.load: state.shape must be [4,3,3,4]')
  refused({ memory: state.memory.slice(1) }, 'modelFree.load: state.memory must be 9 texts')
  for (let k = 0; k < 9; k++) {
    const memory = [...state.memory]
    memory[k] = memory[k].replace(/^.{12}/, '/////////////////'.slice(0, 12))
    refused({ memory }, `modelFree.load: state.memory[${k}]`)
  }
})

test('the calls of an agent allocate no array', () => {
  const features = [0, 1].map((x) => Float64Array.from({ length: 6 }, (_, i) => ((i + x) % 3) / 4))
  const agent = api.modelFree<number>({
    horizon: 2,
    actions: 2,
    dimension: 3,
    features: (h, x) => features[(h + x) % 2],
    learningRate: 1,
    beta: 0.01,
  })
  const rng = random(0)
  const episodes = (count: number) => {
    for (let k = 0; k < count; k++) {
      for (let h = 0; h < 2; h++) {
        agent.act(h, k % 2, rng)
        agent.observe(0.5)
      }
      agent.endEpisode()
    }
  }
  episodes(50)
  expect(vectorBytes(() => episodes(200))).toBeLessThanOrEqual(0)
})

test('an agent saved between an action and its loss waits for that loss after load', () => {
  const x = [0.1, 0.5, 0.9]
  const [whole, resumed] = [bandit(), bandit()]
  const rng = random(5)
  const episode = (agent: api.ModelFree<number[]>) => {
    const action = agent.act(0, x, rng)
    agent.observe(action / 2)
    agent.endEpisode()
  }
  for (let k = 0; k < 13; k++) episode(whole)
  whole.act(0, x, rng)
  resumed.load(JSON.parse(JSON.stringify(whole.state())))
  expect(() => resumed.act(0, x, rng)).toThrow('must be called after the last loss has been observed')
  for (const agent of [whole, resumed]) {
    agent.observe(0.25)
    agent.endEpisode()
    for (const draws = random(6); agent.episodes < 40; agent.endEpisode()) agent.observe(agent.act(0, x, draws) / 2)
  }
  expect(resumed.state()).toEqual(whole.state())
})
