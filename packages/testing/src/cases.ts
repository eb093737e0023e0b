/** Makes the arguments of a valid call, new ones each time. */
export type Arguments = () => unknown[]

/** Valid calls of methods, by name. */
export type Methods = Record<string, Arguments | Call | Skipped>

/**
 * A valid call of a function or constructor, and what is special about it. Paths lead from the
 * arguments on: `'2.scratch'` is the property `scratch` of the third.
 */
export interface Call {
  args: Arguments
  /** Paths that the function writes by its documentation. */
  writes?: readonly string[]
  /**
   * Paths of numbers that determine the amount of work or memory: they get small and wrong values
   * only. `maxIterations` always is one.
   */
  budgets?: readonly string[]
  /** Paths whose values may have other types than in this call, or are rightly ignored. */
  loose?: readonly string[]
  /** Paths of last arguments that are no options but data, a state (as in `load`) or an answer: they may hold more. */
  open?: readonly string[]
  /** Paths that are not changed, because other values are the caller's responsibility. */
  fixed?: readonly string[]
  /** Why the answer may hold NaN or infinities, for instance 'NaN in, NaN out'. */
  nonFinite?: string
  /** Other beginnings of error messages than the function's own name. */
  says?: readonly string[]
  /** Methods of the answer; of an exported class, all that it defines itself. */
  methods?: Methods
}

/** An object that users do not create, or an exported object: only its methods are called. */
export interface Subject {
  make: () => unknown
  methods: Methods
  says?: readonly string[]
}

/** An export that is not called, and why. */
export interface Skipped {
  skip: string
}

export type Case = Arguments | Call | Subject | Skipped

/** A function, constructor or method to call. */
export interface Target {
  /** `sinkhorn`, `sinkhorn.async`, `new Random`, `Random.uniform`. */
  label: string
  /** Beginnings of error messages. */
  names: string[]
  call: Call
  /** Calls it; a method on a new object. */
  run: (args: unknown[]) => unknown
}

type Callable = (...args: unknown[]) => unknown
type Class = new (...args: unknown[]) => object

const isClass = (f: unknown): f is Class =>
  typeof f === 'function' && /^class\b/.test(Function.prototype.toString.call(f))

const callOf = (given: Arguments | Call): Call => (typeof given === 'function' ? { args: given } : given)

/** Returns exports and methods without a case, and cases without an export, in words. */
export function gaps(api: object, cases: Record<string, Case>): string[] {
  const missing: string[] = []
  for (const [name, value] of Object.entries(api)) {
    const given = cases[name]
    if (given === undefined) {
      if (typeof value === 'function') missing.push(`${name} is exported and has no case`)
    } else if (isClass(value) && !('skip' in given)) {
      const listed = typeof given === 'function' ? {} : (given.methods ?? {})
      for (const [method, { value: f }] of Object.entries(Object.getOwnPropertyDescriptors(value.prototype)))
        if (method !== 'constructor' && typeof f === 'function' && !(method in listed))
          missing.push(`${name}.${method} has no case`)
    }
  }
  for (const name of Object.keys(cases)) if (!(name in api)) missing.push(`${name} has a case and is not exported`)
  return missing
}

/** Returns all targets of one export. */
export function targetsOf(name: string, value: unknown, given: Case): Target[] {
  if ('skip' in given) return []
  const says = [name, ...('says' in given ? (given.says ?? []) : [])]
  if ('make' in given) return methodTargets(name, says, given.make, given.methods)

  const call = callOf(given)
  const make = isClass(value)
  const run = make ? (args: unknown[]) => new value(...args) : (args: unknown[]) => (value as Callable)(...args)
  const targets: Target[] = [{ label: make ? `new ${name}` : name, names: says, call, run }]
  // The `async` and `steps` of a solver have the arguments of the solver.
  if (!make)
    for (const [key, f] of Object.entries(value as object))
      if (typeof f === 'function')
        targets.push({ label: `${name}.${key}`, names: says, call, run: (args) => f(...args) })
  targets.push(...methodTargets(name, says, () => run(call.args()), call.methods ?? {}))
  return targets
}

function methodTargets(owner: string, says: string[], make: () => unknown, methods: Methods): Target[] {
  return Object.entries(methods).flatMap(([method, given]): Target[] => {
    if ('skip' in given) return []
    // A state may hold more.
    const call: Call = { ...(method === 'load' && { open: ['0'] }), ...callOf(given) }
    const label = `${owner}.${method}`
    const run = async (args: unknown[]) => {
      const object = (await make()) as Record<string, Callable>
      return object[method](...args)
    }
    return [{ label, names: [...says, method, ...(call.says ?? [])], call, run }]
  })
}
