import { type ExperimentContext, random } from '@opt/core'
import { inner } from '@opt/sets/parts'
import { rowsOf } from '../environments/on-box.ts'
import { ball, comparators, type Learner, ogd, ons, type SeaExpConcave, seaConvex, seaExpConcave } from '../index.ts'
import { shown, upTo } from './ledger.ts'

/**
 * Squared loss on a ball: with the theory's beta these T are too short for a logarithmic regret, and plain OGD
 * has less.
 */
export async function expConcave(context: ExperimentContext, at: number): Promise<void> {
  await context.progress(at, 'exp-concave')
  const [d, T] = [5, context.scale === 'quick' ? 4000 : 16_000]
  const marks = [1000, 4000, 16_000].filter((t) => t <= T)
  const rng = random(context.seed)
  const unit = () => {
    const z = Float64Array.from({ length: d }, () => rng.normal())
    const length = Math.sqrt(inner(z, z))
    return z.map((v) => v / length)
  }
  const truth = unit().map((v) => 0.7 * v)
  const Z = Float64Array.from(upTo(T).flatMap(() => [...unit()]))
  const row = (t: number) => Z.subarray(t * d, (t + 1) * d)
  const y = Float64Array.from(upTo(T), (t) => inner(row(t), truth) + (rng.uniform() < 0.5 ? -0.5 : 0.5))
  // |z'w - y| <= 1 + 0.7 + 0.5.
  const G = 2.2
  const alpha = 1 / (G * G)
  const domain = ball({ dimension: d })
  const learners: Record<string, Learner> = {
    'seaExpConcave (theory)': seaExpConcave({ domain, G, alpha }),
    'seaExpConcave (beta = 1)': seaExpConcave({ domain, G, beta: 1 }),
    'ons (theory)': ons({ domain, G, alpha }),
    'ons (gamma = 1)': ons({ domain, gamma: 1 }),
    ogd: ogd({ domain, G }),
    seaConvex: seaConvex({ domain, G, L: 1 }),
  }
  const best = marks.map((t) =>
    comparators.leastSquares(rowsOf(Z.subarray(0, t * d).slice(), d), y.slice(0, t), { radius: 1 }),
  )
  const rows: (string | number)[][] = []
  let chain = true
  for (const [name, learner] of Object.entries(learners)) {
    let loss = 0
    const regrets: string[] = []
    for (let t = 0; t < T; t++) {
      const residual = inner(row(t), learner.predict()) - y[t]
      loss += (residual * residual) / 2
      learner.update(row(t).map((v) => residual * v))
      const k = marks.indexOf(t + 1)
      if (k < 0) continue
      const regret = loss - best[k].total
      regrets.push(shown(regret))
      if (name !== 'seaExpConcave (theory)') continue
      const certificate = learner.certificate()!
      chain &&= regret <= certificate && certificate <= (learner as SeaExpConcave).vBound()!
    }
    rows.push([name, ...regrets])
  }
  context.table({
    title: 'Squared loss on a ball (d = 5, noise 0.5): regret',
    columns: ['learner', ...marks.map((t) => `T = ${t}`)],
    rows,
  })
  context.claim({
    claim: 'Exp-concave: regret <= certificate <= its bound in V, at every T',
    paper: 'derived',
    ours: chain ? 'held' : 'broken',
    pass: chain,
  })
}
