import { type ControlValues, cos, type Demo, decodeFloats, type Figure, type Frame, random, sin } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'
import {
  type Client,
  diff2,
  dpGradientDescent,
  feedbackNumber,
  networkClient,
  privacySchedule,
  seededNoise,
  sensitivity,
} from '@opt/diff2'
import { mlp } from '@opt/nn'

const ROUNDS = 80
const PER_CLIENT = 800
const SHOWN = 60
const DELTA = 1e-5
const RATE = 2
const CLIP_DIFFERENCE = 0.35
const OWNERS = ['clinic A', 'clinic B', 'clinic C']
const STEPS = Array.from({ length: 61 }, (_, k) => k / 60)

const features = (a: number, b: number): number[] => [a, b, a * a, b * b, a * b, a * a * a, b * b * b]

/** Two moons; each owner has another part of them. */
function drawMoons() {
  const rng = random(4)
  return OWNERS.map((_, p) => {
    const points: number[][] = []
    const labels: number[] = []
    for (let i = 0; i < PER_CLIENT; i++) {
      const upper = i % 2
      const angle = Math.PI * Math.min(1, Math.max(0, (p + rng.uniform(-0.6, 1.6)) / 3))
      const [a, b] = upper ? [cos(angle), sin(angle)] : [1 - cos(angle), 0.4 - sin(angle)]
      points.push(features(a + 0.15 * rng.normal() - 0.5, b + 0.15 * rng.normal() - 0.2))
      labels.push(upper)
    }
    return { points, labels }
  })
}

const network = () => mlp({ sizes: [7, 1], loss: 'logistic', seed: 2, batch: 256 })

/** Returns the places where the network's answer changes, on vertical lines. */
function boundary(x: Float64Array): [number[], number[]] {
  const net = network()
  net.parameters.set(x)
  const grid = STEPS.flatMap((s) => STEPS.map((t) => [4 * s - 2, 3 * t - 1.5]))
  const z = net.predict(grid.map(([a, b]) => features(a, b)))
  const [across, up]: [number[], number[]] = [[], []]
  for (let k = 1; k < grid.length; k++) {
    if (k % STEPS.length === 0 || z[k] > 0 === z[k - 1] > 0) continue
    across.push(grid[k][0])
    up.push((grid[k][1] + grid[k - 1][1]) / 2)
  }
  return [across, up]
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const [epsilon, restart, clip] = [values.epsilon as number, values.restart as number, values.clip as number]
  const moons = drawMoons()
  const clients: Client[] = moons.map(({ points, labels }) => networkClient(network(), points, labels))
  const start = network().parameters.slice() as Float64Array
  const d = start.length
  let [x, other, v] = [start, start, new Float64Array(d)]
  const common = { epsilon, delta: DELTA, rounds: ROUNDS, clipGradient: clip, learningRate: RATE, history: false }
  const read = (text: string) => decodeFloats(text, Float64Array, d, 'state')
  const ours = diff2.steps(clients, start, {
    ...common,
    restart,
    clipDifference: CLIP_DIFFERENCE,
    noise: seededNoise(random(1)),
    checkpoint: (state) => {
      x = read(state.x)
      v = read(state.estimate)
    },
  })
  const plain = dpGradientDescent.steps(clients, start, {
    ...common,
    noise: seededNoise(random(2)),
    checkpoint: (state) => {
      other = read(state.x)
    },
  })
  const delta1 = sensitivity(clients.map(({ count }) => count))
  const { multipliers } = privacySchedule({ epsilon, delta: DELTA, rounds: ROUNDS, restart })
  const baseline = privacySchedule({ epsilon, delta: DELTA, rounds: ROUNDS, restart: 1 }).multipliers.gradient
  const feedback = feedbackNumber({
    learningRate: RATE,
    clipDifference: CLIP_DIFFERENCE,
    sensitivity: delta1,
    multiplier: multipliers.difference,
    size: d,
    restart,
  })
  const noise = { round: [] as number[], ours: [] as number[], plain: [] as number[] }

  for (const report of ours) {
    plain.next()
    const { round, kind, epsilonSpent } = report
    const ball = multipliers[kind] * delta1 * report.clip * Math.sqrt(d)
    noise.round.push(round + 1)
    noise.ours.push(Math.max(ball, 1e-6))
    noise.plain.push(baseline * delta1 * clip * Math.sqrt(d))
    if (round % 2 === 1 && round + 1 < ROUNDS) continue
    yield {
      figures: [owners(moons, x, other), estimate(v, ball), budget(epsilonSpent, epsilon), noises(noise)],
      readout: [
        ['epsilon spent', `${epsilonSpent.toFixed(2)} of ${epsilon.toFixed(2)}`],
        ['right: DIFF2', right(moons, x)],
        ['right: DP-GD', right(moons, other)],
        ['feedback F (1/4 or less is stable)', feedback.toFixed(2)],
        ['this round', kind === 'gradient' ? 'a gradient, noise of full size' : 'a difference, little noise'],
      ],
      progress: (round + 1) / ROUNDS,
    }
  }
}

type Moons = ReturnType<typeof drawMoons>

function right(moons: Moons, x: Float64Array): string {
  const net = network()
  net.parameters.set(x)
  let hits = 0
  for (const { points, labels } of moons) {
    const z = net.predict(points)
    labels.forEach((label, i) => {
      if (z[i] > 0 === label > 0) hits++
    })
  }
  return `${((100 * hits) / (OWNERS.length * PER_CLIENT)).toFixed(1)} %`
}

function owners(moons: Moons, x: Float64Array, other: Float64Array): Figure {
  const lines = [
    ['DIFF2', boundary(x)],
    ['DP-GD', boundary(other)],
  ] as const
  return {
    kind: 'scatter',
    title: 'Records of three owners, and where both models change their answer',
    x: { label: '' },
    y: { label: '' },
    series: [
      ...moons.map(({ points }, p) => pointSeries(OWNERS[p], points.slice(0, SHOWN))),
      ...lines.map(([label, [across, up]]) => ({ label, x: across, y: up })),
    ],
  }
}

/** Two coordinates of v as an arrow, with the noise of the round around its end. */
function estimate(v: Float64Array, ball: number): Figure {
  const radius = ball / Math.sqrt(v.length / 2)
  const circle = STEPS.map((t) => 6.2832 * t)
  return {
    kind: 'line',
    title: 'The estimate v, two coordinates, and the noise of this round',
    caption: 'The ball is big at restarts and small between.',
    x: { label: 'first weight' },
    y: { label: 'second weight' },
    series: [
      { label: 'v', x: [0, v[0]], y: [0, v[1]] },
      {
        label: 'noise',
        dashed: true,
        x: circle.map((angle) => v[0] + radius * cos(angle)),
        y: circle.map((angle) => v[1] + radius * sin(angle)),
      },
    ],
  }
}

const budget = (spent: number, epsilon: number): Figure => ({
  kind: 'bar',
  title: 'The budget',
  x: { label: '' },
  y: { label: 'epsilon' },
  series: [
    { label: 'spent', x: ['spent', 'whole'], y: [spent, 0] },
    { label: 'whole', x: ['spent', 'whole'], y: [0, epsilon] },
  ],
})

const noises = ({ round, ours, plain }: { round: number[]; ours: number[]; plain: number[] }): Figure => ({
  kind: 'line',
  title: 'Length of the noise that each round adds',
  x: { label: 'round' },
  y: { label: 'length', scale: 'log' },
  series: [
    { label: 'DIFF2', x: [...round], y: [...ours] },
    { label: 'DP-GD', x: [...round], y: [...plain] },
  ],
})

const demo: Demo = {
  title: 'One model, three owners, one budget',
  intro:
    'Three owners train one model and show noisy sums only. DIFF2 pays full-size noise every T rounds and little in between; DP gradient descent pays in each. Both lines evolve under the same budget: lower epsilon and see them shake, raise T until the feedback number says that differences feed on their own noise.',
  controls: [
    { kind: 'range', name: 'epsilon', label: 'epsilon, the budget', min: 0.2, max: 8, log: true, value: 1 },
    {
      kind: 'range',
      name: 'restart',
      label: 'T, rounds from gradient to gradient',
      min: 1,
      max: 20,
      step: 1,
      value: 5,
    },
    { kind: 'range', name: 'clip', label: 'clip of a gradient', min: 0.1, max: 4, log: true, value: 1 },
  ],
  run,
  code: ({ epsilon, restart, clip }) => `import { random } from '@opt/core'
import { diff2, networkClient } from '@opt/diff2'
import { mlp } from '@opt/nn'

const rng = random(1)
const network = mlp({ sizes: [3, 1], loss: 'logistic' })
const clients = [0, 1, 2].map((p) => {
  const points = Array.from({ length: 800 }, () => [rng.normal() + p / 3, rng.normal()])
  return networkClient(network, points.map(([a, b]) => [a, b, a * b]), points.map(([a, b]) => (a * b > 0 ? 1 : 0)))
})
const { x, privacy } = diff2(clients, network.parameters, {
  epsilon: ${epsilon}, delta: 1e-5, rounds: 80, restart: ${restart},
  clipGradient: ${clip}, clipDifference: ${CLIP_DIFFERENCE}, learningRate: ${RATE},
})
console.log(x.length, privacy.statement)`,
}
export default demo
