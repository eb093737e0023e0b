import { KernelSet } from './kernels/kernel-set.ts'
import type { Kernels } from './kernels/kernels.ts'
import { plainKernels } from './kernels/plain.ts'
import type { KernelSet as AnySet } from './kernels/set.ts'
import { wasmKernels } from './kernels/wasm.ts'
import { kernels as wasm } from './kernels/wasm-bytes.ts'
import { allocateIn, allocateWith, type KernelsOf, type Views, Workspace, type WorkspaceOptions } from './workspace.ts'

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
 * Views in one memory just large enough for them, and the kernels of some sets that work on it:
 *
 * ```ts
 * const { kernels, C, x, y } = allocate([matrixKernels], (views) => ({
 *   C: views.matrix(m, n),
 *   x: views.f64(n),
 *   y: views.f64(m),
 * }))
 * kernels.gemv(C, x, y)
 * ```
 *
 * The layout runs twice, first on empty views to add up sizes: it should do nothing but ask for views. They start at multiples of
 * 16 bytes and never detach; garbage collection frees the memory with the last of them. Up to 512 kB are cut from a memory shared
 * with others. Where WebAssembly is missing, forbidden by the page's policy, or out of memories, the kernels are the plain ones:
 * slower, the same bits.
 *
 * @throws RangeError above 4 GiB, or when the memory cannot be allocated.
 */
export function allocate<const S extends readonly AnySet<object>[], V extends object>(
  sets: S,
  layout: (views: Views) => V,
  options?: WorkspaceOptions,
): V & { kernels: KernelsOf<S> }
export function allocate<V extends object>(
  plan: (views: Views) => V,
  options?: WorkspaceOptions,
): V & { kernels: Kernels }
export function allocate(...args: unknown[]): object {
  if (Array.isArray(args[0])) return allocateWith(...(args as Parameters<typeof allocateWith>))
  return allocateIn(set, ...(args as [(views: Views) => object]))
}

/**
 * Compiles the kernels of some sets without blocking, for browsers that refuse to compile synchronously on the main thread. Call it
 * before the first {@link allocate}; elsewhere it is not needed.
 *
 * @returns whether all compiled; when not, the plain kernels give the same bits.
 */
export async function ready(...sets: readonly AnySet<object>[]): Promise<boolean> {
  const compiled = await Promise.all((sets.length > 0 ? sets : [set]).map((one) => one.ready()))
  return compiled.every(Boolean)
}
