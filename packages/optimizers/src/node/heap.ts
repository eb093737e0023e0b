interface Host {
  gc?: () => void
  process?: { memoryUsage(): { heapUsed: number; arrayBuffers: number } }
}

/** What one call of a function costs. */
export interface HeapUse {
  /** Bytes that it allocates, most of them for a moment. */
  allocated: number
  /** Bytes that are still in use after garbage collection. */
  kept: number
}

/**
 * Measures the bytes of heap and array buffers that one call of `work` uses, as the least of a few tries of
 * `calls` calls each.
 *
 * @throws Error outside Node, or without its option --expose-gc.
 */
export function heapPerCall(work: () => void, calls: number): HeapUse {
  const { gc, process: host } = globalThis as Host
  if (!gc || !host) throw new Error('heapPerCall: the heap can be measured in Node with --expose-gc only')
  const used = () => {
    const { heapUsed, arrayBuffers } = host.memoryUsage()
    return heapUsed + arrayBuffers
  }
  for (let i = 0; i < calls; i++) work()
  const least = { allocated: Infinity, kept: Infinity }
  for (let round = 0; round < 5; round++) {
    gc()
    const before = used()
    for (let i = 0; i < calls; i++) work()
    least.allocated = Math.min(least.allocated, Math.max(0, used() - before) / calls)
    gc()
    least.kept = Math.min(least.kept, Math.max(0, used() - before) / calls)
  }
  return least
}
