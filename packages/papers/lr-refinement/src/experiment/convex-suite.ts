import type { ExperimentContext } from '@opt/core'
import { NormRecorder, refineSchedule, type ScheduleName, schedule } from '../index.ts'
import { loadProblem, type ProblemName } from './problems.ts'
import { Trainer, type Tuned, tune } from './training.ts'

const T = 2000
const RATES = [0.03, 0.1, 0.3, 1, 3, 10]
const CLASSICAL: ScheduleName[] = ['flat', 'inverse', 'inverse-sqrt', 'step', 'cosine', 'linear']

/** Problems whose optimum is still far after T steps: there linear decay should win. */
const HARD: ProblemName[] = ['a9a', 'digits', 'breast cancer']

/** Softmax regression from zero by SGD: the classical schedules and the refined one, each at its best peak rate. */
export async function convexSuite(context: ExperimentContext, at: number, share: number): Promise<void> {
  const quick = context.scale === 'quick'
  const names: ProblemName[] = quick ? ['breast cancer', 'diabetes'] : [...HARD, 'wine', 'iris', 'diabetes']
  const seeds = Array.from({ length: quick ? 3 : 5 }, (_, k) => 1000 * context.seed + k)
  const rows: (string | number)[][] = []
  for (const [k, name] of names.entries()) {
    const start = at + (share * k) / names.length
    const problem = await loadProblem(name, context)
    if (problem === null) {
      context.note('a9a is left out: there is no data folder with a9a.t.')
      continue
    }
    await context.progress(start, `${problem.name}: the optimum by L-BFGS`)
    const trainer = new Trainer(problem, (network) => network.parameters.fill(0))
    const optimum = await trainer.optimum(context.signal)
    const found = new Map<string, Tuned>()
    const measure = async (label: string, values: Float64Array) => {
      await context.progress(start + (share / names.length) * (found.size / 8), `${problem.name}: ${label}`)
      found.set(
        label,
        tune((rate, seed) => trainer.run(values, rate, seed), RATES, seeds),
      )
    }
    for (const shape of CLASSICAL) await measure(shape, schedule(shape, { steps: T, warmup: 0.05 }))
    const recorder = new NormRecorder()
    const linear = schedule('linear', { steps: T, warmup: 0.05 })
    trainer.run(linear, found.get('linear')!.rate, seeds[0] + 100, { recorders: [recorder] })
    const refined = refineSchedule(recorder.norms)
    await measure('refined', refined.values)

    const excess = (label: string) => found.get(label)!.mean - optimum.value
    const ratio = (label: string) => excess(label) / excess('linear')
    rows.push([
      problem.name,
      ...[...CLASSICAL, 'refined'].map((label) => excess(label).toPrecision(3)),
      refined.decay.toFixed(1),
    ])
    judge(context, problem.name, HARD.includes(name), ratio, excess('linear'))
    if (optimum.gradient > 1e-5)
      context.note(
        `${problem.name}: the optimum is the least loss found, ${optimum.value.toFixed(5)} with a gradient of ${optimum.gradient.toExponential(0)}; the classes are nearly separable.`,
      )
  }
  context.table({
    title: `Softmax regression from zero, ${T} steps of SGD with batches of 16: training loss above the optimum, mean of ${seeds.length} seeds at the best peak rate`,
    columns: ['problem', ...CLASSICAL, 'refined', 'norms fell by'],
    rows,
  })
}

function judge(
  context: ExperimentContext,
  name: string,
  hard: boolean,
  ratio: (label: string) => number,
  linear: number,
): void {
  const times = (label: string) => `${label} ${ratio(label).toFixed(2)}`
  if (hard) {
    const least: [string, number][] = [
      ['step', 1.05],
      ['inverse-sqrt', 1.25],
      ['flat', 1.5],
      ['inverse', 2.5],
    ]
    context.claim({
      claim: `${name}: linear decay ends closer to the optimum than ${least.map(([label, by]) => `${label} (${by} times)`).join(', ')}, and within a quarter of cosine`,
      paper: 'linear decay matches or beats all classical schedules',
      ours: `times linear decay's ${linear.toPrecision(2)}: ${[...least.map(([label]) => label), 'cosine'].map(times).join(', ')}`,
      pass: least.every(([label, by]) => ratio(label) >= by) && ratio('cosine') >= 1 / 1.25,
    })
  } else
    context.claim({
      claim: `${name}: where the problem is solved to about 1e-4, cosine is ahead of linear decay (does not carry over)`,
      paper: 'linear decay matches or beats cosine',
      ours: `${ratio('cosine') < 1 ? 'it is' : 'not here'}: ${times('cosine')}, ${times('refined')} times linear decay's ${linear.toPrecision(2)}`,
      pass: null,
    })
  context.claim({
    claim: `${name}: refinement from a zero start`,
    paper: 'refinement improves on linear decay',
    ours: `${ratio('refined').toFixed(2)} times linear decay's distance to the optimum`,
    pass: null,
  })
}
