import { KernelSet } from './kernels/kernel-set.ts'
import type { Kernels } from './kernels/kernels.ts'
import { plainKernels } from './kernels/plain.ts'
import { wasmKernels } from './kernels/wasm.ts'
import { kernels as wasm } from './kernels/wasm-bytes.ts'
import { allocateIn, type Views, Workspace, type WorkspaceOptions } from './workspace.ts'

const set: KernelSet<Kernels> = /* @__PURE__ */ new KernelSet(wasm, wasmKernels, plainKernels)

/**
 * A workspace of so many bytes; views start at multiples of 16 bytes. {@link allocate} counts them for you.
 *
 * Up to 512 kB it is cut from a memory shared with others, above it has its own. Where WebAssembly is missing, forbidden by the
 * page's policy, or out of memories, the kernels are the plain ones: slower, the same bits.
 *
 * @throws RangeError above 4 GiB, or when there is no memory left.
 */
export function workspace(bytes: number, options?: WorkspaceOptions): Workspace {
  return new Workspace(set, bytes, options)
}

/**
 * A workspace just large enough for the views that `plan` takes from it:
 *
 * ```ts
 * const { kernels, C, f } = allocate((ws) => ({ C: ws.matrix(m, n), f: ws.f64(m) }))
 * kernels.gemv(m, n, C.data, C.stride, x, y)
 * ```
 *
 * The plan runs twice, first on empty views to add up sizes: it should do nothing but take views.
 *
 * @throws RangeError above 4 GiB, or when there is no memory left.
 */
export function allocate<V extends object>(
  plan: (views: Views) => V,
  options?: WorkspaceOptions,
): V & { kernels: Kernels } {
  return allocateIn(set, plan, options)
}

/**
 * Compiles the kernels of {@link workspace} and {@link allocate} without blocking, for browsers that refuse to compile synchronously
 * on the main thread. Call it before the first workspace; elsewhere it is not needed.
 *
 * @returns whether they compiled; when not, the plain kernels give the same bits.
 */
export function ready(): Promise<boolean> {
  return set.ready()
}
