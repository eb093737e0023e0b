import { type ExperimentContext, random } from '@opt/core'
import { range } from '@opt/core/experiment'
import {
  fixed,
  follow,
  fullBatch,
  innerProduct,
  noisy,
  normTest,
  type Optimizer,
  type Policy,
  type Split,
} from './digits-run.ts'

const LOOKS = [100, 400, 1600]
const RATES = { AdaGrad: 0.2, AdaGradNorm: 2 }
const STEPS = 1600
const ALL = 1440
const GOAL = 1.1

/** A run on labels of which a fifth is redrawn. */
interface Run {
  seed: number
  /** The norm of the full gradient after 100, 400 and 1600 steps. */
  norms: number[]
  /** The examples processed by then. */
  seen: number[]
  /** The batch size of each step. */
  sizes: number[]
  examples: number
  /** Steps and examples until the training loss is at most 1.1, looked at every fourth step. */
  goal?: { steps: number; examples: number }
}

/** Fixed and growing batches where the noise of the gradients does not vanish. */
export async function noiseFloor(context: ExperimentContext, data: Split): Promise<void> {
  const { scale, seed } = context
  const seeds = Array.from({ length: scale === 'quick' ? 1 : 3 }, (_, k) => seed + k)
  const headline = [fixed(8), fixed(64), normTest(0.9)]
  const policies = scale === 'full' ? [...headline, innerProduct, normTest(0.5), fullBatch] : headline
  const optimizers: Optimizer[] = ['AdaGrad', 'AdaGradNorm']
  const total = optimizers.length * policies.length * seeds.length
  let done = 0
  for (const optimizer of optimizers) {
    const found = new Map<Policy, Run[]>()
    for (const policy of policies) {
      const runs: Run[] = []
      for (const one of seeds) {
        const run: Run = { seed: one, norms: [], seen: [], sizes: [], examples: 0 }
        const labelled = noisy(data, 0.2, random(one))
        const task = { data: labelled, optimizer, learningRate: RATES[optimizer], seed: one }
        const steps = follow(task, policy, STEPS, ({ step, batchSize, examples, look }) => {
          run.sizes.push(batchSize)
          run.examples = examples
          if (LOOKS.includes(step)) {
            run.norms.push(look().gradientNorm)
            run.seen.push(examples)
          }
          if (!run.goal && step % 4 === 0 && look().loss <= GOAL) run.goal = { steps: step, examples }
          return false
        })
        for (const fraction of steps)
          if (run.sizes.length % 100 === 0)
            await context.progress((0.8 * (done + fraction)) / total, `${optimizer}, ${policy.name}, seed ${one}`)
        done++
        runs.push(run)
      }
      found.set(policy, runs)
    }
    judge(context, optimizer, headline.map((policy) => found.get(policy)!) as [Run[], Run[], Run[]])
    tabulate(context, optimizer, found)
    if (optimizer === 'AdaGrad') draw(context, found)
  }
}

const last = ({ norms }: Run) => norms[LOOKS.length - 1]
const scaled = (run: Run, k: number) => LOOKS[k] * run.norms[k] * run.norms[k]

const spread = (values: number[]) => range(values, { significant: 2 })

function judge(
  { claim, note }: ExperimentContext,
  optimizer: Optimizer,
  [small, medium, growing]: [Run[], Run[], Run[]],
): void {
  const full = growing.map(({ sizes }) => sizes.indexOf(ALL) + 1)
  claim({
    claim: `${optimizer}: under the norm test the batch never shrinks, and holds all 1440 examples before step 200`,
    paper: 'batch sizes grow automatically',
    ours: `from ${growing[0].sizes[0]} to ${Math.max(...growing[0].sizes)} at step ${full.join(', ')}`,
    pass: growing.every(
      ({ sizes }, k) => full[k] > 0 && full[k] < 200 && sizes.every((size, t) => t === 0 || size >= sizes[t - 1]),
    ),
  })
  const against = (others: Run[]) => growing.map((run, k) => last(others[k]) / last(run))
  claim({
    claim: `${optimizer}: fixed small batches stall at a noise floor that the norm test goes below, at least 5 times for 8 examples and twice for 64`,
    paper: 'convergence to first-order stationary points',
    ours: `gradient norm after ${STEPS} steps smaller by ${spread(against(small))} and ${spread(against(medium))}`,
    pass: Math.min(...against(small)) >= 5 && Math.min(...against(medium)) >= 2,
  })
  claim({
    claim: `${optimizer}: K |gradient|^2 does not grow from K = 400 to 1600 steps under the norm test`,
    paper: 'min |gradient|^2 = O(1/K)',
    ours: `${spread(growing.map((run) => scaled(run, 1)))}, then ${spread(growing.map((run) => scaled(run, 2)))}; batches of 8: ${spread(small.map((run) => scaled(run, 1)))}, then ${spread(small.map((run) => scaled(run, 2)))}`,
    pass: growing.every((run) => scaled(run, 2) <= scaled(run, 1)),
  })
  note(
    `${optimizer}, by examples: under the norm test the gradient norm is ${spread(growing.map(({ norms }) => norms[0]))} after 100 steps with ${range(
      growing.map(({ seen }) => seen[0]),
      0,
    )} examples, with batches of 64 it is ${spread(medium.map(last))} after 1600 steps with ${medium[0].examples}.`,
  )
}

function tabulate({ table }: ExperimentContext, optimizer: Optimizer, found: Map<Policy, Run[]>): void {
  table({
    title: `${optimizer}, learning rate ${RATES[optimizer]}, 20% of labels redrawn: norm of the full gradient (ranges over seeds)`,
    columns: [
      'batches',
      ...LOOKS.map((step) => `step ${step}`),
      'examples',
      'all examples from step',
      `steps to loss ${GOAL}`,
      'examples to it',
    ],
    rows: [...found].map(([{ name }, runs]) => {
      const from = runs.map(({ sizes }) => sizes.indexOf(ALL) + 1)
      const goals = runs.flatMap(({ goal }) => goal ?? [])
      const toGoal = (of: 'steps' | 'examples') =>
        goals.length < runs.length
          ? 'never'
          : range(
              goals.map((goal) => goal[of]),
              0,
            )
      return [
        name,
        ...LOOKS.map((_, k) => spread(runs.map(({ norms }) => norms[k]))),
        range(
          runs.map(({ examples }) => examples),
          0,
        ),
        from.every((step) => step > 0) ? range(from, 0) : 'never',
        toGoal('steps'),
        toGoal('examples'),
      ]
    }),
  })
}

function draw({ figure }: ExperimentContext, found: Map<Policy, Run[]>): void {
  const first = [...found].map(([{ name }, [run]]) => ({ name, run }))
  figure({
    kind: 'line',
    title: 'The batch size of each step',
    caption: 'AdaGrad on digits with a fifth of the labels redrawn.',
    x: { label: 'step', scale: 'log' },
    y: { label: 'examples in the batch', scale: 'log' },
    series: first.map(({ name, run }) => ({ label: name, x: run.sizes.map((_, t) => t + 1), y: run.sizes })),
  })
  for (const by of ['step', 'examples'] as const)
    figure({
      kind: 'line',
      title: `The norm of the full gradient, by ${by === 'step' ? 'steps' : 'examples'}`,
      caption: 'Fixed small batches stall at a noise floor.',
      x: { label: by, scale: 'log' },
      y: { label: 'norm', scale: 'log' },
      series: first.map(({ name, run }) => ({ label: name, x: by === 'step' ? LOOKS : run.seen, y: run.norms })),
    })
}
