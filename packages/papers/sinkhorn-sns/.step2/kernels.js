import { kernelSet } from '@opt/core';
import { gibbsKept, histogram, keep, rescaleKept, spmvT, squares, squaresT } from './plain-kernels.js';
import { wasm } from './wasm.js';
/** {@link PlanKernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const planKernels = /* @__PURE__ */ kernelSet(wasm, {
    histogram,
    keep,
    spmvT,
    gibbsKept,
    rescaleKept,
    squares,
    squaresT,
});
//# sourceMappingURL=kernels.js.map