import { boolean, callback, named, number, type OptionNames, options as optionsOf, refuse, show } from './errors.ts'
import { giveWay, turnIsUp } from './give-way.ts'
import { Wait } from './wait.ts'

/**
 * A solver's report after an iteration. `tolerance` is compared with its `error`; a solver that reports none
 * runs to its end.
 */
export interface Report {
  error?: number
}

/** How a solve ended. */
export type Status =
  /** The error reached the tolerance. */
  | 'converged'
  /** A solver without an error did all the work it was asked for. */
  | 'completed'
  | 'max-iterations'
  /** `stopWhen` returned true. */
  | 'stopped'
  /** The signal was aborted. */
  | 'aborted'
  | 'time-budget'
  /** The solver gave up above the tolerance: it can make no further progress. */
  | 'stalled'
  /** The error became NaN. */
  | 'diverged'
  /** The solver proved that the problem has no solution. */
  | 'infeasible'

/** A report with the number of its iteration, from 1. */
export type Progress<R extends Report> = R & { iteration: number }

/** The options that the driver adds to every solver. */
export interface SolveOptions<R extends Report> {
  /** The run has converged when `error <= tolerance`. */
  tolerance?: number | undefined
  maxIterations?: number | undefined
  /** Milliseconds of wall time after which the solver is asked to finish. */
  timeBudget?: number | undefined
  /** Aborting it ends the run; the answer so far is returned with status 'aborted'. */
  signal?: AbortSignal | undefined
  onProgress?: ((report: Progress<R>) => void) | undefined
  /** Called after each iteration; returning true ends the run with status 'stopped'. */
  stopWhen?: ((report: Progress<R>) => boolean) | undefined
  /** Whether the answer holds every report. Default true. */
  history?: boolean | undefined
}

/** The fields that the driver adds to every answer. */
export interface Outcome<R extends Report> {
  status: Status
  /** One readable sentence. */
  message: string
  iterations: number
  history: Progress<R>[]
}

type Inputs<A extends unknown[]> = A extends [...infer I, unknown] ? I : never
type Options<A extends unknown[]> = A extends [...unknown[], infer O] ? O : never
/**
 * A solver's arguments as users pass them: the driver's options join its own; all may be left out when none
 * is required.
 */
export type SolverArguments<A extends unknown[], R extends Report> =
  // biome-ignore lint/complexity/noBannedTypes: {} is what has no required property
  {} extends Options<A>
    ? [...inputs: Inputs<A>, options?: Options<A> & SolveOptions<R>]
    : [...inputs: Inputs<A>, options: Options<A> & SolveOptions<R>]

/** A function that solves, made by {@link solver}. */
export interface Solver<A extends unknown[], R extends Report, T extends object> {
  /** Solves synchronously. */
  (...args: SolverArguments<A, R>): T & Outcome<R>
  /**
   * Solves in slices and yields to the event loop between them: a page stays responsive, timers fire, a signal is seen.
   * All solvers that run at the same time share about 12 ms of each turn of the loop.
   */
  async(...args: SolverArguments<A, R>): Promise<T & Outcome<R>>
  /** Runs one iteration at a time; the generator's return value is the answer. */
  steps(...args: SolverArguments<A, R>): Generator<Progress<R>, T & Outcome<R>, void>
}

/** A solver's own defaults of the driver's options, the names of its own, and what it refuses before it looks at any. */
export interface SolverDefaults<O = object> {
  tolerance?: number
  maxIterations?: number
  /** The names of the solver's options, besides the driver's: any other is refused. Without them, none is. */
  options?: OptionNames<O>
  /** Called with the inputs before the options are checked, which another argument may have taken the place of. */
  checkInputs?: (...inputs: unknown[]) => void
}

/** The names of {@link SolveOptions}, for a function that hands them on to a solver. */
export const SOLVE_OPTIONS = [
  'tolerance',
  'maxIterations',
  'timeBudget',
  'signal',
  'onProgress',
  'stopWhen',
  'history',
] as const

type Limits = { tolerance: number; maxIterations: number; timeBudget?: number | undefined }

function sentence(
  name: string,
  status: Status,
  n: number,
  error: number | undefined,
  limits: Limits,
  why?: string,
): string {
  const after = `after ${n} iteration${n === 1 ? '' : 's'}`
  const at = error === undefined ? '' : `, error ${Number(error.toPrecision(3))} (tolerance ${limits.tolerance})`
  const head = {
    converged: `converged ${after}`,
    completed: `completed ${after}`,
    'max-iterations': `stopped at maxIterations = ${limits.maxIterations}`,
    stopped: `stopped by stopWhen ${after}`,
    aborted: `aborted ${after}`,
    'time-budget': `used up its time budget of ${limits.timeBudget} ms ${after}`,
    stalled: `stalled ${after}`,
    diverged: `diverged ${after}`,
    infeasible: 'infeasible',
  }[status]
  return `${name}: ${head}${at}${why ? `: ${why}` : ''}`
}

/** Checks the driver's options and the names of all, so that none is ignored silently. */
function checkOptions<R extends Report>(given: unknown, own?: readonly string[]): SolveOptions<R> {
  const names = own && [...own, ...SOLVE_OPTIONS]
  const options = optionsOf(given as SolveOptions<R> | undefined, 'options', names as OptionNames<SolveOptions<R>>)
  const { timeBudget, signal, onProgress, stopWhen, history } = options
  if (timeBudget !== undefined && timeBudget !== Infinity) number(timeBudget, 'timeBudget', { nonnegative: true })
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    refuse('signal', 'an AbortSignal', show(signal), 'type')
  for (const [label, call] of Object.entries({ onProgress, stopWhen }))
    if (call !== undefined) callback(call as () => unknown, label)
  if (history !== undefined) boolean(history, 'history')
  return options
}

/**
 * Turns a generator that does the mathematics into a solver.
 *
 * The generator's last parameter is its options (always an object, without a default value). It yields a
 * report once per iteration and receives `true` when it should finish and return its answer. It may return
 * earlier: the status is then 'converged' or 'stalled' by its last error, and a `message` in its answer gives
 * the reason; a solver that reports no error and gives no such message has 'completed'. A `status` in its
 * answer ('infeasible', say) overrides the driver's. The generator sees the driver's options beside its own,
 * with defaults filled in.
 *
 * ```ts
 * export const boxDescent = solver('boxDescent', function* (gradient: Gradient, x0: VectorLike, { stepSize =
 * 0.1 }: BoxOptions) {
 *   const x = vectorCopy(x0, 'x0')
 *   for (;;) {
 *     const error = projectedStep(x, gradient(x), stepSize)
 *     if (yield { error }) return { x }
 *   }
 * })
 * ```
 */
export function solver<A extends unknown[], R extends Report, T extends object>(
  name: string,
  generator: (...args: A) => Generator<R, T, boolean>,
  defaults: SolverDefaults<NoInfer<Options<A>>> = {},
): Solver<A, R, T> {
  function checkArguments(args: unknown[]): SolveOptions<R> {
    const inputs = generator.length - 1
    defaults.checkInputs?.(...args.slice(0, inputs))
    return checkOptions<R>(args[inputs], defaults.options)
  }

  function* drive(args: unknown[]): Generator<Progress<R> | Wait, T & Outcome<R>, unknown> {
    const inputs = generator.length - 1
    const given = checkArguments(args)
    const options = {
      ...given,
      tolerance: number(given.tolerance ?? defaults.tolerance ?? 1e-6, 'tolerance', { nonnegative: true }),
      maxIterations: number(given.maxIterations ?? defaults.maxIterations ?? 1000, 'maxIterations', {
        integer: true,
        min: 1,
      }),
    }
    const { tolerance, maxIterations, signal, onProgress, stopWhen } = options
    const recordsHistory = options.history ?? true
    const deadline = performance.now() + (options.timeBudget ?? Infinity)
    // An input that was left out must not put the options in its place.
    const all = Array.from({ length: inputs }, (_, i) => args[i])
    const run = generator(...([...all, options] as unknown as A))
    const history: Progress<R>[] = []
    let iterations = 0
    let error: number | undefined
    let status: Status | undefined

    try {
      let next = run.next()
      while (!next.done) {
        if (next.value instanceof Wait) {
          let settled: unknown
          try {
            settled = yield next.value
          } catch (error) {
            next = run.throw(error)
            continue
          }
          next = run.next(settled as boolean)
          continue
        }
        if (status) throw new Error(`${name}: the solver yielded again after it was asked to finish`)
        iterations++
        error = next.value.error
        const report = { ...next.value, iteration: iterations }
        if (recordsHistory) history.push(report)
        onProgress?.(report)
        if (error !== undefined && error <= tolerance) status = 'converged'
        else if (Number.isNaN(error)) status = 'diverged'
        else if (stopWhen?.(report)) status = 'stopped'
        yield report
        // Checked after the caller has had its turn: an abort during a pause costs no further iteration.
        if (!status) {
          if (signal?.aborted) status = 'aborted'
          else if (deadline < Infinity && performance.now() >= deadline) status = 'time-budget'
          else if (iterations >= maxIterations) status = 'max-iterations'
        }
        next = run.next(status !== undefined)
      }
      const answer = next.value
      const {
        message: why,
        status: ownStatus,
        error: ownError,
      } = answer as { message?: string; status?: Status; error?: number }
      if (ownStatus) status = ownStatus
      else if (!status) {
        if (error !== undefined && error <= tolerance) status = 'converged'
        else status = error === undefined && why === undefined ? 'completed' : 'stalled'
      }
      return {
        ...answer,
        status,
        // The answer's own error is the final one; the reports' may be of an earlier iterate.
        message: sentence(name, status, iterations, error === undefined ? error : (ownError ?? error), options, why),
        iterations,
        history,
      }
    } finally {
      run.return(undefined as never)
    }
  }

  function* steps(...args: unknown[]): Generator<Progress<R>, T & Outcome<R>, void> {
    const run = drive(args)
    try {
      let next = run.next()
      while (!next.done) {
        if (next.value instanceof Wait) {
          next.value.promise.then(undefined, () => {})
          next = run.throw(new TypeError(`${name}: has to wait for a promise or a device; call ${name}.async(...)`))
          continue
        }
        yield next.value
        next = run.next()
      }
      return next.value
    } catch (error) {
      throw named(name, error)
    } finally {
      run.return(undefined as never)
    }
  }

  function solve(...args: unknown[]): T & Outcome<R> {
    const run = steps(...args)
    let next = run.next()
    while (!next.done) next = run.next()
    return next.value
  }

  async function async(...args: unknown[]): Promise<T & Outcome<R>> {
    const run = drive(args)
    try {
      const { signal, timeBudget } = checkArguments(args)
      const deadline = performance.now() + (timeBudget ?? Infinity)
      const overdue = () => signal?.aborted === true || performance.now() >= deadline
      let next = run.next()
      while (!next.done) {
        if (next.value instanceof Wait) {
          next = await next.value.promise.then(
            (value) => run.next(value),
            (error) => run.throw(error),
          )
          continue
        }
        if (turnIsUp()) await giveWay(overdue)
        next = run.next()
      }
      return next.value
    } catch (error) {
      throw named(name, error)
    } finally {
      run.return(undefined as never)
    }
  }

  return Object.assign(solve, { async, steps }) as unknown as Solver<A, R, T>
}
