import type { Array as JaxArray } from '@jax-js/jax'

/** The numbers of an array of jax-js. */
export type Numbers = Awaited<ReturnType<JaxArray['data']>>

/** Work that asks, now and then, for arrays' numbers (and uses the arrays up): written once, driven with or without waiting. */
export type Reading<R> = Generator<JaxArray[], R, Numbers[]>

/** The answer at once. */
function now<R>(work: Reading<R>): R {
  let step = work.next()
  while (!step.done) step = work.next(step.value.map((array) => array.dataSync()))
  return step.value
}

/** The answer when the device has given the numbers. What happens before the first read happens before this returns. */
async function later<R>(work: Reading<R>): Promise<R> {
  let step = work.next()
  while (!step.done) step = work.next(await Promise.all(step.value.map((array) => array.data())))
  return step.value
}

/**
 * Work as functions that answer at once, and under `async` as functions that answer when the device has. Reading a GPU without waiting
 * stops the page where it can be done at all, so on webgpu the former refuse.
 */
export function twins(
  work: Record<string, (...args: never[]) => Reading<unknown>>,
  deviceOf: (...args: never[]) => string | undefined,
): object {
  const names = Object.keys(work)
  const atOnce =
    (name: string) =>
    (...args: never[]) => {
      if (deviceOf(...args) === 'webgpu')
        throw new TypeError(`${name}: on webgpu a read must be awaited, use \`await async.${name}(...)\``)
      return now(work[name](...args))
    }
  const waiting =
    (name: string) =>
    async (...args: never[]) =>
      later(work[name](...args))
  return {
    ...Object.fromEntries(names.map((name) => [name, atOnce(name)])),
    async: Object.fromEntries(names.map((name) => [name, waiting(name)])),
  }
}
