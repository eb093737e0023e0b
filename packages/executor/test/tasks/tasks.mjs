// The tasks of the tests: plain JavaScript, so that every executor can load them.
export const square = (x) => x * x

/** Float64 work whose bits would tell of any difference in order. */
export function noise({ seed, size }) {
  const out = new Float64Array(size)
  let state = seed >>> 0
  let sum = 0
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    sum = sum * 0.999 + state / 4294967296
    out[i] = Math.sqrt(sum)
  }
  return out
}

export const echo = (value) => value

export const bytes = (length) => new Uint8Array(length)

export async function large(ms) {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return new Uint8Array(1e5)
}

export async function sleep(ms) {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return ms
}

export function oddThrows(x) {
  if (x % 2 === 1) throw new RangeError(`${x} is odd`, { cause: new Error('the cause') })
  return x
}

export const throwsValue = () => {
  throw { code: 7, message: 'not an Error' }
}

export const throwsFunction = () => {
  throw () => 1
}

export const returnsFunction = () => () => 1

export function mutates(array) {
  array[0] = -1
  return array
}

export function untilAborted(_, { signal }) {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

export const forever = () => {
  for (;;);
}

export const notAFunction = 5
