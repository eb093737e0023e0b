import { type ControlValues, cos, type Demo, type Figure, type Frame, type Random, random, sin } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'
import {
  ball,
  type Domain,
  type Environment,
  environments,
  type Learner,
  ogd,
  type PlayReport,
  play,
  seaConvex,
  seaDynamic,
  simplex,
} from '@opt/sea-omd'
import ndarray from 'ndarray'

const ROUNDS = 1500
const EVERY = 15
const PUSH = 2
const TAIL = 40

/** A domain and its place in the plane. */
interface Stage {
  domain: Domain
  plane(x: ArrayLike<number>): [number, number]
  /** Returns the point at a place of the plane. */
  place(u: number, v: number): number[]
  outline: [number, number][]
}

function stageOf(name: string): Stage {
  if (name === 'triangle') {
    const plane = (x: ArrayLike<number>): [number, number] => [x[1] + x[2] / 2 - 0.5, (x[2] * Math.sqrt(3)) / 2 - 0.289]
    const place = (u: number, v: number) => {
      const top = (v + 0.289) / (Math.sqrt(3) / 2)
      const right = u + 0.5 - top / 2
      return [1 - top - right, right, top]
    }
    const corners = [0, 1, 2, 0].map((k) => plane([0, 1, 2].map((i) => (i === k ? 1 : 0))))
    return { domain: simplex({ dimension: 3 }), plane, place, outline: corners }
  }
  return {
    domain: ball({ dimension: 2 }),
    plane: (x) => [x[0], x[1]],
    place: (u, v) => [u, v],
    outline: Array.from({ length: 61 }, (_, k) => [cos((Math.PI * k) / 30), sin((Math.PI * k) / 30)]),
  }
}

function direction(rng: Random, length: number, dimension: number): number[] {
  const z = Array.from({ length: dimension }, () => rng.normal())
  const norm = Math.sqrt(z.reduce((sum, v) => sum + v * v, 0))
  return z.map((v) => (length * v) / norm)
}

/** F_t = ||x - c_t||^2 / 2; c_t circles, may jump half-way, and an adversary pushes it aside in some rounds. */
function worldOf(
  { domain, place }: Stage,
  { noise, speed, corruption, jump }: ControlValues,
  rng: Random,
): Environment {
  const d = domain.dimension
  const radius = domain.kind === 'ball' ? 0.7 : 0.2
  const targets = ndarray(new Float64Array(ROUNDS * d), [ROUNDS, d])
  const xi = ndarray(new Float64Array(ROUNDS * d), [ROUNDS, d])
  for (let t = 0; t < ROUNDS; t++) {
    const angle = ((speed as number) * t) / 100 + (jump && t >= ROUNDS / 2 ? Math.PI : 0)
    const push = rng.uniform() < (corruption as number) ? PUSH : 0
    place(radius * cos(angle), radius * sin(angle)).forEach((v, i) => {
      targets.set(t, i, v + (i === 0 ? push : 0))
    })
    direction(rng, noise as number, d).forEach((v, i) => {
      xi.set(t, i, v)
    })
  }
  return environments.quadratic({ name: 'demo', domain, curvature: new Array(d).fill(1), targets, noise: xi })
}

interface Player {
  learner: Learner
  steps: Iterator<PlayReport, unknown>
  path: [number, number][]
  reports: PlayReport[]
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const stage = stageOf(values.domain as string)
  const world = worldOf(stage, values, random(1))
  const { domain, G, L } = world
  const learners = [seaConvex({ domain, G, L }), ogd({ domain, G }), seaDynamic({ domain, G, L, horizon: ROUNDS })]
  const players = learners.map((learner): Player => {
    const steps = play.steps(learner, world, { every: EVERY })
    return { learner, steps, path: [stage.plane(learner.predict())], reports: [] }
  })
  const pool = learners[2] as ReturnType<typeof seaDynamic>
  for (let t = EVERY; t <= ROUNDS; t += EVERY) {
    for (const { learner, steps, path, reports } of players) {
      reports.push(steps.next().value as PlayReport)
      path.push(stage.plane(learner.predict()))
    }
    yield {
      figures: [board(stage, world, players, t), regrets(players), weights(pool)],
      readout: readout(world, players, t),
      progress: t / ROUNDS,
    }
  }
}

function board({ plane, outline }: Stage, world: Environment, players: Player[], t: number): Figure {
  const goal = Array.from({ length: Math.min(TAIL, t / EVERY) }, (_, k) => {
    const u = world.minimizer!(t - EVERY * k)
    return plane(u)
  }).reverse()
  const x = players[0].learner.predict()
  const g = world.gradient(t, x)
  const arrow = [plane(x), plane(x.map((v, i) => v - 0.25 * g[i]))]
  return {
    kind: 'line',
    title: 'Where they play',
    caption: 'The last stretch of each path; the arrow is a quarter of the step against the gradient.',
    x: { label: '' },
    y: { label: '' },
    series: [
      pointSeries('domain', outline, { dashed: true }),
      pointSeries('minimiser', goal),
      ...players.map(({ learner, path }) => pointSeries(learner.name, path.slice(-TAIL))),
      pointSeries('against the gradient', arrow, { dashed: true }),
    ],
  }
}

function regrets(players: Player[]): Figure {
  const curve = (label: string, { reports }: Player, y: (report: PlayReport) => number | undefined, dashed = false) => {
    const known = reports.filter((report) => y(report) !== undefined)
    return { label, dashed, x: known.map(({ round }) => round), y: known.map((report) => y(report)!) }
  }
  return {
    kind: 'line',
    title: 'Regret against the best fixed point',
    caption:
      'Below zero: better than any fixed point. Dashed: the certificate of seaConvex, an upper bound on its linearised regret, and a tenth of its bound.',
    x: { label: 'round' },
    y: { label: 'regret' },
    series: [
      ...players.map((player) => curve(player.learner.name, player, ({ regret }) => regret)),
      curve('certificate', players[0], ({ certificate }) => certificate, true),
      curve('bound / 10', players[0], ({ bound }) => (bound === undefined ? undefined : bound / 10), true),
    ],
  }
}

function weights(pool: ReturnType<typeof seaDynamic>): Figure {
  return {
    kind: 'bar',
    title: 'Weights of the dynamic learner’s step sizes',
    x: { label: 'step' },
    y: { label: 'weight' },
    series: [{ label: 'weight', x: [...pool.pool].map((eta) => eta.toPrecision(2)), y: [...pool.weights()] }],
  }
}

function readout(world: Environment, players: Player[], t: number): [string, string][] {
  const root = (squares: Float64Array) => Math.sqrt(squares.subarray(0, t).reduce((sum, v) => sum + v, 0) / t)
  const last = ({ reports }: Player) => reports[reports.length - 1]
  return [
    ['round', String(t)],
    ['noise a round (sigma)', root(world.noise).toFixed(3)],
    ['motion a round (Sigma)', root(world.drift).toFixed(3)],
    ...players.map((player): [string, string] => [
      `${player.learner.name}: dynamic regret`,
      last(player).dynamicRegret!.toFixed(1),
    ]),
    ['certificate of seaConvex', last(players[0]).certificate!.toFixed(1)],
  ]
}

const demo: Demo = {
  title: 'Between noise and malice',
  intro:
    'A target moves, gradients are noisy, an adversary pushes. With little noise the optimistic learner stays close to the target; with noisy gradients plain gradient descent catches up.',
  controls: [
    { kind: 'choice', name: 'domain', label: 'domain', options: ['disc', 'triangle'], value: 'disc' },
    { kind: 'range', name: 'noise', label: 'noise', min: 0, max: 3, step: 0.05, value: 0.3 },
    { kind: 'range', name: 'speed', label: 'speed of the target', min: 0, max: 5, step: 0.1, value: 1 },
    { kind: 'range', name: 'corruption', label: 'share of corrupted rounds', min: 0, max: 0.5, step: 0.01, value: 0 },
    { kind: 'toggle', name: 'jump', label: 'jump half-way', value: true },
  ],
  run,
  code: ({ domain, noise, speed, corruption, jump }) => {
    const disc = domain === 'disc'
    const place = disc
      ? '[0.7 * cos(angle), 0.7 * sin(angle)]'
      : '((top, right) => [1 - top - right, right, top])((0.2 * sin(angle) + 0.289) / (Math.sqrt(3) / 2), 0.2 * cos(angle) + 0.5 - (0.2 * sin(angle) + 0.289) / Math.sqrt(3))'
    return `import { cos, random, sin } from '@opt/core'
import { ${disc ? 'ball' : 'simplex'}, environments, play, seaConvex } from '@opt/sea-omd'
import ndarray from 'ndarray'

const [T, d] = [${ROUNDS}, ${disc ? 2 : 3}]
const [rng, targets, noise] = [random(1), new Float64Array(T * d), new Float64Array(T * d)]
for (let t = 0; t < T; t++) {
  const angle = (${speed} * t) / 100${jump ? ' + (t >= T / 2 ? Math.PI : 0)' : ''}
  targets.set(${place}, t * d)
  if (rng.uniform() < ${corruption}) targets[t * d] += ${PUSH}
  const z = Array.from({ length: d }, () => rng.normal())
  noise.set(z.map((v) => (${noise} * v) / Math.sqrt(z.reduce((sum, w) => sum + w * w, 0))), t * d)
}
const rows = (data) => ndarray(data, [T, d])
const domain = ${disc ? 'ball({ dimension: d })' : 'simplex({ dimension: d })'}
const world = environments.quadratic({ name: 'demo', domain, curvature: Array(d).fill(1), targets: rows(targets), noise: rows(noise) })
const { dynamicRegret, certificate } = play(seaConvex({ domain, G: world.G, L: world.L }), world)
console.log('dynamic regret', dynamicRegret, 'certificate', certificate)
`
  },
}
export default demo
