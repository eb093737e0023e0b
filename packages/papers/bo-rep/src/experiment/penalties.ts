import { type ExperimentContext, type Random, random } from '@opt/core'
import { boRep } from '../bo-rep.ts'
import { minibatches } from '../minibatches.ts'
import { penalizedSoftmax } from '../problems/penalized-softmax.ts'
import { detection, exactFit, least, percent, span } from './measures.ts'

const [TRAIN, VALIDATION] = [120, 120]
const [SIGNAL, NOISE] = [10, 30]
const RUNS = { quick: 3, standard: 5, full: 20 }

/** Three classes with different means in 10 features; 30 more are noise. */
function examples(count: number, means: Float64Array[], rng: Random) {
  const labels = Array.from({ length: count }, () => rng.integer(0, 3))
  const inputs = labels.map((label) =>
    Float64Array.from({ length: SIGNAL + NOISE + 1 }, (_, j) =>
      j === SIGNAL + NOISE ? 1 / 3 : ((j < SIGNAL ? means[label][j] : 0) + rng.normal()) / 3,
    ),
  )
  return { inputs, labels }
}

/** E: a penalty for each of 41 features. */
export async function penalties(context: ExperimentContext, from: number, to: number): Promise<void> {
  const rows: (string | number)[][] = []
  const [falls, detections]: number[][] = [[], []]
  for (let s = 0; s < RUNS[context.scale]; s++) {
    await context.progress(from + ((to - from) * s) / RUNS[context.scale], `penalties, run ${s + 1}`)
    const rng = random(400 + 100 * context.seed + s)
    const means = [0, 1, 2].map(() => Float64Array.from({ length: SIGNAL }, () => rng.normal(0, 0.7)))
    const problem = penalizedSoftmax(examples(TRAIN, means, rng), examples(VALIDATION, means, rng), { classes: 3 })
    const x = new Float64Array(problem.dimensions.x).fill(-4)
    const y = new Float64Array(problem.dimensions.y)
    const before = exactFit(problem, x, y)
    const answer = boRep(
      problem,
      { x, y },
      {
        period: 3,
        batches: minibatches(rng, { training: TRAIN, validation: VALIDATION }, 40),
        tolerance: 0,
        maxIterations: 1000,
        history: false,
      },
    )
    const after = exactFit(problem, answer.x, answer.y)
    const signal = new Set(Array.from({ length: SIGNAL }, (_, j) => j))
    falls.push(1 - after.phi / before.phi)
    detections.push(detection(answer.x.subarray(0, SIGNAL + NOISE), signal))
    rows.push([s + 1, before.phi.toFixed(3), after.phi.toFixed(3), detections[s].toFixed(3)])
  }
  context.table({
    title: 'E. One penalty for each feature of a softmax regression, 10 features matter and 30 do not',
    columns: ['run', 'Phi before', 'Phi after', 'AUC of features that matter'],
    rows,
  })
  context.claim({
    claim: 'penalties: Phi falls by at least 10 % on each run',
    paper: '',
    ours: falls.map(percent).join(', '),
    pass: least(falls) >= 0.1,
  })
  context.claim({
    claim: 'penalties: features that matter get the smaller penalties, with an AUC of at least .7 on each run',
    paper: '',
    ours: span(detections),
    pass: least(detections) >= 0.7,
  })
}
