import { allocate, gemmScratch, type Matrix, matrixKernels } from '@opt/core'

/** Pixels that are multiplied at a time. */
const CHUNK = 4096

/** Returns the products of some spectra with all pixels of Y, bands x pixels: a row of `pixels` numbers each. */
export function coordinates(
  { data, shape: [bands, pixels] }: Matrix,
  spectra: readonly Float64Array[],
): Float64Array[] {
  const count = spectra.length
  const width = Math.min(CHUNK, pixels)
  const { kernels, U, part, x, work } = allocate([matrixKernels], (views) => ({
    U: views.matrix(count, bands),
    part: views.matrix(bands, width),
    x: views.matrix(count, width),
    work: views.f64(gemmScratch(count, width, bands)),
  }))
  spectra.forEach((spectrum, i) => {
    U.data.set(spectrum, i * U.stride)
  })
  const out = spectra.map(() => new Float64Array(pixels))
  for (let start = 0; start < pixels; start += width) {
    const end = Math.min(start + width, pixels)
    for (let l = 0; l < bands; l++) part.data.set(data.subarray(l * pixels + start, l * pixels + end), l * part.stride)
    x.data.fill(0)
    kernels.gemm(1, U, part, x, work)
    out.forEach((row, i) => {
      row.set(x.data.subarray(i * x.stride, i * x.stride + end - start), start)
    })
  }
  return out
}
