/**
 * Returns the bytes after a garbage collection: in the heap, and outside of it, where the WebAssembly memory counts in
 * which jax-js keeps its arrays. Needs --expose-gc.
 */
export async function used() {
  // What a collection finds dead outside of the heap is freed a little later.
  for (let k = 0; k < 3; k++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed, external }
}
