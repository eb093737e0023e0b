import { type KernelSet, kernelSet } from '@opt/core'
import { wasm } from '../wasm.ts'

/** Arrays of the precision in which a network computes. */
export type Floats = Float32Array | Float64Array

/**
 * Convolves: output_o = act(bias_o + the sum over input channels i, then taps t, of weights_oit input_i(cell + offset_t))
 * + residual_o. Only cells of the grid are written, not the border.
 *
 * @param grid planes, rows, columns; strides of a plane, a row and a channel; place of the first cell.
 * @param layer input channels, output channels, taps; 1 for act = max(0, .), 1 where a residual is added.
 * @param offsets of the taps, in entries. @param weights output channels x input channels x taps.
 */
type Convolve = (
  grid: Int32Array,
  layer: Int32Array,
  offsets: Int32Array,
  weights: Floats,
  bias: Floats,
  input: Floats,
  residual: Floats,
  output: Floats,
) => void

/**
 * Correlates: weights_oit += the sum over cells of gradient_o(cell) input_i(cell + offset_t), in lanes of columns
 * (4 in float32, 2 in float64), lanes added in pairs, then the columns that fill no lane.
 */
type Correlate = (
  grid: Int32Array,
  layer: Int32Array,
  offsets: Int32Array,
  input: Floats,
  gradient: Floats,
  weights: Floats,
) => void

/** The kernels of this package, in float32 and float64. */
export interface Kernels {
  convolve32: Convolve
  convolve64: Convolve
  correlate32: Correlate
  correlate64: Correlate
}

type Round = (x: number) => number
const double: Round = (x) => x

function plainConvolve(round: Round): Convolve {
  return (grid, layer, offsets, weights, bias, input, residual, output) => {
    const [planes, rows, columns, planeStride, rowStride, channel, origin] = grid
    const [cin, cout, taps, relu, more] = layer
    for (let o = 0; o < cout; o++)
      for (let z = 0; z < planes; z++)
        for (let y = 0; y < rows; y++)
          for (let x = 0; x < columns; x++) {
            const cell = origin + z * planeStride + y * rowStride + x
            let s = bias[o]
            let w = o * cin * taps
            for (let i = 0; i < cin; i++)
              for (let t = 0; t < taps; t++) s = round(s + round(weights[w++] * input[i * channel + cell + offsets[t]]))
            // NaN becomes 0 too, as in the kernel.
            if (relu !== 0 && !(s > 0)) s = 0
            const k = o * channel + cell
            output[k] = more !== 0 ? s + residual[k] : s
          }
  }
}

function plainCorrelate(round: Round, lanes: number): Correlate {
  return (grid, layer, offsets, input, gradient, weights) => {
    const [planes, rows, columns, planeStride, rowStride, channel, origin] = grid
    const [cin, cout, taps] = layer
    const whole = columns - (columns % lanes)
    const s = new Float64Array(lanes)
    for (let o = 0; o < cout; o++)
      for (let i = 0; i < cin; i++)
        for (let t = 0; t < taps; t++) {
          s.fill(0)
          let rest = 0
          for (let z = 0; z < planes; z++)
            for (let y = 0; y < rows; y++)
              for (let x = 0; x < columns; x++) {
                const cell = origin + z * planeStride + y * rowStride + x
                const product = round(gradient[o * channel + cell] * input[i * channel + cell + offsets[t]])
                if (x < whole) s[x % lanes] = round(s[x % lanes] + product)
                else rest = round(rest + product)
              }
          const sum = lanes === 2 ? s[0] + s[1] : round(round(s[0] + s[1]) + round(s[2] + s[3]))
          weights[(o * cin + i) * taps + t] += round(sum + rest)
        }
  }
}

/** {@link Kernels} in WebAssembly (assembly/kernels.ts), or in plain JavaScript with the same bits. */
export const kernels: KernelSet<Kernels> = /* @__PURE__ */ kernelSet(wasm, {
  convolve32: /* @__PURE__ */ plainConvolve(Math.fround),
  convolve64: /* @__PURE__ */ plainConvolve(double),
  correlate32: /* @__PURE__ */ plainCorrelate(Math.fround, 4),
  correlate64: /* @__PURE__ */ plainCorrelate(double, 2),
})
