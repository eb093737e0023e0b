import type { ControlValues, Demo, Figure, Frame } from '@opt/core'
import {
  adversaries,
  deepPath,
  type LinearMdp,
  linearMdp,
  lsvi,
  type PlayReport,
  uniform,
  withSimulator,
} from '@opt/linear-mdp-ftrl'

const EPISODES = 2000
const EVERY = 40
const STREETS = ['north', 'east', 'south', 'west']
const LAYERS = 3

/** Three blocks: at each junction one of four streets, which leads to the junction of its name. */
function city(): LinearMdp {
  const unit = (k: number) => STREETS.map((_, i) => Number(i === k))
  const junction = STREETS.map((_, street) => unit(street))
  return linearMdp({
    features: Array.from({ length: LAYERS }, () => STREETS.map(() => junction)),
    nextStates: Array.from({ length: LAYERS - 1 }, () => STREETS.map((_, street) => unit(street))),
  })
}

interface Player {
  label: string
  steps: Iterator<PlayReport, unknown>
  x: number[]
  y: number[]
  last?: PlayReport
}

function* advance(players: Player[], show: 'averageLoss' | 'regret'): Generator<number, void, void> {
  for (let episode = EVERY; episode <= EPISODES; episode += EVERY) {
    for (const player of players) {
      const report = player.steps.next().value as PlayReport
      player.last = report
      player.x.push(report.episode)
      player.y.push(report[show])
    }
    yield episode
  }
}

const curves = (players: Player[]) => players.map(({ label, x, y }) => ({ label, x: [...x], y: [...y] }))
const player = (label: string, steps: Iterator<PlayReport, unknown>): Player => ({ label, steps, x: [], y: [] })

/** The policies of an MDP's states as bars. */
function bars(
  mdp: LinearMdp,
  report: PlayReport,
  title: string,
  states: [string, number, number][],
  actions: string[],
): Figure {
  const policy = report.policy()
  return {
    kind: 'bar',
    title,
    x: { label: 'place' },
    y: { label: 'probability' },
    series: actions.map((label, a) => ({
      label,
      x: states.map(([name]) => name),
      y: states.map(([, layer, state]) => policy.get(layer, Math.min(state, mdp.states - 1), a)),
    })),
  }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const [learningRate, beta, regularization] = [values.eta, values.beta, values.gamma] as number[]
  const options = { episodes: EPISODES, every: EVERY, learningRate, regularization }
  if (values.world === 'the deep path') {
    const { mdp, theta } = deepPath()
    const adversary = adversaries.given(theta)
    const players = [
      player('no bonus', withSimulator.steps(mdp, adversary, { ...options, beta: 0 })),
      player(`beta ${beta}`, withSimulator.steps(mdp, adversary, { ...options, beta })),
      player('uniform', uniform.steps(mdp, adversary, { episodes: EPISODES, every: EVERY })),
    ]
    const path = Array.from({ length: mdp.horizon }, (_, h): [string, number, number] => [`step ${h + 1}`, h, 0])
    for (const episode of advance(players, 'regret'))
      yield {
        figures: [
          {
            kind: 'line',
            title: 'Regret',
            caption: 'Leaving the path costs .6 at once, its end is worth .18: one must walk all of it to find out.',
            x: { label: 'episode' },
            y: { label: 'regret' },
            series: curves(players),
          },
          bars(mdp, players[1].last!, 'What the learner with the bonus does on the path', path, ['a', 'b', 'c']),
        ],
        readout: [
          ['episode', String(episode)],
          ...players.map(({ label, last }): [string, string] => [`regret, ${label}`, last!.regret.toFixed(0)]),
        ],
        progress: episode / EPISODES,
      }
    return
  }
  const mdp = city()
  const police = adversaries.counter(mdp.dimension)
  const players = [
    player('learner', withSimulator.steps(mdp, police, { ...options, beta })),
    player('LSVI', lsvi.steps(mdp, police, { episodes: EPISODES, every: EVERY })),
  ]
  const habit = values.habit as number[]
  const total = habit.reduce((sum, v) => sum + v, 0)
  const mine = habit.map((v) => (total > 0 ? v / total : 1 / habit.length))
  // The police wait on your favourite street of each layer.
  const yours = LAYERS * Math.max(...mine)
  const value = LAYERS / STREETS.length
  const junctions: [string, number, number][] = [
    ['start', 0, 0],
    ...STREETS.map((street, x): [string, number, number] => [`2nd, ${street}`, 1, x]),
    ...STREETS.map((street, x): [string, number, number] => [`3rd, ${street}`, 2, x]),
  ]
  for (const episode of advance(players, 'averageLoss')) {
    const { x } = players[0]
    const level = (label: string, height: number, dashed: boolean) => ({
      label,
      x: [...x],
      y: x.map(() => height),
      dashed,
    })
    yield {
      figures: [
        {
          kind: 'line',
          title: 'How often you are caught in a trip, on average',
          caption: 'Dashed: the value of the game, which nobody can beat.',
          x: { label: 'trip' },
          y: { label: 'times caught' },
          series: [...curves(players), level('you', yours, false), level('value of the game', value, true)],
        },
        bars(mdp, players[0].last!, 'The streets that the learner takes', junctions, STREETS),
      ],
      readout: [
        ['trip', String(episode)],
        ['you', yours.toFixed(3)],
        ...players.map(({ label, last }): [string, string] => [label, last!.averageLoss.toFixed(3)]),
        ['value of the game', value.toFixed(3)],
      ],
      progress: episode / EPISODES,
    }
  }
}

const demo: Demo = {
  title: 'The police stand where you usually pass',
  intro:
    'Choose how often you take each street: the police know your habit. LSVI, which trusts what it has seen, is caught again and again; the learner becomes as unpredictable as it has to be.',
  controls: [
    { kind: 'choice', name: 'world', label: 'world', options: ['the city', 'the deep path'], value: 'the city' },
    { kind: 'histogram', name: 'habit', label: 'your habit: north, east, south, west', value: [4, 2, 1, 1] },
    { kind: 'range', name: 'eta', label: 'learning rate eta', min: 0.02, max: 5, log: true, value: 0.2 },
    { kind: 'range', name: 'beta', label: 'bonus beta', min: 1e-5, max: 1e-2, log: true, value: 3e-4 },
    { kind: 'range', name: 'gamma', label: 'regularization gamma', min: 1e-4, max: 1e-1, log: true, value: 1e-3 },
  ],
  run,
  code: ({ world, eta, beta, gamma }) =>
    world === 'the deep path'
      ? `import { adversaries, deepPath, withSimulator } from '@opt/linear-mdp-ftrl'

const { mdp, theta } = deepPath()
for (const beta of [0, ${beta}]) {
  const { regret } = withSimulator(mdp, adversaries.given(theta), {
    episodes: ${EPISODES}, learningRate: ${eta}, beta, regularization: ${gamma},
  })
  console.log('beta', beta, 'regret', regret.toFixed(1))
}
`
      : `import { adversaries, linearMdp, lsvi, withSimulator } from '@opt/linear-mdp-ftrl'

const street = (k) => [0, 1, 2, 3].map((i) => Number(i === k))
const streets = [0, 1, 2, 3].map(street)
const mdp = linearMdp({ features: Array(3).fill(streets.map(() => streets)), nextStates: Array(2).fill(streets) })
const police = adversaries.counter(4)
const ours = withSimulator(mdp, police, { episodes: ${EPISODES}, learningRate: ${eta}, beta: ${beta}, regularization: ${gamma} })
const theirs = lsvi(mdp, police, { episodes: ${EPISODES} })
console.log(ours.averageLoss.toFixed(3), 'times caught; LSVI', theirs.averageLoss.toFixed(3), '; value', 3 / 4)
`,
}
export default demo
