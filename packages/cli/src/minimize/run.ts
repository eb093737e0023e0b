import type { CboSolution, CboState } from '@opt/cbo'
import { writeOrRescue, writeWhole } from '../files/whole-file.ts'
import { type Interrupts, listenForInterrupts } from '../interrupts.ts'
import { Problem, reasonOf, UsageError, withoutFunction } from '../problem.ts'
import { seconds } from '../terminal/format.ts'
import { aboveProgress, progressBars } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { evaluatorOf } from './evaluate.ts'
import type { MinimizeRequest } from './request.ts'
import type { SavedRun } from './saved.ts'

/** How often the particles are saved to --state, in milliseconds. */
const SAVE_INTERVAL = 10_000

/** Minimises the script's function, prints the best point, and returns the exit code. */
export async function runMinimize(request: MinimizeRequest, terminal: Terminal): Promise<number> {
  const saver = new Saver(request)
  const interrupts = listenForInterrupts({ closed: terminal.closed, second: () => saver.save() })
  try {
    return await minimize(request, terminal, interrupts, saver)
  } finally {
    interrupts.stop()
  }
}

/** Holds the last state, and saves it. */
class Saver {
  readonly #request: MinimizeRequest
  cloud: CboState | undefined
  #next = performance.now() + SAVE_INTERVAL

  constructor(request: MinimizeRequest) {
    this.#request = request
  }

  /** Takes a state, and saves it now and then where a file was asked for. */
  readonly take = (cloud: CboState): void => {
    this.cloud = cloud
    if (!this.#request.state.asked || performance.now() < this.#next) return
    writeWhole(this.#request.state.path, this.#text(cloud))
    this.#next = performance.now() + SAVE_INTERVAL
  }

  /** Saves the last state; returns whether there is one. */
  save(): boolean {
    if (this.cloud === undefined) return false
    writeOrRescue(this.#request.state.path, this.#text(this.cloud))
    return true
  }

  #text(cloud: CboState): string {
    const { script, export: name, settings, steps, tolerance } = this.#request
    const saved: SavedRun = { digest: script.digest, export: name, settings, steps, tolerance, cloud }
    return JSON.stringify(saved)
  }
}

async function minimize(
  request: MinimizeRequest,
  terminal: Terminal,
  interrupts: Interrupts,
  saver: Saver,
): Promise<number> {
  const { script, settings, start, steps, target, state } = request
  // A step is done once its points are evaluated.
  const before = 'step' in start ? start.step + (start.values === null ? 0 : 1) : 0
  if (before >= steps) throw new UsageError(`--steps must be more than the ${before} that the state has done`)
  if (request.changed) terminal.err(`opt: ${script.name} has changed since the state was saved.`)
  const bar = terminal.bar && progressBars(terminal.bar, ['minimize'])
  const shown = bar === undefined ? terminal : aboveProgress(terminal, bar)
  let [done, values, label] = [before, 0, '']
  const draw = () => bar?.update('minimize', (done + Math.min(1, values / settings.particles)) / steps, label)
  const { cbo } = await import('@opt/cbo')
  const evaluator = await evaluatorOf(request, () => {
    values++
    draw()
  })
  bar?.start('minimize')
  const begin = performance.now()
  let answer: CboSolution & { status: string; iterations: number }
  try {
    answer = await cbo.async(evaluator, start, {
      ...('step' in start ? {} : { particles: settings.particles }),
      sigma: settings.sigma,
      alpha: settings.alpha,
      random: settings.seed,
      tolerance: request.tolerance,
      maxIterations: steps - before,
      history: false,
      signal: interrupts.signal,
      onState: saver.take,
      ...(target !== undefined && { stopWhen: ({ bestValue }) => bestValue <= target }),
      onProgress({ iteration, error, bestValue }) {
        done = before + iteration
        values = 0
        label = `best ${digits(bestValue)}, spread ${digits(error)}`
        draw()
        if (bar === undefined && (iteration & (iteration - 1)) === 0) shown.err(`step ${done}: ${label}`)
      },
    })
  } catch (error) {
    bar?.end('minimize')
    throw saveDespite(error, saver, state.name)
  } finally {
    await evaluator.close()
  }
  bar?.end('minimize')
  saver.cloud = answer.state
  const facts = [
    `x          ${Array.from(answer.x, String).join(' ')}`,
    `value      ${answer.value}`,
    `steps      ${before + answer.iterations}, ${ENDS[answer.status] ?? answer.status}`,
    `evaluated  ${answer.evaluations} points, ${seconds((performance.now() - begin) / 1000)}`,
  ]
  const known = answer.value < Infinity
  if (known) terminal.out(facts.join('\n'))
  if (answer.status !== 'aborted') {
    if (state.asked && saver.save()) terminal.out(`saved to   ${state.name}`)
    return 0
  }
  saver.save()
  terminal.out(`Saved to ${state.name}; \`opt minimize ${script.name} --resume ${state.name}\` continues.`)
  return interrupts.code!
}

const ENDS: Record<string, string> = {
  converged: 'converged',
  'max-iterations': 'all that were allowed',
  stopped: 'the target is reached',
  aborted: 'interrupted',
}

const digits = (value: number) => String(Number(value.toPrecision(5)))

/** Saves what was found before the script failed; returns the error to throw. */
function saveDespite(error: unknown, saver: Saver, name: string): unknown {
  const known = error instanceof Problem || error instanceof RangeError
  if (!known) return error
  let message = error instanceof Problem ? error.message : withoutFunction(error)
  try {
    if (saver.save()) message += `\nThe particles before are saved to ${name}.`
  } catch (problem) {
    message += `\n${reasonOf(problem)}`
  }
  return new Problem(message)
}
