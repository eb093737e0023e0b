import type { ControlValues, Demo, Figure, Frame, Image } from '@opt/core'
import {
  type Activation,
  activation,
  DeepNTKClassifier,
  ntk,
  optimalActivation,
  taxonomy,
  toSphere,
} from '@opt/ntk-classifiers'

/** Directions in the octant and their classes: a small group amid a large one. */
const POINTS: [number, number, number, number][] = [
  [1, 0.1, 0.1, 1],
  [0.8, 0.5, 0.1, 1],
  [0.9, 0.1, 0.6, 1],
  [0.1, 1, 0.2, 1],
  [0.3, 0.9, 0.4, 1],
  [0.6, 0.7, 0.2, 1],
  [0.1, 0.8, 0.7, 1],
  [0.7, 0.4, 0.7, 1],
  [0.5, 0.4, 0.8, -1],
  [0.2, 0.2, 1, -1],
  [0.3, 0.6, 0.8, -1],
  [0.9, 0.4, 0.3, -1],
  [0.1, 0.4, 0.9, -1],
]
const NAMES = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5']
const SIZE = 64

const coefficients = (values: ControlValues) => NAMES.map((name) => values[name] as number)
const activationOf = (values: ControlValues): Activation =>
  values.preset === 'optimal, d = 2' ? optimalActivation(2) : activation({ hermite: coefficients(values) })
const depthOf = ({ depth, infinite }: ControlValues) => (infinite ? Infinity : (depth as number))

/** The dual, the diagonal, and the path of S over the first layers from x.x' = 0.9. */
function dualFigure(f: Activation): Figure {
  const s = Array.from({ length: 101 }, (_, k) => k / 100)
  const path = { x: [0.9], y: [0.9] }
  for (let l = 0; l < 12; l++) {
    const from = path.x.at(-1)!
    const to = f.dual(from)
    path.x.push(from, to)
    path.y.push(to, to)
  }
  return {
    kind: 'line',
    title: 'The dual D(S), and S over the layers from 0.9',
    x: { label: 'S' },
    y: { label: 'D(S)' },
    series: [
      { label: 'D', x: s, y: s.map((v) => f.dual(v)) },
      { label: 'S', x: s, y: s, dashed: true },
      { label: 'layers', ...path },
    ],
  }
}

function shapeFigure(f: Activation): Figure {
  const z = Array.from({ length: 121 }, (_, k) => -3 + k / 20)
  const series = [{ label: 'phi', x: z, y: z.map((v) => f.value(v)) }]
  return { kind: 'line', title: 'The activation', x: { label: 'z' }, y: { label: 'phi(z)' }, series }
}

/** The three numbers that decide, beside those of the corners of the taxonomy. */
function numbersFigure(f: Activation): Figure {
  const labels = ['A', "A'", "B'"]
  const y = [f.mean, f.derivativeMean, f.derivativeSecondMoment]
  return {
    kind: 'bar',
    title: "A, A' and B'",
    x: { label: '' },
    y: { label: '' },
    series: [{ label: 'value', x: labels, y }],
  }
}

/** ln of K / K(1) over the depth for three pairs. */
function kernelFigure(f: Activation): Figure {
  const depths = [0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 100]
  const delta = [0, 0.01, 0.1, 0.5]
  const logs = depths.map((depth) => ntk(f, { depth, delta }).logKernel)
  return {
    kind: 'line',
    title: "log K(x, x') / K(x, x)",
    x: { label: 'depth' },
    y: { label: 'log' },
    series: [1, 2, 3].map((k) => ({
      label: `x.x' = ${1 - delta[k]}`,
      x: depths,
      y: logs.map((row) => Math.max(-100, row[k] - row[0])),
    })),
  }
}

/** The octant from the front: x to the right, y up, z towards the reader. */
function* picture(predict: (rows: number[][]) => number[]): Generator<{ image: Image; done: number }> {
  const data = new Uint8Array(SIZE * SIZE * 3).fill(255)
  const colours = { '1': [86, 140, 200], '-1': [235, 150, 70] }
  for (let block = 0; block < SIZE; block += 16) {
    const pixels: number[] = []
    const rows: number[][] = []
    for (let at = block * SIZE; at < (block + 16) * SIZE; at++) {
      const [x, y] = [((at % SIZE) + 0.5) / SIZE, 1 - (Math.floor(at / SIZE) + 0.5) / SIZE]
      if (x * x + y * y >= 1) continue
      pixels.push(at)
      rows.push([x, y, Math.sqrt(1 - x * x - y * y)])
    }
    if (rows.length > 0) predict(rows).forEach((label, k) => data.set(colours[label > 0 ? '1' : '-1'], 3 * pixels[k]))
    yield { image: { width: SIZE, height: SIZE, channels: 3, data: data.slice() }, done: (block + 16) / SIZE }
  }
  const points = toSphere(
    POINTS.map((point) => point.slice(0, 3)),
    { shift: 'none' },
  )
  for (let i = 0; i < POINTS.length; i++)
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ]) {
      const column = Math.min(SIZE - 1, Math.floor(points.get(i, 0) * SIZE) + dx)
      const row = Math.min(SIZE - 1, Math.floor((1 - points.get(i, 1)) * SIZE) + dy)
      data.set(POINTS[i][3] > 0 ? [20, 50, 110] : [140, 50, 0], 3 * (row * SIZE + column))
    }
  yield { image: { width: SIZE, height: SIZE, channels: 3, data }, done: 1 }
}

function* run(values: ControlValues): Generator<Frame, void, void> {
  if (values.preset !== 'optimal, d = 2' && coefficients(values).every((v) => v === 0)) {
    yield { figures: [], readout: [['phi', 'is 0: raise a coefficient']], progress: 1 }
    return
  }
  const f = activationOf(values)
  const { sentence, degenerate, kind, alpha } = taxonomy(f)
  const depth = depthOf(values)
  const rest = [shapeFigure(f), dualFigure(f), numbersFigure(f), kernelFigure(f)]
  const readout: [string, string][] = [
    ['becomes', kind],
    ['alpha', alpha === undefined ? '-' : alpha.toFixed(3)],
    ['in words', sentence],
  ]
  // A little ridge, since kernels that become constant are singular to rounding.
  const ridge = depth === Infinity && degenerate ? 0 : 1e-7
  const X = toSphere(
    POINTS.map((point) => point.slice(0, 3)),
    { shift: 'none' },
  )
  const y = POINTS.map((point) => point[3])
  const classifier = new DeepNTKClassifier<number>({ activation: f, depth, ridge })
  try {
    classifier.fit(X, y)
  } catch {
    // Affine activations: the variogram of their kriging is linear, too.
    yield { figures: rest, readout: [...readout, ['the kernel', 'is singular for these points']], progress: 1 }
    return
  }
  for (const { image, done } of picture((rows) => classifier.predict(rows)))
    yield {
      figures: [{ kind: 'images', title: `The classifier at depth ${depth}`, images: [image] }, ...rest],
      readout,
      progress: done,
    }
}

const slider = (name: string, value: number) => ({
  kind: 'range' as const,
  name,
  label: `a_${name[1]}`,
  min: -1,
  max: 1,
  step: 0.05,
  value,
})

const demo: Demo = {
  title: 'What depth makes of an activation',
  intro:
    'Drag the depth: the classifier on the sphere becomes the nearest neighbour, the majority vote or a weighted vote, as the coefficients of the activation decide.',
  controls: [
    { kind: 'range', name: 'depth', label: 'depth', min: 1, max: 300, step: 1, log: true, value: 3 },
    { kind: 'toggle', name: 'infinite', label: 'infinite depth', value: false },
    { kind: 'choice', name: 'preset', label: 'activation', options: ['sliders', 'optimal, d = 2'], value: 'sliders' },
    ...[0, 0.6, 0.55, 0.6, 0, 0].map((value, i) => slider(NAMES[i], value)),
  ],
  run,
  code: (values) => {
    const phi =
      values.preset === 'optimal, d = 2'
        ? 'optimalActivation(2)'
        : `activation({ hermite: ${JSON.stringify(coefficients(values))} })`
    return `import { ${phi.split('(')[0]}, DeepNTKClassifier, taxonomy, toSphere } from '@opt/ntk-classifiers'

const phi = ${phi}
console.log(taxonomy(phi).sentence)
const X = toSphere(${JSON.stringify(POINTS.map((point) => point.slice(0, 3)))}, { shift: 'none' })
const y = ${JSON.stringify(POINTS.map((point) => point[3]))}
const classifier = new DeepNTKClassifier({ activation: phi, depth: ${depthOf(values)}, ridge: 1e-7 }).fit(X, y)
console.log(classifier.predict([[0.6, 0.8, 0], [0, 0.6, 0.8]]).join(' '))
`
  },
}
export default demo
