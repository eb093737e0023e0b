import { type Case, gaps } from './cases.ts'
import { type Finding, type FuzzOptions, findings } from './findings.ts'

/** scripts/jest.mjs ends a hang; slow machines get the time they need. */
const TEN_MINUTES = 600_000
const SHOWN = 30

/**
 * Tests every exported function and class of a module by calls that are valid except for one
 * change, the same calls every time:
 *
 * - it returns, or throws an Error whose message begins with its name;
 * - it refuses a value of another type than the valid call's (a string for a number, NaN, a number
 *   for a callback);
 * - it refuses an option that does not exist;
 * - it does not change the caller's arrays and options;
 * - numbers in the answer are finite, unless its status is 'diverged' or 'aborted';
 * - the same numbers in another container give the same answer, or are refused;
 * - errors thrown by callbacks are passed on.
 *
 * A call that hangs is in test-results/fuzz-last.json. FUZZ_SEED and FUZZ_CALLS try others, and more.
 *
 * @param api the module: `import * as api from '../src/index.ts'`.
 * @param cases a valid call of each export that is a function or a class, or `{ skip: reason }`.
 */
export function fuzz(api: object, cases: Record<string, Case>, options: FuzzOptions = {}): void {
  const seed = Number(process.env.FUZZ_SEED ?? options.seed ?? 1)
  const calls = Number(process.env.FUZZ_CALLS ?? options.calls ?? 1500)
  const names = Object.keys(cases).filter((name) => name in api && !('skip' in cases[name]))

  describe('fuzz', () => {
    test('every export has a case', () => expect(gaps(api, cases)).toEqual([]))

    test.each(names)(
      '%s',
      async (name) => {
        const value = (api as Record<string, unknown>)[name]
        const found = await findings(name, value, cases[name], { seed, calls: calls / names.length })
        if (found.length === 0) return
        const lines = different(found).map(({ call, fault }) => `${call}\n    ${fault}`)
        throw new Error(`${found.length} calls went wrong (seed ${seed}):\n  ${lines.join('\n  ')}`)
      },
      TEN_MINUTES,
    )
  })
}

/** Returns a few findings, one for each fault of each argument. */
function different(found: Finding[]): Finding[] {
  const kinds = new Map(found.map((one) => [/^\S+ (argument \S+)?/.exec(one.call)?.[0] + one.fault, one]))
  return [...kinds.values()].slice(0, SHOWN)
}
