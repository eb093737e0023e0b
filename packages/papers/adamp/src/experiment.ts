import type { Experiment, ExperimentContext, Series } from '@opt/core'
import { Adam, AdamW, cosineDecay, type ParameterSet, SGD } from '@opt/optimizers'
import { AdamP } from './adamp.ts'
import { type DigitsRun, digitsRun } from './digits-run.ts'
import { SGDP } from './sgdp.ts'

const heavy = { learningRate: 0.1, momentum: 0.9 }
const ahead = { ...heavy, nesterov: true }

/** Each optimizer and the one that corrects it, at a constant learning rate. */
const PAIRS = [
  ['SGD with momentum', 'SGDP', (p: ParameterSet) => new SGD(p, heavy), (p: ParameterSet) => new SGDP(p, heavy)],
  ['SGD, Nesterov', 'SGDP, Nesterov', (p: ParameterSet) => new SGD(p, ahead), (p: ParameterSet) => new SGDP(p, ahead)],
  [
    'Adam',
    'AdamP',
    (p: ParameterSet) => new Adam(p, { learningRate: 0.01 }),
    (p: ParameterSet) => new AdamP(p, { learningRate: 0.01 }),
  ],
] as const

/** The same under a schedule and with decay. */
const DECAYED = [
  ['SGD with momentum', (p: ParameterSet) => new SGD(p, { ...heavy, learningRate: fall(0.1), weightDecay: 1e-3 })],
  ['SGDP', (p: ParameterSet) => new SGDP(p, { ...heavy, learningRate: fall(0.1), weightDecay: 1e-4 })],
  ['AdamW', (p: ParameterSet) => new AdamW(p, { learningRate: fall(0.01), weightDecay: 0.01 })],
  ['AdamP', (p: ParameterSet) => new AdamP(p, { learningRate: fall(0.01), weightDecay: 0.01 })],
] as const
const fall = (learningRate: number) => cosineDecay(learningRate, 1000)

const mean = (x: ArrayLike<number>) => Array.from(x).reduce((sum, v) => sum + v, 0) / x.length
const list = (x: number[], digits: number) => x.map((v) => v.toFixed(digits)).join(' ')

/** Mean effective step of the last 2 in 15 steps over that of the first 1 in 30. */
const decay = ({ effective }: DigitsRun) => {
  const { length } = effective
  return mean(effective.subarray(length - Math.round((2 * length) / 15))) / mean(effective.subarray(0, length / 30))
}

/** Means of 25 steps each. */
function smooth(label: string, { effective }: DigitsRun, dashed: boolean): Series {
  const x = Array.from({ length: Math.floor(effective.length / 25) }, (_, k) => 25 * k + 12)
  return { label, x, y: x.map((at) => mean(effective.subarray(at - 12, at + 13))), dashed }
}

/** Norms and effective steps of scale-invariant weights under momentum, with and without the projection. */
export const experiment: Experiment = async (context) => {
  const { scale, seed, claim, note, table, figure } = context
  const seeds = Array.from({ length: scale === 'quick' ? 1 : 5 }, (_, k) => seed + k)
  const steps = scale === 'quick' ? 300 : 1500
  note(
    `UCI digits, network 64-64-64-10 with batch normalisation, batches of 64, ${steps} steps at a constant learning rate ` +
      `(SGD 0.1 with momentum 0.9, Adam 0.01), seeds ${seeds.join(', ')}; measured on the weights of the middle layer.`,
  )
  const rows: (string | number)[][] = []
  const curves: Series[] = []
  for (const [k, [plainName, ourName, plain, ours]] of PAIRS.entries()) {
    const [before, after]: DigitsRun[][] = [[], []]
    for (const [s, one] of seeds.entries()) {
      const at = (2 * (k * seeds.length + s)) / (2 * PAIRS.length * seeds.length)
      await context.progress(at, `${plainName} and ${ourName}, seed ${one}`)
      before.push(await digitsRun({ ...settings(context, one, steps), optimizer: plain }))
      after.push(await digitsRun({ ...settings(context, one, steps), optimizer: ours }))
    }
    const grown = [before, after].map((runs) => runs.map(({ growth }) => growth))
    claim({
      claim: `${ourName} inflates scale-invariant weights less than ${plainName}, in every seed`,
      paper: 'momentum makes norms grow, and effective steps shrink, prematurely',
      ours: `norm times ${list(grown[1], 2)} against ${list(grown[0], 2)}`,
      pass: Math.max(...grown[1]) < Math.min(...grown[0]),
    })
    const kept = [before, after].map((runs) => runs.map(decay))
    const adam = ourName === 'AdamP'
    claim({
      claim: adam
        ? 'AdamP keeps more of its effective step than Adam, in every seed'
        : `${ourName} keeps more of its effective step than ${plainName} on average (late gradients vanish where the fit is perfect, so single seeds may turn it round)`,
      paper: '',
      ours: `late over early ${list(kept[1], 3)} against ${list(kept[0], 3)}`,
      pass: adam ? kept[1].every((v, i) => v > kept[0][i]) : null,
    })
    for (const [name, runs, i] of [[plainName, before, 0] as const, [ourName, after, 1] as const])
      rows.push([
        name,
        mean(grown[i]).toFixed(2),
        mean(kept[i]).toFixed(3),
        mean(runs.map(({ accuracy }) => accuracy)).toFixed(3),
      ])
    curves.push(smooth(plainName, before[0], true), smooth(ourName, after[0], false))
  }
  const columns = ['optimizer', 'norm, end over start', 'effective step, late over early', 'test accuracy']
  table({ title: `Means over ${seeds.length} seeds`, columns, rows })
  figure({
    ...{ kind: 'line', title: 'Effective step: change of w / |w|', caption: `Seed ${seed}, means of 25 steps` },
    ...{ x: { label: 'step' }, y: { label: 'effective step', scale: 'log' }, series: curves },
  })
  claim({
    claim: 'Better accuracy: does not carry over to this problem at a constant rate',
    paper: 'ImageNet, CIFAR and others: higher accuracy',
    ours: rows.map(([name, , , accuracy]) => `${name} ${accuracy}`).join(', '),
    pass: null,
  })
  if (scale === 'full') await underSchedule(context, seeds)
  else note('The full run also compares accuracies under a cosine schedule with weight decay.')
}

const settings = ({ dataFolder, signal }: ExperimentContext, seed: number, steps: number) => ({
  ...{ seed, steps },
  ...(dataFolder === undefined ? {} : { dataFolder }),
  ...(signal && { signal }),
})

async function underSchedule(context: ExperimentContext, seeds: number[]): Promise<void> {
  const found: string[] = []
  for (const [name, optimizer] of DECAYED) {
    const runs: number[] = []
    for (const seed of seeds) {
      await context.progress(0.99, `${name}, cosine schedule, seed ${seed}`)
      runs.push((await digitsRun({ ...settings(context, seed, 1000), optimizer })).accuracy)
    }
    found.push(`${name} ${mean(runs).toFixed(4)} (${list(runs, 3)})`)
  }
  context.claim({
    claim: 'Better accuracy under a cosine schedule with weight decay, 1000 steps: no difference beyond seeds here',
    ...{ paper: '', ours: found.join(', '), pass: null },
  })
}
