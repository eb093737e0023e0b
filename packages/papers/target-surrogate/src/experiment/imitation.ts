import { type ExperimentContext, type Random, random } from '@opt/core'
import { median, range } from '@opt/core/experiment'
import { mlp } from '@opt/nn'
import { Adagrad, Adam, SGD } from '@opt/optimizers'
import {
  armijoSteps,
  type ImitateOptions,
  type InnerSolver,
  imitate,
  linear,
  type Model,
  networkModel,
  optimizerSteps,
  type Rows,
} from '../index.ts'
import { type CartState, cartPole, LONGEST, regulator } from './cart-pole.ts'
import { parameterSearch } from './parameter-search.ts'

const ROUNDS = 50
/** Episodes of a policy's own that its score is the mean of. */
const ROLL_OUTS = { quick: 20, standard: 20, full: 50 }

interface Method {
  name: string
  steps: number
  inner(): InnerSolver
}

interface Score {
  /** The mean loss of actions on the policy's own roll-outs, and their mean length. */
  loss: number
  survival: number
}

const sso = (steps: number): Method => ({ name: `SSO, m ${steps}`, steps, inner: () => armijoSteps() })
const baseline = (name: string, make: Parameters<typeof optimizerSteps>[0]): Method => ({
  name,
  steps: 1,
  inner: () => optimizerSteps(make),
})
/** One step on the loss of each round: with the squared loss and eta = 1 the surrogate is that loss. */
const BASELINES: Method[] = [
  baseline('online gradient descent 0.3', (theta) => new SGD(theta, { learningRate: 0.3 })),
  baseline('Adam 0.03', (theta) => new Adam(theta, { learningRate: 0.03 })),
  baseline('AdaGrad 0.3', (theta) => new Adagrad(theta, { learningRate: 0.3 })),
  { name: 'Armijo, one step', steps: 1, inner: () => searching(0.1) },
]

/** Experiment C: online imitation of a regulator of the cart-pole. */
export async function imitation(context: ExperimentContext, from: number, to: number): Promise<void> {
  const { scale, seed, claim, table, figure } = context
  const seeds = Array.from({ length: 5 }, (_, k) => 5 * seed + k)
  const settings = [
    { beta: 1, hidden: 0 },
    { beta: 0, hidden: 0 },
    ...(scale === 'quick' ? [] : [1, 0].map((beta) => ({ beta, hidden: 32 }))),
  ]
  const methods = [...BASELINES, ...(scale === 'quick' ? [] : [sso(1)]), sso(10), sso(50)]
  for (const [k, { beta, hidden }] of settings.entries()) {
    const scores = new Map<string, Score[]>()
    const curves = new Map<string, number[]>()
    for (const [j, method] of methods.entries()) {
      const at = (k + j / methods.length) / settings.length
      await context.progress(from + (to - from) * at, `C: beta ${beta}, ${method.name}`)
      const runs = seeds.map((one) => follow(method, { beta, hidden, seed: one, rollOuts: ROLL_OUTS[scale] }))
      scores.set(
        method.name,
        runs.map(({ score }) => score),
      )
      curves.set(method.name, runs[0].losses)
    }
    const policy = hidden ? `5-${hidden}-1 tanh` : 'linear'
    const losses = (name: string) => scores.get(name)!.map(({ loss }) => loss)
    const rivals = Math.min(...BASELINES.map(({ name }) => median(losses(name))))
    const [few, many] = [losses('SSO, m 10'), losses('SSO, m 50')]
    const text = (value: number) => value.toPrecision(2)
    if (!hidden && beta === 1) {
      claim({
        claim:
          'C: the expert acts: after 50 rounds, 50 inner steps imitate at least four times better than every baseline',
        paper: 'lower imitation loss at equal interactions (MuJoCo)',
        ours: `median ${text(median(many))} against ${text(rivals)}`,
        pass: median(many) <= 0.25 * rivals,
      })
      const lengths = [...scores.get('SSO, m 10')!, ...scores.get('SSO, m 50')!].map(({ survival }) => survival)
      claim({
        claim: 'C: 10 inner steps end below 0.06 with every seed, and the poles stay up for all 200 steps',
        paper: '',
        ours: `largest ${text(Math.max(...few))}; survival ${Math.min(...lengths)} of 200`,
        pass: Math.max(...few) <= 0.06 && Math.min(...lengths) === LONGEST,
      })
    }
    if (!hidden && beta === 0)
      claim({
        claim: 'C: the policy acts: 10 inner steps imitate at least 2.5 times better than every baseline',
        paper: 'lower imitation loss at equal interactions (MuJoCo)',
        ours: `median ${text(median(few))} against ${text(rivals)}`,
        pass: median(few) <= 0.4 * rivals,
      })
    table({
      title: `C: cart-pole, ${beta ? 'the expert acts' : 'the policy acts'}, ${policy} policy, 50 rounds of 100 queries, ranges over 5 seeds of ${ROLL_OUTS[scale]} episodes`,
      columns: ['method', 'imitation loss', 'median', 'survival of 200 steps'],
      rows: methods.map(({ name }) => [
        name,
        range(losses(name), { significant: 2 }),
        text(median(losses(name))),
        range(
          scores.get(name)!.map(({ survival }) => survival),
          0,
        ),
      ]),
    })
    if (!hidden && beta === 1)
      figure({
        kind: 'line',
        title: 'C: online imitation of a cart-pole regulator',
        caption: 'The loss on the states of each round, before its step; the expert acts, the first seed.',
        x: { label: 'queries of the expert' },
        y: { label: 'loss of the round', scale: 'log' },
        series: methods.map(({ name }) => ({
          label: name,
          dashed: !name.startsWith('SSO'),
          x: curves.get(name)!.map((_, t) => 100 * (t + 1)),
          y: curves.get(name)!,
        })),
      })
  }
}

function follow(
  { steps, inner }: Method,
  { beta, hidden, seed, rollOuts }: { beta: number; hidden: number; seed: number; rollOuts: number },
) {
  const { policy, start } = policyOf(hidden, seed)
  const options: ImitateOptions = { rounds: ROUNDS, beta, steps, inner: inner(), seed }
  const task = { environment: cartPole, expert: regulator, policy }
  const { parameters, history } = imitate(task, start, { ...options })
  return {
    losses: history.map(({ loss }) => loss!),
    score: scoreOf(policy, parameters, rollOuts, random(10_000 + seed)),
  }
}

function policyOf(hidden: number, seed: number): { policy: Model<Rows>; start: Float64Array } {
  if (hidden === 0) return { policy: linear({ inputs: 5 }), start: new Float64Array(5) }
  const network = mlp({
    sizes: [5, hidden, 1],
    activation: 'tanh',
    loss: 'squared',
    initialization: 'glorot',
    batch: 100,
    seed: random(100 + seed),
  })
  return { policy: networkModel(network), start: Float64Array.from(network.parameters) }
}

/** The policy on episodes of its own. */
function scoreOf(policy: Model<Rows>, theta: Float64Array, rollOuts: number, rng: Random): Score {
  let [sum, states] = [0, 0]
  for (let k = 0; k < rollOuts; k++) {
    let state: CartState | null = cartPole.reset(rng)
    while (state !== null) {
      const [action] = Float64Array.from(policy.forward(theta, cartPole.features(state)))
      const [wanted] = regulator(state)
      sum += 0.5 * (action - wanted) * (action - wanted)
      states++
      state = cartPole.step(state, Float64Array.of(action))
    }
  }
  return { loss: sum / states, survival: states / rollOuts }
}

/** One Armijo step on each round's loss, from 1.8 times the last one. */
function searching(c: number): InnerSolver {
  return {
    start(parameters) {
      let evaluate = () => 0
      const search = parameterSearch(() => evaluate(), c).start(parameters)
      return {
        minimize(surrogate, steps, values) {
          evaluate = () => surrogate.evaluate()
          return search.minimize(surrogate, steps, values)
        },
      }
    },
  }
}
