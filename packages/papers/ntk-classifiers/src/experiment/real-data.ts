import { type ExperimentContext, random } from '@opt/core'
import { breastCancer, takeRows } from '@opt/datasets'
import { DeepNTKClassifier, optimalActivation, toSphere } from '../index.ts'

const root = Math.sqrt
const ACTIVATIONS = {
  'nearest, c = (0, 0, .5, .5)': { hermite: [0, 0, root(0.5), root(0.5)] },
  'majority, c = (.2, .3, .3, .2)': { hermite: [root(0.2), root(0.3), root(0.3), root(0.2)] },
  'optimal, d = 2': optimalActivation(2),
  'optimal, d = 4': optimalActivation(4),
  'optimal, d = 8': optimalActivation(8),
  'optimal, d = 29': optimalActivation(29),
}

/** With depth, the network's kernel classifier predicts what its limit predicts: breast cancer, on the sphere. */
export async function realData(context: ExperimentContext): Promise<void> {
  const table = await breastCancer({ folder: context.dataFolder })
  const depths = context.scale === 'quick' ? [3, 50, 1000] : [3, 10, 50, 100, 1000]
  const splits = context.scale === 'quick' ? 1 : 3
  const names = Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[]
  /** [activation][depth][split], agreement with the limit. */
  const agreement = names.map(() => depths.map(() => [] as number[]))
  const accuracy = names.map(() => [...depths, Infinity].map(() => [] as number[]))
  for (let split = 0; split < splits; split++) {
    const order = random(3 * context.seed + split).permutation(569)
    const train = takeRows(table, order.slice(0, 300))
    const test = takeRows(table, order.slice(300))
    const X = toSphere(train.features)
    const Z = toSphere(test.features, { reference: train.features })
    const share = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a).filter((v, i) => v === b[i]).length / b.length
    for (const [k, name] of names.entries()) {
      await context.progress(0.4 + (0.4 * (split + k / names.length)) / splits, `breast cancer, ${name}`)
      const predict = (depth: number) =>
        new DeepNTKClassifier<number>({ activation: ACTIVATIONS[name], depth }).fit(X, train.labels).predict(Z)
      const limit = predict(Infinity)
      accuracy[k][depths.length].push(share(limit, test.labels))
      depths.forEach((depth, d) => {
        // The first two are there already.
        if (k < 2 && depth > 100) return
        const predicted = predict(depth)
        agreement[k][d].push(share(predicted, limit))
        accuracy[k][d].push(share(predicted, test.labels))
      })
    }
  }
  const shown = (values: number[]) => (values.length === 0 ? '-' : values.map((v) => v.toFixed(3)).join(', '))
  const deep = depths.indexOf(50)
  const deepest = depths.indexOf(1000)
  context.claim({
    claim:
      'Breast cancer: at depth 50 the networks of the first two classes predict exactly as the nearest neighbour and the majority',
    paper: 'they become them',
    ours: `${shown(agreement[0][deep])} and ${shown(agreement[1][deep])} of the test rows agree`,
    pass: [0, 1].every((k) => agreement[k][deep].every((v) => v === 1)),
  })
  context.claim({
    claim:
      'At depth 1000 the activations optimal for d = 4 and 8 agree with their singular kernels on 0.97 of the rows or more',
    paper: 'they become them; .985 to .996 at depth 100 in a numpy prototype',
    ours: `${shown(agreement[3][deepest])} and ${shown(agreement[4][deepest])}; at depth ${depths[deepest - 1]} ${shown(agreement[3][deepest - 1])} and ${shown(agreement[4][deepest - 1])}`,
    pass: [3, 4].every((k) => agreement[k][deepest].every((v) => v >= 0.97)),
  })
  context.note(
    `Accuracy is context: at depth 3, before the limit, every activation has ${shown(accuracy.map((row) => row[0][0]))}; the limits have ${shown(accuracy.map((row) => row[depths.length][0]))}. Depth does not help here.`,
  )
  context.table({
    title: `Breast cancer, 300 training and 269 test rows, ${splits} split(s): agreement with the limit, and accuracy`,
    columns: [
      'activation',
      ...depths.map((depth) => `L = ${depth}`),
      ...depths.map((d) => `accuracy, L = ${d}`),
      'of the limit',
    ],
    rows: names.map((name, k) => [name, ...agreement[k].map(shown), ...accuracy[k].map(shown)]),
  })
}
