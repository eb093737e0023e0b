import type { Array as JaxArray } from '@jax-js/jax'

/** The numbers of an array of jax-js. */
export type Numbers = Awaited<ReturnType<JaxArray['data']>>

/**
 * A computation that yields arrays, which it thereby uses up, to get their numbers: written once, run with or without
 * waiting for the device.
 */
export type Reading<R> = Generator<JaxArray[], R, Numbers[]>

/** Runs a computation, reading arrays synchronously. */
function runSync<R>(work: Reading<R>): R {
  let step = work.next()
  while (!step.done) step = work.next(step.value.map((array) => array.dataSync()))
  return step.value
}

/** Runs a computation, awaiting the device. Everything before the first read happens before this returns. */
async function runAsync<R>(work: Reading<R>): Promise<R> {
  let step = work.next()
  while (!step.done) step = work.next(await Promise.all(step.value.map((array) => array.data())))
  return step.value
}

/**
 * Makes functions that read arrays synchronously and, under `async`, the same functions returning promises. A
 * synchronous read of a GPU would freeze the page, if it works at all, so the former throw on webgpu.
 */
export function syncAndAsync(
  work: Record<string, (...args: never[]) => Reading<unknown>>,
  deviceOf: (...args: never[]) => string | undefined,
): object {
  const names = Object.keys(work)
  const sync =
    (name: string) =>
    (...args: never[]) => {
      if (deviceOf(...args) === 'webgpu')
        throw new TypeError(`${name}: on webgpu a read must be awaited, use \`await async.${name}(...)\``)
      return runSync(work[name](...args))
    }
  const async =
    (name: string) =>
    async (...args: never[]) =>
      runAsync(work[name](...args))
  return {
    ...Object.fromEntries(names.map((name) => [name, sync(name)])),
    async: Object.fromEntries(names.map((name) => [name, async(name)])),
  }
}
