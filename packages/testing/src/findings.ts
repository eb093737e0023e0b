import { difference, type Leaves, leavesOf, notFinite, otherSort } from './answers.ts'
import { type Case, type Target, targetsOf } from './cases.ts'
import { LastCall } from './last-call.ts'
import { type Mutation, mutationsOf, unknownOption } from './mutations.ts'
import { holds, isNamed, type Outcome, outcomeOf } from './outcome.ts'
import { within } from './paths.ts'
import { integers, sample } from './random.ts'
import { snapshot } from './snapshot.ts'

/** A call with a wrong outcome. */
export interface Finding {
  /** 'sinkhorn.async: argument 3.epsilon = 1e-320' */
  call: string
  /** What is wrong with the outcome. */
  fault: string
}

export interface FuzzOptions {
  /** The same seed tries the same calls (default 1). */
  seed?: number
  /** About how many calls, shared evenly by all functions and methods (default 1500). */
  calls?: number
}

/** Tries calls of one export and returns those with a wrong outcome. */
export async function findings(
  name: string,
  value: unknown,
  given: Case,
  { seed = 1, calls = 1500 }: FuzzOptions = {},
): Promise<Finding[]> {
  const targets = targetsOf(name, value, given)
  const found: Finding[] = []
  const last = new LastCall()
  for (const target of targets) {
    const draw = integers(seed)
    const { valid, fault } = await validAnswer(target)
    if (fault) {
      found.push({ call: `${target.label}, the valid call`, fault })
      continue
    }
    const sampled = sample(mutationsOf(target.call), Math.ceil(calls / targets.length), draw)
    for (const mutation of [...unknownOption(target.call), ...sampled]) {
      const call = `${target.label}: ${mutation.what}`
      last.write({ seed, call })
      const fault = await judge(target, mutation, valid)
      if (fault) found.push({ call, fault })
    }
  }
  last.remove()
  return found
}

/** Checks the valid call; its answer is known only if a second call gives the same. */
async function validAnswer({ call, run }: Target): Promise<{ valid?: Leaves | undefined; fault?: string }> {
  const outcomes = [await outcomeOf(() => run(call.args())), await outcomeOf(() => run(call.args()))]
  for (const outcome of outcomes) if ('error' in outcome) return { fault: `throws ${said(outcome.error)}` }
  const [one, two] = outcomes.map((outcome) => leavesOf((outcome as { answer: unknown }).answer))
  return { valid: difference(one, two) ? undefined : one }
}

async function judge(target: Target, mutation: Mutation, valid: Leaves | undefined): Promise<string | undefined> {
  const { call, names, run } = target
  const args = mutation.apply(call.args())
  const changes = snapshot(args)
  const outcome = await outcomeOf(() => run(args))
  const thrown = mutation.thrown?.()
  const changed = changes()
  // Arguments are refused before anything changes, but a callback may throw in the middle of the work.
  const unwanted = 'error' in outcome && !thrown ? changed : changed.filter((path) => !within(path, call.writes))
  if (unwanted.length > 0)
    return `changes the caller's argument ${unwanted[0]}${'error' in outcome ? ' and then throws' : ''}`
  if (thrown) return 'error' in outcome && holds(outcome.error, thrown) ? undefined : 'loses what the callback threw'
  if ('error' in outcome) return isNamed(outcome.error, names) ? undefined : `throws ${said(outcome.error)}`
  const fault = mutation.wants === 'refusal' ? undefined : ofAnswer(outcome, target, mutation, valid)
  return fault ?? (await afterwards(outcome, target, mutation))
}

function ofAnswer(
  outcome: Outcome & { answer: unknown },
  { call }: Target,
  { wants, loose }: Mutation,
  valid: Leaves | undefined,
): string | undefined {
  const { answer } = outcome
  const leaves = leavesOf(answer)
  const { status } = (answer ?? {}) as { status?: unknown }
  const excused = call.nonFinite !== undefined || status === 'diverged' || status === 'aborted'
  return (
    (excused ? undefined : notFinite(leaves)) ??
    (valid && !loose ? otherSort(valid, leaves) : undefined) ??
    (valid && wants === 'same' ? difference(valid, leaves) : undefined)
  )
}

/**
 * Calls the methods of the answer: each works, or throws a named error. A wrong argument may be
 * refused as late as that.
 */
async function afterwards(
  { answer }: { answer: unknown },
  { call, names }: Target,
  { thrown, wants }: Mutation,
): Promise<string | undefined> {
  let refused = false
  for (const [method, given] of Object.entries(call.methods ?? {})) {
    if ('skip' in given) continue
    const { args, says = [], nonFinite } = typeof given === 'function' ? { args: given } : given
    const object = answer as Record<string, (...args: unknown[]) => unknown>
    const outcome = await outcomeOf(() => object[method](...args()))
    if ('error' in outcome) {
      refused = true
      const own = thrown?.()
      if (!(own ? holds(outcome.error, own) : isNamed(outcome.error, [...names, method, ...says])))
        return `then ${method} throws ${said(outcome.error)}`
    } else if (nonFinite === undefined) {
      const fault = notFinite(leavesOf(outcome.answer))
      if (fault) return `then ${method}: ${fault}`
    }
  }
  return wants === 'refusal' && !refused ? 'is not refused' : undefined
}

/** Describes what was thrown in one line. */
function said(error: unknown): string {
  try {
    return String(error).split('\n')[0].slice(0, 300)
  } catch {
    return 'something without a text'
  }
}
