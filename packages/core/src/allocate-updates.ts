import { KernelSet } from './kernels/kernel-set.ts'
import { type OptimizerKernels, wasmOptimizers } from './kernels/optimizers.ts'
import { plainUpdates } from './kernels/plain-optimizers.ts'
import { updates as wasm } from './kernels/wasm-bytes.ts'
import { allocateIn, type Views, type WorkspaceOptions } from './workspace.ts'

const set: KernelSet<OptimizerKernels> = /* @__PURE__ */ new KernelSet(wasm, wasmOptimizers, plainUpdates)

/** {@link allocate} with the optimizers' updates as `kernels`: a module of its own, so that whoever needs one carries one. */
export function allocateUpdates<V extends object>(
  plan: (views: Views) => V,
  options?: WorkspaceOptions,
): V & { kernels: OptimizerKernels } {
  return allocateIn(set, plan, options)
}

/** {@link ready} for the kernels of {@link allocateUpdates}. */
export function readyUpdates(): Promise<boolean> {
  return set.ready()
}
