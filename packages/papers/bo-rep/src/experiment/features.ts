import { type ExperimentContext, random } from '@opt/core'
import { accuracy, mlp } from '@opt/nn'
import { boRep } from '../bo-rep.ts'
import { minibatches } from '../minibatches.ts'
import { type Representation, representation } from '../problems/representation.ts'
import { digitRows, split } from './digit-rows.ts'
import { exactFit, least, most, span } from './measures.ts'

const [TRAIN, VALIDATION] = [200, 400]
const RUNS = { quick: 1, standard: 3, full: 10 }

/** C: features on which the best last layer does well. */
export async function features(context: ExperimentContext, from: number, to: number): Promise<void> {
  const table = await digitRows(context, 'C')
  if (!table) return
  const rows: (string | number)[][] = []
  const [values, accuracies, plain]: number[][] = [[], [], []]
  for (let s = 0; s < RUNS[context.scale]; s++) {
    await context.progress(from + ((to - from) * s) / RUNS[context.scale], `representation, split ${s + 1}`)
    const rng = random(200 + 100 * context.seed + s)
    const [train, validation, test] = split(table, [TRAIN, VALIDATION], rng)
    const network = mlp({ sizes: [64, 16, 10], activation: 'tanh', bias: true })
    const examples = ({ inputs, labels }: typeof train) => ({ inputs, targets: labels })
    const problem = representation(network, examples(train), examples(validation), { l2: 0.01 })
    const x = Float64Array.from({ length: problem.dimensions.x }, () => rng.normal(0, 1 / 8))
    const y = new Float64Array(problem.dimensions.y)
    const run = (normalized: boolean) =>
      boRep(
        problem,
        { x, y },
        {
          eta: normalized ? 0.02 : 1,
          normalized,
          batches: minibatches(random(context.seed + s), { training: TRAIN, validation: VALIDATION }, 50),
          tolerance: 0,
          maxIterations: 2000,
          history: false,
        },
      )
    const at = (x: Float64Array, y: Float64Array) => {
      const fit = exactFit(problem as Representation, x, y)
      network.parameters.set(x)
      network.parameters.set(fit.y, x.length)
      return { ...fit, accuracy: accuracy(network.predict(test.inputs), test.labels, 10) }
    }
    const before = at(x, y)
    const [answer, momentum] = [run(true), run(false)]
    const after = at(answer.x, answer.y)
    const other = at(momentum.x, momentum.y)
    values.push(after.phi)
    accuracies.push(after.accuracy)
    plain.push(other.accuracy)
    rows.push([
      s + 1,
      before.phi.toFixed(3),
      after.phi.toFixed(3),
      before.accuracy.toFixed(3),
      after.accuracy.toFixed(3),
      other.accuracy.toFixed(3),
    ])
  }
  context.table({
    title: 'C. Digits, a first layer of 16 units as upper variables: 200 for the last layer, 400 for the first',
    columns: ['split', 'Phi before', 'Phi after', 'accuracy of random features', 'after', 'momentum, step 1'],
    rows,
  })
  context.claim({
    claim: 'representation: Phi falls to at most 0.15, and test accuracy to at least .92',
    paper: '',
    ours: `Phi ${span(values)}, accuracy ${span(accuracies)}`,
    pass: most(values) <= 0.15 && least(accuracies) >= 0.92,
  })
  context.claim({
    claim: 'representation: BO-REP is better than momentum without normalisation',
    paper: 'better, with recurrent networks',
    ours: `not here: ${span(plain)} with momentum of step 1`,
    pass: null,
  })
}
