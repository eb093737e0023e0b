import { type ExperimentContext, random } from '@opt/core'
import { type WassersteinChain, wassersteinChain } from '../index.ts'
import { shuffledDigits, trained } from './digits-data.ts'
import { rankCorrelation } from './ranks.ts'

interface Model {
  name: string
  decay: number
  chain: WassersteinChain
}

/** Wasserstein chains of trained ReLU networks: bounds at every layer beside the gap of the cross-entropy. */
export async function chains(context: ExperimentContext): Promise<void> {
  const quick = context.scale === 'quick'
  const shapes = quick
    ? [[64, 32, 16, 10]]
    : [
        [64, 32, 16, 10],
        [64, 64, 32, 16, 10],
      ]
  const counts = quick ? [120, 480] : [120, 240, 480]
  const seeds = context.scale === 'full' ? 2 : 1
  const models: Model[] = []
  const total = seeds * shapes.length * counts.length * 2
  for (let s = 0; s < seeds; s++) {
    const seed = context.seed * seeds + s
    const part = await shuffledDigits(context, random(seed + 1000))
    for (const sizes of shapes)
      for (const n of counts)
        for (const weightDecay of [0, 1]) {
          await context.progress(0.7 + (0.3 * models.length) / total, `Wasserstein chain, ${sizes.join('-')}, n = ${n}`)
          const steps = quick ? 500 : 1500
          const network = trained(part(0, n), seed, {
            sizes,
            activation: 'relu',
            learningRate: 2e-3,
            weightDecay,
            steps,
          })
          const chain = wassersteinChain(network, part(0, n), part(500, 500 + n), { random: random(seed) })
          models.push({ name: `${sizes.join('-')}, n = ${n}, decay ${weightDecay}`, decay: weightDecay, chain })
        }
  }
  const falling = models.filter(({ chain: { layers } }) =>
    layers.every(({ bound }, l) => l === 0 || bound <= layers[l - 1].bound * (1 + 1e-9)),
  )
  const sound = models.filter(({ chain: { layers, gap, lossLevel } }) =>
    [...layers.map(({ bound }) => bound), lossLevel].every((bound) => bound >= Math.abs(gap) * (1 - 1e-9)),
  )
  context.claim({
    claim: 'Wasserstein chains never increase with depth, and every rung is above the gap',
    paper: 'each layer bounds the next',
    ours: `${falling.length} and ${sound.length} of ${models.length}`,
    pass: falling.length === models.length && sound.length === models.length,
  })
  const gaps = models.map(({ chain }) => Math.abs(chain.gap))
  const correlation = rankCorrelation(
    models.map(({ chain }) => chain.layers.at(-1)!.bound),
    gaps,
  )
  context.claim({
    claim: 'The bound at the logits ranks the gaps (Spearman, at least 0.6 of all models)',
    paper: '0.83 in a numpy prototype',
    ours: `${correlation.toFixed(2)} of ${models.length} models`,
    pass: quick ? null : correlation >= 0.6,
  })
  const times = models.map(({ chain }, k) => chain.layers.at(-1)!.bound / gaps[k])
  context.note(
    `Wasserstein bounds are far above the gap: at the logits ${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)} times, at the inputs ${Math.max(...models.map(({ chain }, k) => chain.layers[0].bound / gaps[k])).toFixed(0)} times at most. As a bound the funnel is always the output, by construction; the least raw distance is at layer ${models.map(({ chain }) => chain.funnel.byDistance).join(', ')} (0: the inputs) of these models.`,
  )
  context.table({
    title: 'Wasserstein chains of ReLU networks on digits',
    columns: ['model', 'gap', 'losses', 'bounds from the inputs to the logits', 'distances'],
    rows: models.map(({ name, chain }) => [
      name,
      chain.gap.toFixed(3),
      chain.lossLevel.toFixed(3),
      chain.layers.map(({ bound }) => bound.toPrecision(3)).join('  '),
      chain.layers.map(({ distance }) => distance.toPrecision(2)).join('  '),
    ]),
  })
}
