// What scripts/checks/same-bits.mjs puts before its bundles: what test/digest.test.ts needs of jest, in any engine.
const digests = {
  /** The package whose bundle begins. */
  package: '',
  tests: [],
  kernels: {},
  /** Runs everything and returns it as text. */
  async answer() {
    const failures = []
    for (const { package: from, name, run } of this.tests)
      try {
        await run()
      } catch (error) {
        failures.push({ package: from, name, message: String(error) })
      }
    const kernels = Object.fromEntries(Object.entries(this.kernels).map(([name, compute]) => [name, compute()]))
    const { Bun, Deno, process, navigator } = globalThis
    const engine =
      Bun?.version ?? Deno?.version.deno ?? process?.version ?? /(Chrome|Firefox)\/[\d.]+/.exec(navigator.userAgent)[0]
    return JSON.stringify({ engine, failures, kernels })
  },
}
globalThis.test = (name, run) => digests.tests.push({ package: digests.package, name, run })
globalThis.expect = (found) => {
  const toEqual = (wanted) => {
    const [a, b] = [found, wanted].map((value) => JSON.stringify(value))
    if (a !== b) throw new Error(`${a} instead of ${b}`)
  }
  return { toBe: toEqual, toEqual }
}
