import type { Change } from './mutations.ts'
import { ODD } from './values.ts'

type Callback = (...args: unknown[]) => unknown

/** Returns a function that calls `f`, and `other` from call number `turn` (from 0) on. */
const from = (turn: number, f: Callback, other: Callback): Callback => {
  let calls = 0
  return function (this: unknown, ...args) {
    return (calls++ >= turn ? other : f).apply(this, args)
  }
}

/** Returns changes of a callback: it throws or returns nonsense, from the first or the second call on. */
export function callbackMutations(): Change[] {
  const throwing = [0, 1].map((turn): Change => {
    let thrown: Error | undefined
    const fail = () => {
      thrown = new Error('thrown by a callback')
      throw thrown
    }
    return {
      what: `throws in call ${turn + 1}`,
      value(old) {
        thrown = undefined
        return from(turn, old as Callback, fail)
      },
      thrown: () => thrown,
    }
  })
  const answers: (readonly [what: string, make: () => unknown])[] = [
    ...ODD,
    ...[Number.NaN, Infinity, -1, 1e300].map((x): [string, () => unknown] => [String(x), () => x]),
    ['[NaN, NaN]', () => [Number.NaN, Number.NaN]],
    ['a long Float64Array', () => new Float64Array(100)],
  ]
  const nonsense = [0, 1].flatMap((turn) =>
    answers.map(
      ([what, make]): Change => ({
        what: `returns ${what} from call ${turn + 1} on`,
        value: (old) => from(turn, old as Callback, make),
      }),
    ),
  )
  return [...throwing, ...nonsense]
}
