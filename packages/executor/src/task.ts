import { brief, shown, textOf } from './text.ts'

/** What a task receives besides its input. */
export interface TaskContext {
  /**
   * Aborts when the result is no longer needed. Long in-process tasks should watch it; elsewhere the task's thread is
   * ended, and the signal never aborts.
   */
  readonly signal: AbortSignal
}

/** An exported function of a module, from one input to one output, both of them values that can be cloned. */
export type TaskFunction<I, O> = (input: I, context: TaskContext) => O | Promise<O>

/** Where to find a task's function: plain data, so that threads and other machines can find it too. */
export interface Task<I = unknown, O = unknown> {
  /** An absolute URL, or a name in the executor's `modules`. */
  readonly module: string
  /** The name under which the module exports the function. */
  readonly name: string
  /** The function itself, for `inProcess().map(f, ...)`. */
  readonly run?: TaskFunction<I, O>
}

/** Modules by name, where they cannot be found by the same URL everywhere: on a cluster, or after bundling. */
export type Modules = Readonly<Record<string, string | URL | (() => Promise<object>)>>

/**
 * Names an exported function as a task.
 *
 *     task<typeof score>(new URL('./score.js', import.meta.url), 'score')
 *
 * @param module the module of the function: a URL, or a name in the executor's `modules`
 * @param name the name of the export
 * @throws {TypeError} if module is neither a URL nor a non-empty string, or name is not a non-empty string
 */
export function task<F extends (input: never, context: TaskContext) => unknown = (input: unknown) => unknown>(
  module: string | URL,
  name: string,
): Task<Parameters<F>[0], Awaited<ReturnType<F>>> {
  const href = typeof module === 'string' ? module : module?.href
  if (typeof href !== 'string' || href === '')
    throw new TypeError(`task: module must be a URL or a name, got ${shown(module)}`)
  if (isPath(href)) throw new TypeError(`task: module ${fromWhere(href)}`)
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`task: name must be the name of an exported function, got ${shown(name)}`)
  return { module: href, name }
}

/** Replaces the name of a task's module by its entry in `modules`; with `modules`, nothing else may be run. */
export function locate({ module, name }: Task, modules: Modules | undefined): Task & { load?: () => Promise<object> } {
  if (modules === undefined) return { module, name }
  const place = Object.hasOwn(modules, module) ? modules[module] : undefined
  if (place === undefined)
    throw new TypeError(`task: modules has no ${brief(module)}; it has ${Object.keys(modules).join(', ')}`)
  return typeof place === 'function' ? { module, name, load: place } : { module: String(place), name }
}

async function find(task: Task, modules: Modules | undefined): Promise<TaskFunction<unknown, unknown>> {
  const {
    module,
    name,
    load = () => import(/* @vite-ignore */ /* webpackIgnore: true */ module),
  } = locate(task, modules)
  const exports = (await load()) as Record<string, unknown>
  // Own properties only: every object inherits a `constructor`.
  const run = Object.hasOwn(exports, name) ? exports[name] : undefined
  if (typeof run !== 'function') throw new TypeError(`task: ${brief(module)} exports no function called ${brief(name)}`)
  return run as TaskFunction<unknown, unknown>
}

/** How an attempt at an input ended. */
export type Outcome =
  | { readonly value: unknown }
  /** The task threw. */
  | { readonly error: unknown }
  /** The worker died: the reason. */
  | { readonly lost: string }

/** Runs a task on an input in this thread; never rejects. */
export async function runTask(task: Task, input: unknown, signal: AbortSignal, modules?: Modules): Promise<Outcome> {
  try {
    const run = task.run ?? (await find(task, modules))
    return { value: await run(input, { signal }) }
  } catch (error) {
    return { error: portable(error) }
  }
}

/** Returns what was thrown, or its text where it cannot be cloned or is a DOMException. */
function portable(error: unknown): unknown {
  try {
    if (Object.prototype.toString.call(error) !== '[object DOMException]') {
      structuredClone(error)
      return error
    }
  } catch {}
  return new Error(textOf(error))
}

/** Returns the outcome of an input or an output that cannot be cloned. */
export function notCloneable(what: 'input' | 'output', reason: unknown): { error: unknown } {
  return { error: new TypeError(`the ${what} cannot be cloned: ${textOf(reason)}`) }
}

/**
 * Checks an executor's `modules`.
 *
 * @param places what is allowed for a module beside a URL
 * @throws {TypeError} if it is no object from names to places
 */
export function checkModules(owner: string, modules: Modules, places: 'paths' | 'imports'): void {
  if (Object.prototype.toString.call(modules) !== '[object Object]')
    throw new TypeError(`${owner}: modules must be an object from names to modules, got ${shown(modules)}`)
  const allowed = places === 'paths' ? 'a URL or a path' : 'a URL or a function that imports'
  for (const [name, place] of Object.entries(modules)) {
    const label = `${owner}: modules[${JSON.stringify(brief(name))}]`
    if (typeof (place as URL | null)?.href === 'string' || (places === 'imports' && typeof place === 'function'))
      continue
    if (typeof place !== 'string' || place === '')
      throw new TypeError(`${label} must be ${allowed}, got ${shown(place)}`)
    if (places === 'imports' && isPath(place)) throw new TypeError(`${label} ${fromWhere(place)}`)
  }
}

const isPath = (module: string): boolean => /^\.{0,2}\//.test(module)

const fromWhere = (path: string): string =>
  `must be an absolute URL, got ${brief(path)}; try new URL('${brief(path)}', import.meta.url)`
