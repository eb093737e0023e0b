import type { ExperimentContext } from '@opt/core'
import { range } from '@opt/core/experiment'
import { type Run, run, TASKS } from './runs.ts'

const STAGES = 120

/** Full steps of single units, on diabetes: without the safeguard they blow up, with it the loss never rises. */
export async function fullSteps(context: ExperimentContext, seeds: number[], from: number, to: number): Promise<void> {
  const wild: Run[] = []
  const safe: Run[] = []
  for (const [k, seed] of seeds.entries()) {
    await context.progress(from + ((to - from) * k) / seeds.length, 'full steps of single units')
    const options = { units: STAGES, learningRate: 1, l2: 1e-4 }
    wild.push((await run(context, TASKS.diabetes, seed, options)).run)
    safe.push((await run(context, TASKS.diabetes, seed, { ...options, safeguard: true })).run)
  }
  const rises = (runs: Run[]) => runs.reduce((sum, one) => sum + one.rises, 0)
  const errors = (runs: Run[]) => runs.map(({ shares }) => shares.at(-1)!)
  const stages = STAGES * seeds.length
  context.claim({
    claim: 'Learning rate 1 with single units: without the safeguard the training loss rises, with it never',
    paper: '138 rises in 400 stages; 0 (reference)',
    ours: `${rises(wild)} and ${rises(safe)} rises in ${stages} stages`,
    pass: rises(wild) >= 0.1 * stages && rises(safe) === 0,
  })
  const ratio = Math.min(...errors(wild).map((error, k) => error / errors(safe)[k]))
  context.claim({
    claim: 'On diabetes, such steps end at twice the error that they have with the safeguard, or more',
    paper: '2359 to 3568 against 88 (reference, 200 stages)',
    ours: `${range(errors(wild), 0)} against ${range(errors(safe), 0)}`,
    pass: ratio >= 2,
  })
}
