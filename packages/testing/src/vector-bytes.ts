/**
 * Returns how many bytes of typed arrays `work` allocates: those that exist after it, collected ones left out, minus
 * those that existed before. Needs node --expose-gc, as the tests here have it; numbers that an engine boxes do not
 * count.
 */
export function vectorBytes(work: () => void): number {
  const { gc } = globalThis as { gc?: () => void }
  if (!gc) throw new Error('vectorBytes: needs node --expose-gc')
  gc()
  const before = process.memoryUsage().arrayBuffers
  work()
  return process.memoryUsage().arrayBuffers - before
}
