import { type ExperimentContext, random } from '@opt/core'
import { convexRelu } from '../convex-relu.ts'
import { samplePatterns } from '../patterns/sample.ts'
import { thickPatterns } from '../patterns/thick-patterns.ts'
import { inputGradient, type Network, predict } from '../program/network.ts'
import { adversarialAccuracy } from '../robust/attacks.ts'
import { type Adversary, type Labelled, trainByBackprop } from './backprop.ts'
import { type DataSet, dataSets, split, TRAIN } from './e3-data.ts'

const BETA = 0.1
const PATTERNS = 8
const ITERATIONS = 3000

const METHODS = [
  'convex, standard',
  'convex, robust',
  'convex, robust, linear unit only',
  'back-propagation',
  'back-propagation, FGSM training',
  'back-propagation, PGD training',
] as const
type MethodName = (typeof METHODS)[number]

/** Share of the rows that keep their label in the whole box, if no neuron changes side there. */
function certified(network: Network, { X, y }: Labelled, { epsilon, perturbed }: Adversary): number {
  const g = inputGradient(network, X)
  const f = predict(network, X)
  let right = 0
  for (const [k, v] of f.entries()) {
    let reach = 0
    for (let j = 0; j < perturbed.length; j++) if (perturbed[j]) reach += epsilon * Math.abs(g.get(k, j))
    if (y[k] * v >= reach - 1e-6) right++
  }
  return right / y.length
}

const mean = (list: number[]): number => list.reduce((sum, v) => sum + v, 0) / list.length
const show = (v: number): string => v.toFixed(3).replace(/^0/, '')
const withSpread = (list: number[]): string => {
  const m = mean(list)
  return `${show(m)} (${show(Math.sqrt(mean(list.map((v) => (v - m) * (v - m)))))})`
}

/** E3: accuracy under attack, convex robust training beside adversarial training. */
export async function robustness(context: ExperimentContext, from: number, to: number): Promise<void> {
  const sets = await dataSets(context)
  const total = sets.reduce((sum, { seeds }) => sum + seeds * METHODS.length, 0)
  let done = 0
  for (const set of sets) {
    const d = set.X.shape[1] + 1
    const perturbed = Array.from({ length: d }, (_, j) => j < d - 1)
    const attack = { epsilon: set.epsilon, perturbed, steps: 40, stepSize: set.epsilon / 30 }
    const cleans = new Map<MethodName, number[]>()
    const fgsms = new Map<MethodName, number[]>()
    const pgds = new Map<MethodName, number[]>()
    const sure: number[] = []
    const trainPgd: number[] = []
    let plain = 0
    for (let s = 0; s < set.seeds; s++) {
      const rng = random(context.seed * 1000 + s)
      const { train, test } = split(set, rng)
      const options = { loss: 'hinge', beta: BETA, perturbed, rho: 0.1, measureEvery: 100, history: false } as const
      const solve = (epsilon: number, patterns: Parameters<typeof convexRelu>[2]['patterns']) =>
        convexRelu(train.X, train.y, { ...options, patterns, epsilon, maxIterations: ITERATIONS })
      const thick = thickPatterns(train.X, { count: PATTERNS, perturbed, random: rng })
      const gaussian = samplePatterns(train.X, { count: PATTERNS, random: rng })
      const adversary = { ...attack, steps: 10, stepSize: (set.epsilon * 4) / 30 }
      const networks: Record<MethodName, () => Network> = {
        'convex, standard': () => solve(0, gaussian).network,
        'convex, robust': () => solve(set.epsilon, thick).network,
        'convex, robust, linear unit only': () => solve(set.epsilon, ['1'.repeat(TRAIN)]).network,
        'back-propagation': () => trainByBackprop(train, rng),
        'back-propagation, FGSM training': () =>
          trainByBackprop(train, rng, { ...attack, steps: 1, stepSize: set.epsilon }),
        'back-propagation, PGD training': () => trainByBackprop(train, rng, adversary),
      }
      for (const method of METHODS) {
        const network = networks[method]()
        const put = (map: Map<MethodName, number[]>, value: number) =>
          map.set(method, [...(map.get(method) ?? []), value])
        put(cleans, adversarialAccuracy(network, test.X, test.y, { ...attack, attack: 'none' }))
        put(fgsms, adversarialAccuracy(network, test.X, test.y, { ...attack, attack: 'fgsm' }))
        put(pgds, adversarialAccuracy(network, test.X, test.y, { ...attack, random: rng }))
        if (method === 'convex, robust') {
          sure.push(certified(network, train, attack))
          trainPgd.push(adversarialAccuracy(network, train.X, train.y, attack))
        }
        await context.progress(from + ((to - from) * ++done) / (total + 1), `${set.name}, split ${s + 1}: ${method}`)
      }
      if (s === 0)
        plain = convexRelu(train.X, train.y, {
          ...{ ...options, patterns: gaussian, epsilon: set.epsilon, maxIterations: 20_000 },
          stopWhen: ({ lowerBound }) => lowerBound >= 0.99 * TRAIN,
        }).lowerBound
    }
    report(context, set, { cleans, fgsms, pgds, sure, trainPgd, plain })
  }
}

interface Results {
  cleans: Map<MethodName, number[]>
  fgsms: Map<MethodName, number[]>
  pgds: Map<MethodName, number[]>
  sure: number[]
  trainPgd: number[]
  plain: number
}

function report(
  context: ExperimentContext,
  set: DataSet,
  { cleans, fgsms, pgds, sure, trainPgd, plain }: Results,
): void {
  const list = (map: Map<MethodName, number[]>, method: MethodName) => map.get(method) as number[]
  const accuracy = (method: MethodName) => mean(list(pgds, method))
  context.table({
    title: `E3: test accuracy on ${set.name}, radius ${set.epsilon}, mean of ${set.seeds} splits`,
    columns: ['method', 'clean', 'FGSM', 'PGD (deviation)', "the prototype's PGD"],
    rows: METHODS.map((method) => [
      ...[method, show(mean(list(cleans, method))), show(mean(list(fgsms, method)))],
      ...[withSpread(list(pgds, method)), set.expected[method] ?? ''],
    ]),
  })
  const bars = [cleans, fgsms, pgds].map((map) => METHODS.map((method) => mean(list(map, method))))
  context.figure({
    kind: 'bar',
    title: `E3: ${set.name}, accuracy under attack`,
    x: { label: 'method' },
    y: { label: 'test accuracy' },
    series: ['clean', 'FGSM', 'PGD'].map((label, k) => ({ label, x: [...METHODS], y: bars[k] })),
  })
  const robust = accuracy('convex, robust')
  const standard = accuracy('convex, standard')
  const trained = accuracy('back-propagation, PGD training')
  const cancer = set.name === 'breast cancer'
  if (cancer)
    context.claim({
      claim: `${set.name}: robust convex training keeps an accuracy of .79 under PGD`,
      ...{ paper: 'prototype .824', ours: show(robust), pass: robust >= 0.79 },
    })
  context.claim({
    claim: `${set.name}: .35 more under PGD than standard convex training`,
    ...{
      paper: `prototype ${set.expected['convex, standard']} to ${set.expected['convex, robust']}`,
      ours: `${show(standard)} to ${show(robust)}`,
    },
    pass: robust >= standard + 0.35,
  })
  context.claim({
    claim: `${set.name}: at most .04 less under PGD than PGD training`,
    ...{
      paper: `prototype ${set.expected['back-propagation, PGD training']}`,
      ours: `${show(robust)} against ${show(trained)}`,
    },
    pass: robust >= trained - 0.04,
  })
  context.claim({
    claim: `${set.name}: with plain Gaussian patterns no cone has room: no robust network beats the zero network, whose loss is n = ${TRAIN}, by 1 %`,
    ...{ paper: 'prototype: objective n', ours: `lower bound ${plain.toFixed(1)}`, pass: plain >= 0.99 * TRAIN },
  })
  context.claim({
    claim: `${set.name}: training rows that the certificate says are safe, beside those that PGD does not break`,
    ...{ paper: 'equal', ours: `${show(mean(sure))}, ${show(mean(trainPgd))}`, pass: null },
  })
}
