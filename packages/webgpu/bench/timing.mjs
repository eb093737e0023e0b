// Time: of calls on the device, of iterations, and how much of it is left.
import { random } from '@opt/core'

export const now = () => performance.now() / 1000

/** Seconds a call: the best of three batches of at least `least` seconds; a read at the end waits for the device. */
export async function secondsOf(gpu, call, least) {
  const flag = gpu.array(1)
  const batch = async (count) => {
    const start = now()
    for (let k = 0; k < count; k++) call()
    await gpu.read(flag)
    return now() - start
  }
  await batch(1)
  let count = 1
  for (let took = await batch(1); took < least && count < 10_000; took = await batch(count))
    count = Math.ceil(count * Math.min(10, (1.2 * least) / took))
  const times = []
  for (let k = 0; k < 3; k++) times.push((await batch(count)) / count)
  flag.free()
  return Math.min(...times)
}

/**
 * Seconds an iteration, from the first report of a solve to the last: of 1 to 256 iterations, as many as fit into `least`.
 *
 * @param solve runs so many iterations, and calls a function after each.
 */
export async function iterationOf(solve, clock, least) {
  const several = async (iterations) => {
    let [first, last] = [0, 0]
    await solve(iterations, () => {
      last = clock()
      first ||= last
    })
    return (last - first) / (iterations - 1)
  }
  const one = await several(2)
  const more = Math.min(257, 1 + Math.round(least / one))
  return more > 2 ? several(more) : one
}

/** Runs work only if it fits into the seconds left, judged by the last that was run; else resolves to undefined. */
export function pacer() {
  let rate = 0
  return async (size, left, run) => {
    if (rate * size > left) return undefined
    const start = now()
    const answer = await run()
    rate = (now() - start) / size
    return answer
  }
}

/** Divides the time until the end among parts by their shares; what one leaves, the others have. */
export function timetable(end, shares) {
  let rest = shares.reduce((sum, share) => sum + share, 0)
  /** Begins a part; returns a function for the seconds that it has left. */
  return (share) => {
    const until = now() + ((end - now()) * share) / rest
    rest -= share
    return () => until - now()
  }
}

/** Numbers from -1 to 1; they recur, so that a hundred million are there at once. */
export function uniform(n) {
  const rng = random(1)
  const some = Float32Array.from({ length: Math.min(n, 65_537) }, () => rng.uniform(-1, 1))
  const all = new Float32Array(n)
  for (let i = 0; i < n; i += some.length) all.set(some.subarray(0, n - i), i)
  return all
}

export const three = (value) => Number(value.toPrecision(3)).toString()
export const percent = (share) => `${three(100 * share)} %`
