import { type ExperimentContext, exp, lbfgs, log, random } from '@opt/core'
import ndarray from 'ndarray'
import { attentionSVM } from '../index.ts'
import { accuracy } from './edit.ts'
import { drawLists, type Lists, loadPictures } from './lists.ts'

/** What does not carry over: a large margin is about level with regularised cross-entropy as a retriever. */
export async function retrieval(context: ExperimentContext): Promise<void> {
  await context.progress(0.96, 'retrieval')
  const count = context.scale === 'full' ? 1500 : 300
  const { training, other } = await loadPictures(1000 * context.seed)
  const rng = random(1000 * context.seed + 29)
  const lists = drawLists(rng, training, count)
  const test = drawLists(rng, other, 1500)
  const soft = attentionSVM({ ...lists, softness: 0.3 }, { tolerance: 1e-3, history: false })
  const entropy = crossEntropy(lists, 1e-3)
  const rows: (string | number)[][] = [
    ['soft margin, C = 0.3', accuracy(soft.W, test).toFixed(3)],
    ['listwise cross-entropy', accuracy(ndarray(entropy, [64, 64]), test).toFixed(3)],
  ]
  if (context.scale === 'full') {
    const hard = attentionSVM(lists, { tolerance: 1e-2, maxIterations: 300, history: false })
    rows.push(['hard margin', hard.status === 'infeasible' ? 'infeasible' : accuracy(hard.W, test).toFixed(3)])
  }
  context.table({
    title: `Retrieval from ${count} lists: accuracy on 1500 others`,
    columns: ['head', 'accuracy'],
    rows,
  })
  context.note(
    `What does not carry over: a large margin is no better retriever by itself (${rows.map(([name, value]) => `${name} ${value}`).join(', ')}), and a hard margin on many lists overfits: use softness.`,
  )
}

/** Minimises the mean of -log softmax of the right candidate plus l2 |W|^2 / 2. */
function crossEntropy({ queries, tokens, select }: Lists, l2: number): Float64Array {
  const [n, d] = [queries.length, 64]
  const image = new Float64Array(d)
  const mixture = new Float64Array(d)
  const { x } = lbfgs(
    (W, gradient) => {
      let value = 0
      for (let k = 0; k < W.length; k++) {
        value += (l2 * W[k] * W[k]) / 2
        gradient[k] = l2 * W[k]
      }
      for (let i = 0; i < n; i++) {
        image.fill(0)
        for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) image[j] += W[j * d + k] * queries[i][k]
        const scores = tokens[i].map((x) => x.reduce((sum, entry, j) => sum + entry * image[j], 0))
        const most = Math.max(...scores)
        const weights = scores.map((score) => exp(score - most))
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        value += (most + log(total) - scores[select[i]]) / n
        mixture.fill(0)
        tokens[i].forEach((x, t) => {
          const share = (weights[t] / total - Number(t === select[i])) / n
          for (let j = 0; j < d; j++) mixture[j] += share * x[j]
        })
        for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) gradient[j * d + k] += mixture[j] * queries[i][k]
      }
      return value
    },
    new Float64Array(d * d),
    { maxIterations: 60, history: false },
  )
  return x
}
