import type { ExperimentContext } from '@opt/core'
import { range } from '@opt/core/experiment'
import {
  augmented,
  fixed,
  follow,
  fullBatch,
  innerProduct,
  type Look,
  normTest,
  type Policy,
  type Split,
} from './digits-run.ts'

const GOAL = 0.2

/** A run until the training loss is at most 0.2. */
interface Run extends Look {
  steps: number
  examples: number
}

/** Fixed and growing batches where small batches lose their noise, because the data can be fitted. */
export async function cleanLabels(context: ExperimentContext, data: Split): Promise<void> {
  const { scale, seed, claim, table } = context
  const seeds = Array.from({ length: scale === 'full' ? 2 : 1 }, (_, k) => seed + k)
  const models = [
    { name: 'softmax regression', hidden: undefined, learningRate: 0.2, policies: [innerProduct, augmented] },
    { name: 'tanh network 64-32-10', hidden: 32, learningRate: 0.05, policies: [] },
  ]
  for (const [m, { name, hidden, learningRate, policies }] of models.entries()) {
    const all = [fixed(8), fixed(64), ...policies, normTest(0.9), normTest(0.5), fullBatch]
    const found = new Map<string, Run[]>()
    for (const [k, policy] of all.entries()) {
      await context.progress(0.8 + 0.1 * (m + k / all.length), `clean labels, ${name}, ${policy.name}`)
      found.set(
        policy.name,
        seeds.map((one) => untilGoal({ data, hidden, optimizer: 'AdaGrad', learningRate, seed: one }, policy)),
      )
    }
    const whole = (values: number[]) => range(values, 0)
    table({
      title: `Clean labels, ${name}, AdaGrad ${learningRate}: until the training loss is ${GOAL}`,
      columns: ['batches', 'steps', 'examples', 'test accuracy there'],
      rows: [...found].map(([policy, runs]) => [
        policy,
        whole(runs.map(({ steps }) => steps)),
        whole(runs.map(({ examples }) => examples)),
        range(
          runs.map((run) => run.accuracy),
          3,
        ),
      ]),
    })
    const examples = (policy: string) => whole(found.get(policy)!.map((run) => run.examples))
    claim({
      claim: `${name}: growing batches beat fixed ones on examples; they do not on clean digits`,
      paper: 'better trade-off between efficiency and generalisation than fixed batches',
      ours: `examples to a loss of ${GOAL}: ${examples('fixed 8')} with batches of 8, ${examples('fixed 64')} of 64, ${examples('norm test, eta 0.9')} under the norm test`,
      pass: null,
    })
  }
}

function untilGoal(task: Parameters<typeof follow>[0], policy: Policy): Run {
  let found: Run | undefined
  const steps = follow(task, policy, 2000, ({ step, examples, look }) => {
    if (step % 4 !== 0) return false
    const there = look()
    found = { steps: step, examples, ...there }
    return there.loss <= GOAL
  })
  for (const _ of steps);
  return found!
}
