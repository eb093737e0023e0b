// What benchmarks share: times, and tables in markdown.

/** Returns the middle value, the upper of two. */
export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

/** Seconds of CPU time of this process, which other work on the machine does not change as it does wall time. */
export function cpuClock() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Runs a function; returns its time, in seconds of CPU time, and its answer. */
export function cpuTime(run) {
  const start = cpuClock()
  const answer = run()
  return { time: cpuClock() - start, answer }
}

/** Runs a function once to warm up, then some times; returns the least time, in seconds of CPU time. */
export function leastTime(run, rounds) {
  run()
  return Math.min(...Array.from({ length: rounds }, () => cpuTime(run).time))
}

/**
 * Counts the bytes of WebAssembly memories that are made from now on, which Node's own counters leave out.
 *
 * @returns a function that tells the bytes so far.
 */
export function countMemory() {
  let bytes = 0
  const { Memory } = WebAssembly
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor) {
      super(descriptor)
      bytes += this.buffer.byteLength
    }
  }
  return () => bytes
}

/** Returns a number in text, with so many digits; '-' for none. */
export const shown = (value, digits = 3) => (Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '-')

/** Returns a / b in text, with two digits; '-' where one of them is missing. */
export const ratio = (a, b) => (Number.isFinite(a / b) ? (a / b).toPrecision(2) : '-')

/** Returns a time in text, with its unit and three digits; '-' for none. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '-'
  const [factor, unit] = seconds >= 1 ? [1, 's'] : seconds >= 1e-3 ? [1e3, 'ms'] : [1e6, 'us']
  return `${(seconds * factor).toPrecision(3)} ${unit}`
}

/** Prints a table. */
export function printTable(head, rows) {
  for (const row of [head, head.map((_, k) => (k === 0 ? '---' : '--:')), ...rows])
    console.log(`| ${row.join(' | ')} |`)
  console.log()
}
