import { type ControlValues, exp, type Figure, type Frame, type Image } from '@opt/core'
import { type DenseNetwork, fgsm, mlp, pgd } from '@opt/nn'
import { AT, DONE } from './digit-networks.ts'

export const CANVAS = 32
const SIDE = 8
const SIZES = [64, 32, 10]
const CLASSES = Array.from({ length: 10 }, (_, c) => String(c))

/** A nine, the rarest class, in strokes as wide as the brush. */
export function nine(): number[] {
  return Array.from({ length: CANVAS * CANVAS }, (_, p) => {
    const [x, y] = [(p % CANVAS) + 0.5, Math.floor(p / CANVAS) + 0.5]
    const ring = Math.abs(Math.hypot(x - 15.5, y - 10.5) - 6)
    const stem = y > 10.5 && y < 29 ? Math.abs(x - 21.5 + (y > 22 ? (y - 22) / 2 : 0)) : Infinity
    return Math.min(ring, stem) < 1.6 ? 255 : 0
  })
}

/**
 * The 8 x 8 pixels, 0..16, of a drawing, made as those of the training set: scaled to the height or the width of the
 * canvas, then the painted pixels of each block of 4 x 4 are counted.
 */
export function blocks(drawing: number[]): number[] {
  const painted = drawing.flatMap((v, p) => (v > 127 ? [[Math.floor(p / CANVAS), p % CANVAS]] : []))
  const counts = new Array<number>(SIDE * SIDE).fill(0)
  if (painted.length === 0) return counts
  const [rows, columns] = [0, 1].map((k) => painted.map((place) => place[k]))
  const [top, left] = [Math.min(...rows), Math.min(...columns)]
  const [height, width] = [Math.max(...rows) + 1 - top, Math.max(...columns) + 1 - left]
  const scale = Math.max(height, width) / CANVAS
  const from = (at: number, first: number, size: number) =>
    Math.floor(first + size / 2 + (at + 0.5 - CANVAS / 2) * scale)
  for (let i = 0; i < CANVAS; i++)
    for (let j = 0; j < CANVAS; j++) {
      const [row, column] = [from(i, top, height), from(j, left, width)]
      if (row < 0 || column < 0 || row >= CANVAS || column >= CANVAS) continue
      if (drawing[row * CANVAS + column] > 127) counts[(i >> 2) * SIDE + (j >> 2)]++
    }
  return counts
}

function load({ parameters }: typeof AT): DenseNetwork {
  const network = mlp({ sizes: SIZES, dtype: 'float32' })
  network.load({ dtype: 'float32', sizes: SIZES, parameters, statistics: [] })
  return network
}

function probabilities(network: DenseNetwork, x: Float64Array): number[] {
  const z = Array.from(network.predict(x))
  const top = Math.max(...z)
  const terms = z.map((v) => exp(v - top))
  const sum = terms.reduce((total, v) => total + v, 0)
  return terms.map((v) => v / sum)
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`

const grey = (x: Float64Array, label: string): Image => ({
  width: SIDE,
  height: SIDE,
  channels: 1,
  data: Array.from(x, (v) => 255 * v),
  label,
})

/** What a network takes the drawing for, and what attacks make of it. */
function judge(network: DenseNetwork, x: Float64Array, epsilon: number) {
  const see = (name: string, point: Float64Array) => {
    const p = probabilities(network, point)
    return { name, point, p, digit: p.indexOf(Math.max(...p)) }
  }
  const drawn = see('as drawn', x)
  const box = { epsilon, lower: 0, upper: 1 }
  return [
    drawn,
    see('FGSM', fgsm(network, x, [drawn.digit], box)),
    see('PGD', pgd(network, x, [drawn.digit], { ...box, steps: 20 })),
  ]
}

export function* runDigit({ epsilon, drawing }: ControlValues): Generator<Frame, void, void> {
  const x = Float64Array.from(blocks(drawing as number[]), (count) => count / 16)
  const figures: Figure[] = []
  const readout: Frame['readout'] = []
  for (const [name, shipped] of Object.entries({ AT, DONE })) {
    const seen = judge(load(shipped), x, epsilon as number)
    figures.push(
      {
        kind: 'images',
        title: `Your digit, attacked on ${name}`,
        images: [
          ...seen.map(({ name, point, digit }) => grey(point, `${name}: ${digit}`)),
          grey(
            seen[2].point.map((v, p) => (1 + (v - x[p]) / (epsilon as number)) / 2),
            'what PGD changed',
          ),
        ],
        caption: `Of digits that it was not trained on it has ${percent(shipped.clean)} right, and ${percent(shipped.strong)} under an attack of epsilon 0.1.`,
      },
      {
        kind: 'bar',
        title: `What ${name} takes it for`,
        x: { label: 'digit' },
        y: { label: 'probability' },
        series: seen.map(({ name, p }) => ({ label: name, x: CLASSES, y: p })),
      },
    )
    readout.push([name, seen.map(({ name, p, digit }) => `${name} ${digit} (${percent(p[digit])})`).join(', ')])
  }
  yield { figures, readout, progress: 1 }
}

export function digitCode({ epsilon, drawing }: ControlValues): string {
  return `import { random } from '@opt/core'
import { digits } from '@opt/datasets'
import { robustReport, trainRobust } from '@opt/dr-adversarial'
import { fgsm, mlp, pgd } from '@opt/nn'

// Digits of 8 x 8 pixels, 0 to 16: class c keeps 130 x .1^(c/9) for training, 130 zeros and 13 nines.
const { features, labels } = await digits()
const room = Array.from({ length: 10 }, (_, c) => Math.round(130 * 0.1 ** (c / 9)))
const [kept, left] = [[], []]
for (const i of random(0).permutation(labels.length)) (room[labels[i]]-- > 0 ? kept : left).push(i)
const rows = (places) => places.map((i) => features.data.subarray(64 * i, 64 * i + 64).map((v) => v / 16))
const labelsOf = (places) => places.map((i) => labels[i])

const drawn = [${blocks(drawing as number[]).join(', ')}].map((v) => v / 16)
const epsilon = ${epsilon}
for (const options of [{ method: 'at' }, { method: 'done', r: 1, c: 1e-3 }]) {
  const network = mlp({ sizes: [64, 32, 10], dtype: 'float32', seed: 0 })
  trainRobust(network, { inputs: rows(kept), targets: labelsOf(kept) }, { epsilon: 0.1, epochs: 80, batchSize: 50, ...options })
  const { clean, strong } = robustReport(network, rows(left), labelsOf(left), { epsilon: 0.1 })
  console.log(options.method, 'right', clean.accuracy, 'under attack', strong.accuracy)

  const answer = (x) => network.predict(x).reduce((best, z, c, all) => (z > all[best] ? c : best), 0)
  const label = [answer(drawn)]
  const box = { epsilon, lower: 0, upper: 1 }
  const attacks = [fgsm(network, [drawn], label, box), pgd(network, [drawn], label, { ...box, steps: 20 })]
  console.log('your digit', label[0], 'after FGSM and PGD', attacks.map(answer))
}
`
}
