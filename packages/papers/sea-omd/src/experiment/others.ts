import { type ExperimentContext, random } from '@opt/core'
import ndarray from 'ndarray'
import { adagradNorm } from '../baselines/adagrad.ts'
import { ogd } from '../baselines/ogd.ts'
import { ons } from '../baselines/ons.ts'
import { ball } from '../domains/ball.ts'
import { simplex } from '../domains/simplex.ts'
import type { Environment } from '../environments/environment.ts'
import { environments } from '../environments/index.ts'
import { rowsOf } from '../environments/on-box.ts'
import { comparators } from '../hindsight/comparators.ts'
import type { Learner } from '../learner.ts'
import { inner } from '../linear/vectors.ts'
import { seaConvex } from '../sea/convex.ts'
import { seaDynamic } from '../sea/dynamic.ts'
import { type SeaExpConcave, seaExpConcave } from '../sea/exp-concave.ts'
import { type Ledger, mean, range, shown } from './ledger.ts'

/** Squared loss on a ball: with theory's beta the logarithm has not bent at these T, and plain OGD has less regret. */
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
  const Z = Float64Array.from(range(T).flatMap(() => [...unit()]))
  const row = (t: number) => Z.subarray(t * d, (t + 1) * d)
  const y = Float64Array.from(range(T), (t) => inner(row(t), truth) + (rng.uniform() < 0.5 ? -0.5 : 0.5))
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
    ...{ paper: 'derived', ours: chain ? 'held' : 'broken', pass: chain },
  })
}

/** A simplex where all gradients share a large offset: it tells nothing there, and every AdaGrad pays for it. */
export async function offset(context: ExperimentContext, ledger: Ledger, at: number): Promise<void> {
  await context.progress(at, 'simplex with a common offset')
  const d = 10
  const marks = context.scale === 'quick' ? [1000, 4000] : [1000, 4000, 16_000]
  const rng = random(context.seed)
  const domain = simplex({ dimension: d })
  const weights = Float64Array.from({ length: d }, () => rng.uniform())
  const sum = weights.reduce((s, v) => s + v, 0)
  const world = (T: number): Environment =>
    environments.quadratic({
      ...{ name: 'offset', domain, curvature: new Float64Array(d).fill(1) },
      targets: ndarray(
        Float64Array.from({ length: T * d }, (_, k) => weights[k % d] / sum - 30),
        [T, d],
      ),
    })
  const makers: Record<string, (w: Environment) => Learner> = {
    seaConvex: ({ G, L }) => seaConvex({ domain, G, L }),
    ogd: ({ G }) => ogd({ domain, G }),
    adagradNorm: () => adagradNorm({ domain }),
  }
  const worlds = marks.map(world)
  const table = Object.values(makers).map((make) => worlds.map((w) => ledger.play(make(w), w).regret))
  context.table({
    title: 'A simplex with a common offset of 30 in every gradient (d = 10, no noise): regret',
    columns: ['learner', ...marks.map((t) => `T = ${t}`)],
    rows: Object.keys(makers).map((name, k) => [name, ...table[k].map(shown)]),
  })
  const last = table.map((regrets) => regrets[regrets.length - 1])
  context.claim({
    claim: 'On a simplex with a common offset seaConvex has less regret than OGD and AdaGrad',
    ...{ paper: '', ours: last.map(shown).join(', ') },
    pass: last[0] < last[1] && last[0] < last[2],
  })
}

/** Nine jumps of the minimiser. */
export async function dynamic(context: ExperimentContext, ledger: Ledger, at: number): Promise<void> {
  await context.progress(at, 'dynamic regret')
  const rounds = 4000
  const seeds = { quick: 2, standard: 3, full: 10 }[context.scale]
  const makers: Record<string, (w: Environment) => Learner> = {
    seaDynamic: ({ domain, G, L }) => seaDynamic({ domain, G, L, horizon: rounds }),
    seaConvex: ({ domain, G, L }) => seaConvex({ domain, G, L }),
    ogd: ({ domain, G }) => ogd({ domain, G }),
    adagradNorm: ({ domain }) => adagradNorm({ domain }),
  }
  const rows: (string | number)[][] = []
  let kept = true
  for (const sigma of [0, 0.5, 2]) {
    const worlds = range(seeds).map((s) => environments.abruptShift(random(context.seed + s), { rounds, sigma }))
    const regrets = Object.entries(makers).map(([name, make]) =>
      mean(
        worlds.map((world) => {
          const learner = make(world)
          const answer = ledger.play(learner, world)
          const bound = name === 'seaDynamic' ? learner.bound({ ...world, pathLength: world.pathLength!() })! : Infinity
          kept &&= answer.dynamicRegret! <= bound
          return answer.dynamicRegret!
        }),
      ),
    )
    rows.push([sigma, ...regrets.map(shown), shown(mean(worlds.map(bestStep)))])
  }
  context.table({
    title: `Dynamic regret, nine jumps in ${rounds} rounds (${seeds} seeds)`,
    columns: ['sigma', ...Object.keys(makers), 'best fixed step'],
    rows,
  })
  context.claim({
    claim: 'The dynamic regret of seaDynamic is at most its bound',
    ...{ paper: 'derived', ours: kept ? 'held in every run' : 'broken', pass: kept },
  })
}

/** The least dynamic regret of gradient descent with one fixed step, of 1, 1/2, ..., 1/512. */
function bestStep(world: Environment): number {
  let best = Infinity
  for (let k = 0, step = 1; k < 10; k++, step /= 2) {
    const x = world.domain.center()
    let regret = 0
    for (let t = 1; t <= world.rounds; t++) {
      regret += world.expected(t, x) - world.expected(t, world.minimizer!(t))
      const g = world.gradient(t, x)
      for (let i = 0; i < x.length; i++) x[i] -= step * g[i]
      world.domain.projectInPlace(x)
    }
    best = Math.min(best, regret)
  }
  return best
}
