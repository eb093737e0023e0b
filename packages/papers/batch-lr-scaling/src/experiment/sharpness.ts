import { type ExperimentContext, random } from '@opt/core'
import { curvatureOperator } from '@opt/nn'
import { SGD } from '@opt/optimizers'
import { batchNoise } from '../noise/batch-noise.ts'
import { batchSharpness } from '../noise/batch-sharpness.ts'
import { measuredSharpness } from '../noise/measured-sharpness.ts'
import { type Digits, makeNetwork } from './digits.ts'
import { train } from './training.ts'

/** C (iii): how sharp batches of a network are after 5 epochs, measured and predicted three ways. */
export function sharpness({ claim, table, figure, seed, scale }: ExperimentContext, digits: Digits): void {
  const { inputs, labels } = digits.train
  const network = makeNetwork(seed)
  const optimizer = new SGD(network.parameters, { learningRate: 0.1 })
  const steps = 5 * Math.floor(labels.length / 32)
  train(network, digits.train, { batch: 32, steps, step: () => optimizer.step(network.gradients), rng: random(seed) })
  const matrix = 'gauss-newton' as const
  const products = { network, inputs, targets: labels, matrix, operator: curvatureOperator }
  const noise = batchNoise(products, { seed, history: false })
  const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256]
  const measured = measuredSharpness(products, { batches: sizes, repeats: 16, seed, history: false }).sizes
  const models = ['isotropic', 'aligned', 'trace'] as const
  const rows = measured.map(({ batch, highest, standardError }) => ({
    batch,
    highest,
    standardError,
    predicted: models.map((model) => batchSharpness(noise, batch, { model }).highest),
  }))
  table({
    title: 'Largest eigenvalue of the Gauss-Newton matrix of batches, digits after 5 epochs, means of 16 batches',
    columns: ['batch', 'measured', ...models.map((model) => `${model} / measured`)],
    rows: rows.map(({ batch, highest, standardError, predicted }) => [
      batch,
      `${highest.toFixed(2)} +- ${standardError.toFixed(2)}`,
      ...predicted.map((one) => (one / highest).toFixed(2)),
    ]),
  })
  figure({
    kind: 'line',
    title: 'How sharp a batch is',
    x: { label: 'batch size', scale: 'log' },
    y: { label: 'largest eigenvalue', scale: 'log' },
    series: [
      { label: 'measured', x: sizes, y: rows.map(({ highest }) => highest) },
      ...models.map((model, m) => ({
        label: model,
        x: sizes,
        y: rows.map(({ predicted }) => predicted[m]),
        dashed: true,
      })),
    ],
  })
  const of = (batch: number) => rows[sizes.indexOf(batch)]
  const growth = of(4).highest / of(256).highest
  claim({
    claim: 'small batches are sharper: largest eigenvalue at batch size 4 over that at 256',
    paper: 'grows as the batch shrinks',
    ours: `${growth.toFixed(2)} times`,
    pass: growth >= 1.3,
  })
  const share = (m: number) =>
    rows.filter(({ batch }) => batch >= 4).map(({ highest, predicted }) => predicted[m] / highest)
  const [isotropic, aligned, trace] = [share(0), share(1), share(2)]
  const extent = (x: number[]) => `${Math.min(...x).toFixed(2)} to ${Math.max(...x).toFixed(2)}`
  claim({
    claim: 'the additive theorem with the noise at the top eigenvector predicts it, batch sizes 4 to 256',
    paper: 'the theorem has the mean noise',
    ours: `${extent(aligned)} of the measured; by the trace ${extent(trace)}`,
    pass: aligned.every((one) => one >= 0.45 && one <= 1.4),
  })
  claim({
    claim: 'with the mean noise, as the theorem stands, it misses most of the growth at batch size 4',
    paper: 'predicts it',
    ours: `${isotropic[0].toFixed(2)} of the measured`,
    pass: isotropic[0] <= 0.8,
  })
  if (scale !== 'full') return
  // The smallest eigenvalue, of the Hessian: that of a Gauss-Newton matrix is 0.
  const hessian = { ...products, matrix: 'hessian' } as const
  const below = batchNoise(hessian, { seed, history: false })
  table({
    title: 'Smallest eigenvalue of the Hessian of batches, the same network',
    columns: ['batch', 'measured', 'isotropic / measured', 'aligned / measured'],
    rows: measuredSharpness(hessian, { batches: sizes, repeats: 16, seed, history: false }).sizes.map(
      ({ batch, lowest }) => [
        batch,
        lowest.toFixed(2),
        ...(['isotropic', 'aligned'] as const).map((model) =>
          (batchSharpness(below, batch, { model }).lowest / lowest).toFixed(2),
        ),
      ],
    ),
  })
}
