interface Host {
  gc?: () => void
  process?: { memoryUsage(): { heapUsed: number; arrayBuffers: number } }
}

/**
 * Bytes of heap and array buffers that one call of `work` leaves behind, as the least of a few tries of `calls` calls each.
 *
 * @throws Error outside Node, or without its option --expose-gc.
 */
export function heapPerCall(work: () => void, calls: number): number {
  const { gc, process: host } = globalThis as Host
  if (!gc || !host) throw new Error('heapPerCall: the heap can be measured in Node with --expose-gc only')
  const used = () => {
    const { heapUsed, arrayBuffers } = host.memoryUsage()
    return heapUsed + arrayBuffers
  }
  for (let i = 0; i < calls; i++) work()
  let least = Infinity
  for (let round = 0; round < 5; round++) {
    gc()
    const before = used()
    for (let i = 0; i < calls; i++) work()
    least = Math.min(least, (used() - before) / calls)
  }
  return Math.max(0, least)
}
