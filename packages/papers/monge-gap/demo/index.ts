import { type ControlValues, type Demo, type Frame, type Random, random } from '@opt/core'
import { pointSeries } from '@opt/core/experiment'
import {
  type Cost,
  euclidean,
  euclideanP,
  exactMongeGap,
  geodesic,
  learnMap,
  pNormP,
  sqEuclidean,
} from '@opt/monge-gap'
import { mlp } from '@opt/nn'
import { Adam, linearDecay } from '@opt/optimizers'

const STEPS = 300
const EVERY = 5
/** Points around each point of a control. */
const AROUND = 4
/** Dots along a path. */
const DOTS = Array.from({ length: 13 }, (_, k) => (k + 2) / 16)

const COSTS: Record<string, () => Cost> = {
  'squared distance': sqEuclidean,
  distance: euclidean,
  'distance to the power 1.5': () => euclideanP(1.5),
  'sum over coordinates': () => pNormP(1),
}

type Points = [number, number][]

const clouds = (centres: Points, rng: Random): number[][] =>
  centres.flatMap(([u, v]) => Array.from({ length: AROUND }, () => [u + 0.03 * rng.normal(), v + 0.03 * rng.normal()]))

/** The square as a part of the unit sphere, seen from above its middle. */
function onSphere([u, v]: number[]): number[] {
  const [x, y] = [1.3 * (u - 0.5), 1.3 * (v - 0.5)]
  return [x, y, Math.sqrt(Math.max(0, 1 - x * x - y * y))].map(
    (c, _, p) => c / Math.sqrt(p.reduce((s, w) => s + w * w, 0)),
  )
}

function settings({ from, to, cost, strength, surface }: ControlValues) {
  const rng = random(1)
  const [x, z] = [clouds(from as Points, rng), clouds(to as Points, rng)]
  const sphere = surface === 'globe'
  return {
    x: sphere ? x.map(onSphere) : x,
    z: sphere ? z.map(onSphere) : z,
    d: sphere ? 3 : 2,
    cost: sphere ? geodesic(cost === 'distance' ? 1 : 2) : COSTS[cost as string](),
    output: sphere ? ('sphere' as const) : ('free' as const),
    strength: strength as number,
  }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  const { x, z, d, cost, output, strength } = settings(values)
  const network = mlp({
    sizes: [d, 32, 32, d],
    activation: 'tanh',
    initialization: 'lecun',
    loss: 'squared',
    seed: 3,
    batch: x.length,
  })
  const optimizer = new Adam(network.parameters, { learningRate: linearDecay(0.02, STEPS) })
  const options = {
    cost,
    output,
    strength,
    optimizer,
    steps: STEPS,
    fittingCost: output === 'sphere' ? cost : undefined,
  }
  const steps: number[] = []
  const fits: number[] = []
  const gaps: number[] = []
  for (const { step, fit } of learnMap.steps(network, x, z, options)) {
    if (step % EVERY !== 0 && step !== 1) continue
    const now = network.predict(x)
    const y = x.map((_, i) => {
      const row = Array.from(now.subarray(i * d, (i + 1) * d))
      const norm = output === 'sphere' ? Math.sqrt(row.reduce((s, v) => s + v * v, 0)) : 1
      return row.map((v) => v / norm)
    })
    const { gap, displacement, best } = exactMongeGap(x, y, { cost })
    steps.push(step)
    fits.push(Math.max(fit, 1e-5))
    gaps.push(Math.max(gap, 1e-5))
    const costly = x.map((_, j) => best[j] !== j && gap > 0.001 * displacement)
    const dots = (chosen: (j: number) => boolean) =>
      x.flatMap((p, j) => (chosen(j) ? DOTS.map((t) => p.map((v, k) => v + t * (y[j][k] - v))) : []))
    yield {
      figures: [
        {
          kind: 'scatter',
          title: 'The map',
          caption: 'A path costs too much when the best pairing of the same points has another partner for it.',
          x: { label: '' },
          y: { label: '' },
          series: [
            pointSeries('x', x),
            pointSeries('z', z),
            pointSeries('T(x)', y),
            pointSeries(
              'paths',
              dots((j) => !costly[j]),
            ),
            pointSeries(
              'paths that cost too much',
              dots((j) => costly[j]),
            ),
          ],
        },
        {
          kind: 'line',
          title: 'Fit and gap',
          x: { label: 'step' },
          y: { label: 'in units of the cost', scale: 'log' },
          series: [
            { label: 'fit: distance of T(x) from z', x: [...steps], y: [...fits] },
            { label: 'gap: what the map pays above the best pairing', x: [...steps], y: [...gaps] },
          ],
        },
      ],
      readout: [
        ['step', String(step)],
        ['fit', fit.toPrecision(2)],
        ['gap', gap < 1e-6 ? '0' : gap.toPrecision(2)],
      ],
      progress: step / STEPS,
    }
  }
}

const ring = (count: number, u: number, v: number, radius: number): Points =>
  Array.from({ length: count }, (_, k) => {
    const [c, s] = [
      [1, 0],
      [0.5, 0.87],
      [-0.5, 0.87],
      [-1, 0],
      [-0.5, -0.87],
      [0.5, -0.87],
    ][k % 6]
    return [u + radius * c, v + radius * s]
  })

const CODE_OF_COSTS: Record<string, string> = {
  'squared distance': 'sqEuclidean()',
  distance: 'euclidean()',
  'distance to the power 1.5': 'euclideanP(1.5)',
  'sum over coordinates': 'pNormP(1)',
}

function codeOf({ from, to, cost, strength, surface }: ControlValues): string {
  const sphere = surface === 'globe'
  const call = sphere ? `geodesic(${cost === 'distance' ? 1 : 2})` : CODE_OF_COSTS[cost as string]
  const points = (centres: Points) => `[${centres.map(([u, v]) => `[${u.toFixed(3)}, ${v.toFixed(3)}]`).join(', ')}]`
  return `import { random } from '@opt/core'
import { ${[call.split('(')[0], 'exactMongeGap', 'learnMap'].sort().join(', ')} } from '@opt/monge-gap'
import { mlp } from '@opt/nn'

const rng = random(1)
const around = (centres) =>
  centres.flatMap(([u, v]) =>
    Array.from({ length: ${AROUND} }, () => [u + 0.03 * rng.normal(), v + 0.03 * rng.normal()]),
  )
${
  sphere
    ? `const place = ([u, v]) => {
  const [a, b] = [1.3 * (u - 0.5), 1.3 * (v - 0.5)]
  return [a, b, Math.sqrt(Math.max(0, 1 - a * a - b * b))].map((c, _, p) => c / Math.hypot(...p))
}
`
    : ''
}const x = around(${points(from as Points)})${sphere ? '.map(place)' : ''}
const z = around(${points(to as Points)})${sphere ? '.map(place)' : ''}

const [d, cost] = [x[0].length, ${call}]
const network = mlp({ sizes: [d, 32, 32, d], activation: 'tanh', loss: 'squared' })
const options = { cost, strength: ${strength}, steps: ${STEPS}${sphere ? ", output: 'sphere', fittingCost: cost" : ''} }
const { map, fit } = learnMap(network, x, z, options)
console.log('fit', fit.toFixed(4), 'exact gap', exactMongeGap(x, map(x), { cost }).gap.toFixed(4))
`
}

const demo: Demo = {
  title: 'A map that fits is not yet the cheapest one',
  intro:
    'A small network learns to move one cloud onto the other. Set the strength of the Monge gap to 0: the clouds still match, but paths cross. Drag the points, change the cost, or go to the globe.',
  controls: [
    { kind: 'points', name: 'from', label: 'x, to be moved', value: ring(6, 0.25, 0.7, 0.15) },
    { kind: 'points', name: 'to', label: 'z, the target', value: ring(6, 0.7, 0.3, 0.2) },
    { kind: 'range', name: 'strength', label: 'strength of the gap', min: 0, max: 3, step: 0.1, value: 1 },
    { kind: 'choice', name: 'cost', label: 'cost of a path', options: Object.keys(COSTS), value: 'squared distance' },
    { kind: 'choice', name: 'surface', label: 'where', options: ['plane', 'globe'], value: 'plane' },
  ],
  run,
  code: codeOf,
}
export default demo
