/**
 * Returns how many more bytes of typed arrays are held after `work` than before it. The process needs --expose-gc, as
 * jest has it here; numbers that an engine boxes do not count.
 */
export function vectorBytes(work: () => void): number {
  const { gc } = globalThis as { gc?: () => void }
  if (!gc) throw new Error('vectorBytes: needs node --expose-gc')
  gc()
  const before = process.memoryUsage().arrayBuffers
  work()
  return process.memoryUsage().arrayBuffers - before
}
