import type { CAC } from 'cac'
import { type Interrupts, listenForInterrupts } from '../interrupts.ts'
import { type Options, typedOptions } from '../options.ts'
import { Problem, reasonOf } from '../problem.ts'
import type { Session } from '../session.ts'
import { Keeper } from '../stream/keeper.ts'
import { countFeatures, learn, type Work } from '../stream/learn.ts'
import { build, LEARNERS } from '../stream/learners.ts'
import { knownOf, type Plan, planOf, startOf } from '../stream/plan.ts'
import { Predictions } from '../stream/predictions.ts'
import { ProgressLog } from '../stream/progress-log.ts'
import { loadInto } from '../stream/saved.ts'
import { progressView, type Terminal } from '../terminal.ts'

export function addStream(cli: CAC, session: Session): void {
  cli
    .command('stream [file]', 'Learn to tell two classes apart from a LIBSVM file, or standard input, line by line')
    .option('--learner <name>', `One of ${LEARNERS.join(', ')} (default: sea-convex)`)
    .option('--features <n>', 'How many features there are; needed for what can be read only once')
    .option('--first-index <i>', 'What the file calls the first feature, 0 or 1 (default: 1)')
    .option('--positive <label>', 'Label of the positive class; all others are negative (default: +1, against -1 or 0)')
    .option('--radius <r>', 'Longest weight vector (default: 20)')
    .option('--scale <s>', "What every example is multiplied by, or 'unit' for length 1 (default: unit)")
    .option('--beta <b>', 'Curvature that sea-exp-concave counts on (default: 1)')
    .option('--horizon <n>', 'Rounds that sea-dynamic plans for')
    .option('--state <file>', 'Where to save what was learned, at the end and when interrupted')
    .option('--resume <state>', 'Go on in the same input where a state was saved; a file is passed over up to there')
    .option('--from <state>', 'Begin a new input with the learner of a saved state')
    .option('--test', 'With --from: judge every example, learn nothing')
    .option(
      '--predictions <file>',
      'Write the probability of the positive class, a line an example, before learning it',
    )
    .example('opt stream a9a --learner sea-exp-concave --state a9a.json')
    .example('opt stream a9a.t --from a9a.json --test --predictions a9a.t.txt')
    .example('zcat big.libsvm.gz | opt stream --features 100000')
    .action((file: string | undefined) => run(file, typedOptions(cli), session))
}

async function run(file: string | undefined, options: Options, { terminal }: Session): Promise<number> {
  const plan = planOf(file, options)
  const known = knownOf(plan)
  const { source, settings, test, old } = plan
  let predictions: Predictions | undefined
  let keeper: Keeper | undefined
  const interrupts = listenForInterrupts({ closed: terminal.closed, second: () => keeper?.keep(true) })
  const { signal } = interrupts
  try {
    if (plan.predictions) predictions = new Predictions(plan.predictions.path, plan.predictions.keep, terminal)
    const features = settings.features ?? (await countFeatures(source, settings, signal))
    const stream = await build({ ...settings, features })
    if (old) loadInto(stream, old.saved, old.name, !test)
    const certified = !test && settings.learner !== 'sea-exp-concave'
    const log = new ProgressLog(stream, certified, predictions?.onStandardOutput ? terminal.err : terminal.out)
    const view = terminal.bar && source.size ? progressView(terminal, 'stream') : undefined
    const work: Work = {
      source,
      settings: { ...settings, features },
      stream,
      test,
      known,
      position: startOf(plan),
      signal,
      onExample(margin) {
        predictions?.add(margin)
        log.tick()
      },
      onBytes: (bytes) => view?.update(bytes / source.size!, `${stream.examples} examples`),
    }
    keeper = new Keeper(plan, work, predictions)
    try {
      await learn(work)
    } catch (error) {
      view?.stop()
      if (keeper.examples > 0) log.last()
      throw keepDespite(error, keeper, plan)
    }
    view?.stop()
    log.last()
    return finish(plan, keeper, interrupts, terminal)
  } finally {
    predictions?.discard()
    interrupts.stop()
  }
}

function finish(plan: Plan, keeper: Keeper, { signal, code }: Interrupts, { out }: Terminal): number {
  const { source, state, old, test } = plan
  if (signal.aborted) {
    keeper.keep(true)
    const [input, rest] = source.path === undefined ? ['', ' with the rest on standard input'] : [`${source.name} `, '']
    if (keeper.hasState) out(`Saved to ${state.name}; \`opt stream ${input}--resume ${state.name}\` goes on${rest}.`)
    else out(test ? 'Interrupted: not all examples are judged.' : 'Interrupted before the first line.')
    return code!
  }
  if (keeper.examples === 0 && !old?.resumes) throw new Problem(`${source.name} holds no example`)
  keeper.keep(state.asked)
  if (state.asked) out(`Saved to ${state.name}.`)
  return 0
}

/** An example is wrong, or the input breaks off: what was learned before is not lost. */
function keepDespite(error: unknown, keeper: Keeper, { state, test }: Plan): unknown {
  if (keeper.examples === 0) return error
  let message = error instanceof Problem ? error.message : undefined
  try {
    keeper.keep(true)
    if (!test) message += `\nWhat was learned before is saved to ${state.name}.`
  } catch (problem) {
    message += `\n${reasonOf(problem)}`
  }
  return error instanceof Problem ? new Problem(message) : error
}
