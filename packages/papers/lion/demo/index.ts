import { type ControlValues, cos, type Demo, type Figure, type Frame, sin } from '@opt/core'
import * as lion from '@opt/lion'

const STEPS = 900
const RATE = 0.01
/** The plane shown: the unit square of the control, stretched to -3..3. */
const SPAN = 3
const E = 0.2

interface Choice {
  make: () => lion.ConvexFunction
  code: string
  /** lambda times a point inside the set, from which its outline is drawn. */
  centre: [number, number]
}

const at0: [number, number] = [0, 0]
const KERNELS: Record<string, Choice> = {
  'l1: box (Lion)': { make: lion.l1, code: 'l1()', centre: at0 },
  'l2: disc': { make: () => lion.lp(2), code: 'lp(2)', centre: at0 },
  'l1.5: rounded box': { make: () => lion.lp(1.5), code: 'lp(1.5)', centre: at0 },
  'linf: diamond': { make: lion.linf, code: 'linf()', centre: at0 },
  'deadzone: box, sparse': { make: () => lion.deadzone(E), code: `deadzone(${E})`, centre: at0 },
  'huber: box, ridge': { make: () => lion.huber(E), code: `huber(${E})`, centre: at0 },
  'pseudohuber: smooth': { make: () => lion.pseudohuber(E), code: `pseudohuber(${E})`, centre: at0 },
  'logcosh: entropic box': { make: () => lion.logcosh(E), code: `logcosh(${E})`, centre: at0 },
  'relu: positive box': { make: lion.relu, code: 'relu()', centre: [0.5, 0.5] },
  'squared: no set': { make: lion.squared, code: 'squared()', centre: at0 },
}

const plane = ([u, v]: [number, number]): [number, number] => [SPAN * (2 * u - 1), SPAN * (2 * v - 1)]

interface Line {
  x: number[]
  y: number[]
}

interface Setting {
  kernel: lion.ConvexFunction
  choice: Choice
  weightDecay: number
  minimum: [number, number]
  start: [number, number]
}

function settingOf(values: ControlValues): Setting {
  const choice = KERNELS[values.kernel as string]
  const [minimum, start] = (values.points as [number, number][]).map(plane)
  return { choice, kernel: choice.make(), weightDecay: values.lambda as number, minimum, start }
}

/** A tilted bowl. */
const bowl = ([a, b]: [number, number]): lion.Objective => ({
  value: ([x, y]) => 0.5 * (x - a) * (x - a) + (y - b) * (y - b) + 0.4 * (x - a) * (y - b),
  gradient: ([x, y], out) => {
    out[0] = x - a + 0.4 * (y - b)
    out[1] = 2 * (y - b) + 0.4 * (x - a)
  },
})

/** The outline of {x : K*(lambda x) is finite}. */
function outline({ kernel, choice, weightDecay }: Setting): Line {
  const [x, y]: number[][] = [[], []]
  if (kernel.name === 'squared') return { x, y }
  const [a, b] = choice.centre
  for (let k = 0; k <= 240; k++) {
    const angle = (2 * Math.PI * k) / 240
    let [low, high] = [0, 2]
    for (let i = 0; i < 40; i++) {
      const r = (low + high) / 2
      if (kernel.violation(Float64Array.of(a + r * cos(angle), b + r * sin(angle))) > 0) high = r
      else low = r
    }
    x.push((a + low * cos(angle)) / weightDecay)
    y.push((b + low * sin(angle)) / weightDecay)
  }
  return { x, y }
}

interface Track {
  set: Line
  outside: Line
  inside: Line
  steps: number[]
  H: number[]
  delta1: number[]
  delta2: number[]
}

function frame(setting: Setting, track: Track, step: number, readout: Frame['readout']): Frame {
  const { minimum, start } = setting
  const path: Figure = {
    kind: 'line',
    title: 'The path',
    x: { label: 'x1' },
    y: { label: 'x2' },
    series: [
      { label: 'constraint set', ...track.set },
      { label: 'phase 1: outside', ...track.outside },
      { label: 'phase 2: inside', ...track.inside },
      { label: 'start to unconstrained minimum', x: [start[0], minimum[0]], y: [start[1], minimum[1]], dashed: true },
    ],
  }
  const { steps: x, H, delta1, delta2 } = track
  const lyapunov: Figure = {
    kind: 'line',
    title: 'The Lyapunov function and its decrease terms (infinite outside)',
    x: { label: 'step' },
    y: { label: 'H, and the two terms' },
    series: [
      { label: 'H', x, y: H },
      { label: 'H falls by at least: term 1', x, y: delta1 },
      { label: 'term 2', x, y: delta2 },
    ],
  }
  return { figures: [path, lyapunov], readout, progress: step / STEPS }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const setting = settingOf(values)
  const { kernel, weightDecay, minimum, start } = setting
  const objective = bowl(minimum)
  const constants = { kernel, weightDecay, learningRate: RATE }
  const gradient = new Float64Array(2)
  let x: Float64Array = Float64Array.from(start)
  let m: Float64Array = new Float64Array(2)
  const track: Track = {
    set: outline(setting),
    outside: { x: [], y: [] },
    inside: { x: [], y: [] },
    steps: [],
    H: [],
    delta1: [],
    delta2: [],
  }
  for (let step = 0; step <= STEPS; step++) {
    objective.gradient(x, gradient)
    const H = lion.lyapunov({ f: objective.value(x), x, m }, constants)
    const next = lion.lyapunovStep({ x, m, gradient }, constants)
    const violation = lion.constraintViolation(x, constants)
    const leg = violation > 1e-3 ? track.outside : track.inside
    leg.x.push(x[0])
    leg.y.push(x[1])
    if (H < Infinity) {
      track.steps.push(step)
      track.H.push(H)
      track.delta1.push(RATE * next.delta1)
      track.delta2.push(RATE * next.delta2)
    }
    if (step % 15 === 0)
      yield frame(setting, track, step, [
        ['step', String(step)],
        ['violation', violation.toExponential(1)],
        ['f', objective.value(x).toFixed(4)],
        ['x', `${x[0].toFixed(3)}, ${x[1].toFixed(3)}`],
      ])
    x = next.x
    m = next.m
  }
}

const demo: Demo = {
  title: 'Lion dives into its set, then slides to the constrained optimum',
  intro:
    'Move the start (first point) and the minimum of the loss (second point), turn the weight decay lambda, and choose K: the set is where K*(lambda x) is finite. Outside, any gradient will do: the path enters exponentially fast. Inside, the Lyapunov function takes over.',
  controls: [
    {
      kind: 'points',
      name: 'points',
      label: 'start, minimum',
      value: [
        [0.08, 0.85],
        [0.85, 0.62],
      ],
    },
    { kind: 'range', name: 'lambda', label: 'weight decay lambda', min: 0.4, max: 3, step: 0.05, value: 1 },
    { kind: 'choice', name: 'kernel', label: 'K', options: Object.keys(KERNELS), value: 'l1: box (Lion)' },
  ],
  run,
  code(values) {
    const { choice, weightDecay, minimum, start } = settingOf(values)
    const [a, b] = minimum.map((v) => Number(v.toFixed(3)))
    const name = choice.code.slice(0, choice.code.indexOf('('))
    return `import { LionK, ${name} } from '@opt/lion'

const x = Float64Array.of(${start.map((v) => v.toFixed(3)).join(', ')})
const optimizer = new LionK(x, { kernel: ${choice.code}, learningRate: ${RATE}, weightDecay: ${weightDecay}, implicit: true })
for (let step = 0; step < ${STEPS}; step++) {
  const [u, v] = [x[0] - ${a}, x[1] - ${b}]
  optimizer.step(Float64Array.of(u + 0.4 * v, 2 * v + 0.4 * u))
}
console.log(x)
`
  },
}
export default demo
