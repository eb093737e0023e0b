import { type ControlValues, type Demo, type Frame, random } from '@opt/core'
import { laboratory, type SmoothedProfile, smoothedProfile } from '@opt/info-bounds'
import { type DenseNetwork, mlp, train } from '@opt/nn'
import { Adam } from '@opt/optimizers'
import { blurred, drawDigits, moved, noisy, SIDE } from './glyphs.ts'

const DIGITS = 'a shifted batch of digits'
const LABORATORY = 'the exact laboratory'

let trained: DenseNetwork | undefined

/** A network that is trained once. */
function network(): DenseNetwork {
  if (trained) return trained
  const { inputs, labels } = drawDigits(600, random(1))
  trained = mlp({ sizes: [64, 16, 8, 4, 10], activation: 'tanh', initialization: 'glorot', seed: 1 })
  const optimizer = new Adam(trained.parameters, { learningRate: 6e-3 })
  train(trained, { inputs, targets: labels }, { optimizer, steps: 800, batchSize: 32 })
  return trained
}

const grey = (picture: Float64Array) => Uint8Array.from(picture, (pixel) => 255 * (1 - pixel))

function* digits(values: ControlValues): Generator<Frame, void, void> {
  const [noise, blur, move, epsilon] = ['noise', 'blur', 'move', 'epsilon'].map((name) => values[name] as number)
  const withLabels = values.labels as boolean
  const reference = drawDigits(200, random(2))
  const fresh = drawDigits(200, random(3))
  const rng = random(4)
  const batch = {
    ...fresh,
    inputs: fresh.inputs.map((picture) => noisy(moved(blurred(picture, blur), move), noise, rng)),
  }
  const settings = { noise: epsilon, components: 1200, draws: withLabels ? 1000 : 500, labels: withLabels }
  const certificate = smoothedProfile(network(), reference, batch, settings)
  const unshifted = smoothedProfile(network(), reference, fresh, settings)
  yield {
    figures: [
      {
        kind: 'images',
        title: 'Before and after',
        images: [0, 3, 8].flatMap((i) =>
          [fresh, batch].map(({ inputs }) => ({
            width: SIDE,
            height: SIDE,
            channels: 1 as const,
            data: grey(inputs[i]),
          })),
        ),
      },
      bars(certificate, unshifted),
    ],
    readout: [
      ['total variation, last hidden layer', certificate.layers.at(-1)!.totalVariation.toFixed(3)],
      ['the same of an unshifted batch', unshifted.layers.at(-1)!.totalVariation.toFixed(3)],
      ...(withLabels
        ? ([
            [
              'error of the noisy network',
              `${certificate.errorA!.toFixed(3)}, on the batch ${certificate.errorB!.toFixed(3)}`,
            ],
            ['it can change by at most', `${certificate.bound.toFixed(3)} (95 % sure)`],
          ] as [string, string][])
        : ([['bound of the error', 'none without labels']] as [string, string][])),
      ['not shown', 'memorisation: this measures samples, not training'],
    ],
    progress: 1,
  }
}

function bars({ layers, difference }: SmoothedProfile, unshifted: SmoothedProfile): Frame['figures'][number] {
  const x = layers.map(({ width }, l) => `${l + 1}: ${width} units`)
  return {
    kind: 'bar',
    title: 'How much the error can change',
    caption: 'As a bound the funnel is always the last layer: each layer bounds all that is computed from it.',
    x: { label: 'hidden layer' },
    y: { label: 'share of pictures' },
    series: [
      { label: 'total variation', x, y: layers.map(({ totalVariation }) => totalVariation) },
      { label: 'of an unshifted batch', x, y: unshifted.layers.map(({ totalVariation }) => totalVariation) },
      ...(difference === undefined ? [] : [{ label: 'change of the error', x, y: x.map(() => Math.abs(difference)) }]),
    ],
  }
}

const shapeOf = ({ width, depth }: ControlValues): number[] => {
  // Two units a layer have 4^4 times as many weights with each layer.
  const layers = width === 2 ? Math.min(3, depth as number) : (depth as number)
  return [2, ...new Array<number>(layers - 1).fill(width as number), 1]
}

const POINTS = [-1, 1].flatMap((x1) => [-1, 1].flatMap((x2) => [-1, 1].map((y) => ({ x: [x1, x2], y }))))
/** The label is x_1, flipped with probability 0.15. */
const PROBABILITIES = POINTS.map(({ x, y }, z) => [0.2, 0.3, 0.3, 0.2][z >> 1] * (x[0] === y ? 0.85 : 0.15))

function* exact(values: ControlValues): Generator<Frame, void, void> {
  const widths = shapeOf(values)
  const found = laboratory({
    points: POINTS,
    probabilities: PROBABILITIES,
    widths,
    values: [-1, 1],
    beta: 6,
    samples: 3,
    noise: 'dropout',
    drop: values.drop as number,
  })
  const x = found.divergences.map((_, l) => l)
  yield {
    figures: [
      {
        kind: 'line',
        title: 'The gap and its bounds, exactly',
        caption:
          'Contraction in the worst case tells something at this width only: dropout of 0.5 on 64 units has the coefficient 1 - 5e-20.',
        x: { label: 'layer (0: the inputs)' },
        y: { label: 'gap' },
        series: [
          { label: 'sqrt(D / 2)', x, y: found.bounds },
          { label: 'by contraction', x, y: found.contracted.map((d) => Math.sqrt(d / 2)), dashed: true },
          { label: 'gap', x, y: x.map(() => found.gap) },
        ],
      },
    ],
    readout: [
      ['network', widths.join('-')],
      ['gap', found.gap.toFixed(4)],
      ['least bound', found.bounds.at(-1)!.toFixed(4)],
      ['test loss (0.5 is chance)', found.testLoss.toFixed(3)],
      ['product of contraction coefficients', found.coefficients.reduce((all, eta) => all * eta, 1).toFixed(3)],
    ],
    progress: 1,
  }
}

const demo: Demo = {
  title: 'Has my data shifted?',
  intro:
    'Move noise, blur or place of the digits: the bars say by how much the error of the network can change at most, layer by layer, and how much it does. Or open the laboratory, where deeper networks with dropout have a smaller gap and a worse test loss.',
  controls: [
    { kind: 'range', name: 'noise', label: 'noise of the pixels', min: 0, max: 0.6, step: 0.05, value: 0.2 },
    { kind: 'range', name: 'blur', label: 'blur', min: 0, max: 1, step: 0.1, value: 0.3 },
    { kind: 'range', name: 'move', label: 'move to the right', min: 0, max: 1, step: 0.1, value: 0.2 },
    { kind: 'range', name: 'epsilon', label: 'noise of the certificate', min: 0.1, max: 0.6, step: 0.05, value: 0.3 },
    { kind: 'toggle', name: 'labels', label: 'the batch has labels', value: true },
    { kind: 'choice', name: 'view', label: 'show', options: [DIGITS, LABORATORY], value: DIGITS },
    { kind: 'range', name: 'width', label: 'laboratory: width', min: 1, max: 2, step: 1, value: 1 },
    { kind: 'range', name: 'depth', label: 'laboratory: depth', min: 1, max: 6, step: 1, value: 3 },
    { kind: 'range', name: 'drop', label: 'laboratory: dropout', min: 0, max: 0.6, step: 0.05, value: 0.3 },
  ],
  run: (values) => (values.view === DIGITS ? digits(values) : exact(values)),
  code: (values) =>
    values.view === DIGITS
      ? `import { random } from '@opt/core'
import { smoothedProfile } from '@opt/info-bounds'
import { mlp, train } from '@opt/nn'
import { Adam } from '@opt/optimizers'

// Put your own network and samples here.
const rng = random(1)
const sample = (noise) => {
  const labels = Array.from({ length: 200 }, (_, i) => i % 2)
  return { inputs: labels.map((y) => [y + rng.normal(0, 0.3 + noise), rng.normal()]), labels }
}
const known = sample(0)
const network = mlp({ sizes: [2, 8, 4, 2], activation: 'tanh', seed: 1 })
const optimizer = new Adam(network.parameters, { learningRate: 0.01 })
train(network, { inputs: known.inputs, targets: known.labels }, { optimizer, steps: 300, batchSize: 20 })

const options = { noise: ${values.epsilon}, labels: ${values.labels} }
const { layers${values.labels ? ', bound, difference' : ''} } = smoothedProfile(network, sample(0), sample(${values.noise}), options)
for (const { totalVariation } of layers) console.log('total variation', totalVariation.toFixed(3))
${values.labels ? "console.log('the error changes by', difference.toFixed(3), 'and by at most', bound.toFixed(3))" : "console.log('without labels nothing bounds the error')"}
`
      : `import { laboratory } from '@opt/info-bounds'

const points = [-1, 1].flatMap((a) => [-1, 1].flatMap((b) => [-1, 1].map((y) => ({ x: [a, b], y }))))
const probabilities = points.map(({ x, y }, z) => [0.2, 0.3, 0.3, 0.2][z >> 1] * (x[0] === y ? 0.85 : 0.15))
const { gap, bounds, testLoss } = laboratory({
  points, probabilities, widths: [${shapeOf(values).join(', ')}], values: [-1, 1],
  beta: 6, samples: 3, noise: 'dropout', drop: ${values.drop},
})
console.log('gap', gap, 'bounds', bounds.join(' '), 'test loss', testLoss)
`,
}
export default demo
