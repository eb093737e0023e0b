/** The arguments of a valid call, made anew each time. */
export type Arguments = () => unknown[]

/** Valid calls of methods by their names. */
export type Methods = Record<string, Arguments | Call | Skipped>

/** A valid call, of a function or with `new`, and what is special about it. A path is a list of keys from the arguments on: `'2.scratch'`. */
export interface Call {
  args: Arguments
  /** Paths that the function is documented to write. */
  writes?: readonly string[]
  /** Paths of numbers by which the caller asks for work or memory: they get small and wrong values only. `maxIterations` always does. */
  budgets?: readonly string[]
  /** Paths whose values may be of other types than in this call, or are rightly not looked at. */
  loose?: readonly string[]
  /** Paths that are left as they are: what would come of others is the caller's own matter. */
  fixed?: readonly string[]
  /** Why numbers that are not finite may come out, for instance 'NaN in, NaN out'. */
  nonFinite?: string
  /** What messages may begin with beside the function's own name. */
  says?: readonly string[]
  /** Methods of what comes out. All that an exported class defines itself must stand here. */
  methods?: Methods
}

/** An object that users do not make themselves, or an exported object: only its methods are called. */
export interface Subject {
  make: () => unknown
  methods: Methods
  says?: readonly string[]
}

/** An export that is not called, with the reason. */
export interface Skipped {
  skip: string
}

export type Case = Arguments | Call | Subject | Skipped

/** One thing to call in many ways. */
export interface Target {
  /** `sinkhorn`, `sinkhorn.async`, `new Random`, `Random.uniform`. */
  label: string
  /** What messages may begin with. */
  names: string[]
  call: Call
  /** Calls it; a method's object is made anew. */
  run: (args: unknown[]) => unknown
}

type Callable = (...args: unknown[]) => unknown
type Class = new (...args: unknown[]) => object

const isClass = (f: unknown): f is Class =>
  typeof f === 'function' && /^class\b/.test(Function.prototype.toString.call(f))

const callOf = (given: Arguments | Call): Call => (typeof given === 'function' ? { args: given } : given)

/** Exports without a case, cases without an export, methods that are missing. */
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

/** All targets of one export. */
export function targetsOf(name: string, value: unknown, given: Case): Target[] {
  if ('skip' in given) return []
  const says = [name, ...('says' in given ? (given.says ?? []) : [])]
  if ('make' in given) return methodTargets(name, says, given.make, given.methods)

  const call = callOf(given)
  const make = isClass(value)
  const run = make ? (args: unknown[]) => new value(...args) : (args: unknown[]) => (value as Callable)(...args)
  const targets: Target[] = [{ label: make ? `new ${name}` : name, names: says, call, run }]
  // A solver's `async` and `steps` take what the solver takes.
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
    const call = callOf(given)
    const label = `${owner}.${method}`
    const run = async (args: unknown[]) => {
      const object = (await make()) as Record<string, Callable>
      return object[method](...args)
    }
    return [{ label, names: [...says, method, ...(call.says ?? [])], call, run }]
  })
}
