import type { ExperimentContext } from '@opt/core'
import { mean } from '@opt/core/experiment'
import { attentionSVM, linearHead, optimalTokens, selection, tokenScores, trainAttention } from '../index.ts'
import { draw } from './draws.ts'

/** More dimensions lead more often to the global choice; the nuclear SVM keeps a low rank; two tokens are always global. */
export async function growth(context: ExperimentContext): Promise<void> {
  const quick = context.scale === 'quick'
  const count = quick ? 16 : 40
  const sizes = quick ? [4, 40] : [4, 6, 8, 10, 20, 40]
  const shares: number[] = []
  for (const [place, d] of sizes.entries()) {
    await context.progress(0.5 + (0.1 * place) / sizes.length, `training with d = ${d}`)
    shares.push(globalChoices(context.seed, count, 8, d, 1500) / count)
  }
  context.claim({
    claim: 'The share of globally optimal choices grows with d: at most 70 % at d = 4, at least 80 % at d = 40',
    paper: '28 % and 98 %',
    ours: sizes.map((d, k) => `d = ${d}: ${Math.round(100 * shares[k])} %`).join(', '),
    pass: shares[0] <= 0.7 && shares.at(-1)! >= 0.8,
  })
  const pairs = globalChoices(context.seed, count, 2, 6, 1500)
  context.claim({
    claim: 'With two tokens a query, training always reaches the global choice',
    paper: 'a theorem',
    ours: `${pairs} of ${count}`,
    pass: pairs >= count - 1,
  })
  await context.progress(0.6, 'ranks')
  const repeats = quick ? 4 : 20
  const ranks = [5, 10, 15].map((n) =>
    (['frobenius', 'nuclear'] as const).map((norm) =>
      mean(
        Array.from({ length: repeats }, (_, k) => {
          const { tokens, queries, labels, v } = draw(context.seed, 4, k, n, 5, 20)
          const select = optimalTokens(tokenScores({ tokens, labels, v }))
          return attentionSVM({ tokens, queries, select, norm }, { history: false }).rank
        }),
      ),
    ),
  )
  context.claim({
    claim:
      'For n = 5, 10, 15 queries in 20 dimensions the Frobenius SVM has rank n, the nuclear one at most 0.8 n, 0.6 n, 0.5 n',
    paper: '5, 10, 15 and 2.6, 3.7, 4.7',
    ours: `${ranks.map(([frobenius]) => frobenius).join(', ')} and ${ranks.map(([, nuclear]) => nuclear.toFixed(1)).join(', ')}`,
    pass: ranks.every(
      ([frobenius, nuclear], k) => frobenius === [5, 10, 15][k] && nuclear <= [5, 10, 15][k] * [0.8, 0.6, 0.5][k],
    ),
  })
  if (sizes.length > 2)
    context.figure({
      kind: 'line',
      title: 'Runs that end at the global choice',
      x: { label: 'dimension d', scale: 'log' },
      y: { label: 'share' },
      series: [{ label: 'n = 6, T = 8', x: sizes, y: shares }],
    })
}

function globalChoices(seed: number, count: number, T: number, d: number, maxIterations: number): number {
  let global = 0
  for (let k = 0; k < count; k++) {
    const { v, ...problem } = draw(seed, 2, k, 6, T, d)
    const { tokens, queries, labels } = problem
    const { W } = trainAttention({ ...problem, head: linearHead(v) }, { seed: k, maxIterations, history: false })
    const best = optimalTokens(tokenScores({ tokens, labels, v }))
    if (selection({ W, tokens, queries }).selected.every((token, i) => token === best[i])) global++
  }
  return global
}
