import { boolean, callback, named, number, options as optionsOf, refuse, show } from './errors.ts'
import { giveWay, turnIsUp } from './give-way.ts'
import { Wait } from './wait.ts'

/** What a solver says after each iteration. `error` is what `tolerance` is compared with; a solver without one just works to its end. */
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
  /** `stopWhen` said so. */
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

/** A report with its place in the run. */
export type Progress<R extends Report> = R & { iteration: number }

/** What the driver takes from the options of every solver. */
export interface SolveOptions<R extends Report> {
  /** The run has converged when `error <= tolerance`. */
  tolerance?: number | undefined
  maxIterations?: number | undefined
  /** Milliseconds of wall time after which the run wraps up. */
  timeBudget?: number | undefined
  /** Wraps up when aborted; the answer so far is returned with status 'aborted'. */
  signal?: AbortSignal | undefined
  onProgress?: ((report: Progress<R>) => void) | undefined
  /** Wraps up when it returns true; status 'stopped'. */
  stopWhen?: ((report: Progress<R>) => boolean) | undefined
  /** Keep every report in the answer (default true). */
  history?: boolean | undefined
}

/** What the driver adds to every answer. */
export interface Outcome<R extends Report> {
  status: Status
  /** One readable sentence. */
  message: string
  iterations: number
  history: Progress<R>[]
}

type Inputs<A extends unknown[]> = A extends [...infer I, unknown] ? I : never
type Options<A extends unknown[]> = A extends [...unknown[], infer O] ? O : never
/** The generator's arguments as a user gives them: the driver's options join the solver's own, and may be left out when none is required. */
export type SolverArguments<A extends unknown[], R extends Report> =
  // biome-ignore lint/complexity/noBannedTypes: {} is what has no required property
  {} extends Options<A>
    ? [...inputs: Inputs<A>, options?: Options<A> & SolveOptions<R>]
    : [...inputs: Inputs<A>, options: Options<A> & SolveOptions<R>]

/** A function that solves, made by {@link solver}. */
export interface Solver<A extends unknown[], R extends Report, T extends object> {
  /** Solves at once. */
  (...args: SolverArguments<A, R>): T & Outcome<R>
  /**
   * Solves in slices and gives way to the event loop between them: a page stays alive, timers fire, a signal is seen.
   * All solvers that run at the same time hold the loop for about 12 ms a turn together.
   */
  async(...args: SolverArguments<A, R>): Promise<T & Outcome<R>>
  /** One iteration at a time; the generator's return value is the answer. */
  steps(...args: SolverArguments<A, R>): Generator<Progress<R>, T & Outcome<R>, void>
}

/** Defaults of the driver's options for one solver. */
export interface SolverDefaults {
  tolerance?: number
  maxIterations?: number
}

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

/** Refuses what the driver could only pass over in silence. */
function checkOptions<R extends Report>(given: unknown): SolveOptions<R> {
  const options = optionsOf(given as SolveOptions<R> | undefined, 'options')
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
 * Makes a solver of a generator that does the mathematics.
 *
 * The generator's last parameter is its options (always an object, without a default of its own). It yields a report
 * once an iteration and gets back `true` when it should wrap up and return its answer. It may return before: then the
 * status is 'converged' or 'stalled' by its last error, and a `message` in its answer says why; a solver that reports
 * no error and gives no such message has 'completed'. A `status` in its answer ('infeasible', say) counts before all
 * that the driver saw. It sees the driver's options beside its own, defaults filled in.
 *
 * ```ts
 * export const boxDescent = solver('boxDescent', function* (gradient: Gradient, x0: VectorLike, { stepSize = 0.1 }: BoxOptions) {
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
  defaults: SolverDefaults = {},
): Solver<A, R, T> {
  function* drive(args: unknown[]): Generator<Progress<R> | Wait, T & Outcome<R>, unknown> {
    const inputs = generator.length - 1
    const given = checkOptions<R>(args[inputs])
    const options = {
      ...given,
      tolerance: number(given.tolerance ?? defaults.tolerance ?? 1e-6, 'tolerance', { nonnegative: true }),
      maxIterations: number(given.maxIterations ?? defaults.maxIterations ?? 1000, 'maxIterations', {
        integer: true,
        min: 1,
      }),
    }
    const { tolerance, maxIterations, signal, onProgress, stopWhen } = options
    const keep = options.history ?? true
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
        if (status) throw new Error(`${name}: the solver went on after it was told to wrap up`)
        iterations++
        error = next.value.error
        const report = { ...next.value, iteration: iterations }
        if (keep) history.push(report)
        onProgress?.(report)
        if (error !== undefined && error <= tolerance) status = 'converged'
        else if (Number.isNaN(error)) status = 'diverged'
        else if (stopWhen?.(report)) status = 'stopped'
        yield report
        // Asked after the caller has had its turn: an abort during a pause costs no further iteration.
        if (!status) {
          if (signal?.aborted) status = 'aborted'
          else if (performance.now() >= deadline) status = 'time-budget'
          else if (iterations >= maxIterations) status = 'max-iterations'
        }
        next = run.next(status !== undefined)
      }
      const answer = next.value
      const { message: why, status: own, error: told } = answer as { message?: string; status?: Status; error?: number }
      if (own) status = own
      else if (!status) {
        if (error !== undefined && error <= tolerance) status = 'converged'
        else status = error === undefined && why === undefined ? 'completed' : 'stalled'
      }
      return {
        ...answer,
        status,
        // What the answer says of itself counts: on the way there may have been no error yet.
        message: sentence(name, status, iterations, error === undefined ? error : (told ?? error), options, why),
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
          next = run.throw(new TypeError(`${name}: has to wait for an answer: call ${name}.async`))
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
      const { signal, timeBudget } = checkOptions<R>(args[generator.length - 1])
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
