import { type Core, checkSameBits, type KernelCall, kernelDigests, type Loops } from './kernels.ts'

/** What test/kernel-calls.ts of a package exports. */
export interface KernelCalls {
  readonly sets: readonly Loops[]
  readonly calls: Readonly<Record<string, KernelCall>>
}

const SPECIAL = [0, -0, NaN, Infinity, -Infinity, 5e-324, -3e-310, 1e-45, 1e300, -1e300, 3e38, 1, -1]

/**
 * Tests that a package's kernels give the bits of all other engines, in WebAssembly and in plain JavaScript, and that kernels on
 * vectors of one length n, their first argument, do so for n from 0 to 70 and for any numbers.
 *
 * @param digests test/golden/digests.json, which scripts/checks/same-bits.mjs --write renews.
 */
export function kernelTests(core: Core, { sets, calls }: KernelCalls, digests: Readonly<Record<string, string>>): void {
  test.each(['WebAssembly', 'plain JavaScript'])('kernels in %s give the bits of all engines', (kind) => {
    const plain = kind === 'plain JavaScript'
    const found = sets.map((set) => kernelDigests(core, set, calls, { plain }))
    expect(Object.assign({}, ...found)).toEqual(digests)
  })

  const vectors = sets.flatMap((set) => Object.keys(set.plain).map((name) => ({ set, name, call: calls[name] })))
  test.each(vectors.filter(({ call }) => isOnVectors(call)))(
    '$name has one form: n from 0 to 70',
    ({ set, name, call }) => {
      const rng = core.random(7)
      for (let n = 0; n <= 70; n++)
        for (const wild of [0, 0.1]) {
          const draw = () => (rng.uniform() < wild ? SPECIAL[rng.integer(0, SPECIAL.length)] : rng.uniform(-2, 2))
          // Three entries behind the n are to stay as they are.
          const args = call.slice(1).map((spec) => {
            if (typeof spec === 'number') return spec
            const values = Array.from({ length: n + 3 }, draw)
            return spec.includes('f32') ? Float32Array.from(values) : Float64Array.from(values)
          })
          checkSameBits(core, set, name, [n, ...args])
        }
    },
  )
}

/** Is it n, then vectors of that length and numbers? */
const isOnVectors = ([n, ...rest]: KernelCall) =>
  rest.every((spec) => typeof spec === 'number' || /^\+?f(64|32):/.test(spec)) &&
  rest.filter((spec) => typeof spec === 'string').every((spec) => Number(spec.split(':')[1]) === n)
