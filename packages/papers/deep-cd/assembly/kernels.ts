import { laneSum, mulAdd } from '../../../core/assembly/simd'

// src/network/kernels.ts has the contracts and the plain twins: the same operations in the same order give the same bits.

// @ts-ignore: decorator
@inline
function splat<T>(p: usize): v128 {
  return sizeof<T>() == 8 ? v128.load64_splat(p) : v128.load32_splat(p)
}

// @ts-ignore: decorator
@inline
function positive<T>(v: v128): v128 {
  return sizeof<T>() == 8 ? f64x2.pmax(f64x2.splat(0), v) : f32x4.pmax(f32x4.splat(0), v)
}

/** Stores a sum, after max(0, .) and with the residual added. */
// @ts-ignore: decorator
@inline
function put<T>(sum: v128, relu: bool, more: bool, residual: usize, output: usize): void {
  if (relu) sum = positive<T>(sum)
  if (more) sum = v128.add<T>(sum, v128.load(residual))
  v128.store(output, sum)
}

/** One entry of one output channel. */
function single<T>(cin: i32, taps: i32, channel: usize, offsets: usize, w: usize, start: T, input: usize): T {
  let s = start
  for (let i = 0; i < cin; i++) {
    for (let t = 0; t < taps; t++) {
      s += load<T>(w) * load<T>(input + <isize>load<i32>(offsets + (<usize>t << 2)) * sizeof<T>())
      w += sizeof<T>()
    }
    input += channel
  }
  return s
}

// @ts-ignore: decorator
@inline
function putSingle<T>(sum: T, relu: bool, more: bool, residual: usize, output: usize): void {
  if (relu) sum = 0 < sum ? sum : <T>0
  if (more) sum += load<T>(residual)
  store<T>(output, sum)
}

// @ts-ignore: decorator
@inline
function convolve<T>(grid: usize, layer: usize, offsets: usize, weights: usize, bias: usize, input: usize, residual: usize, output: usize): void {
  const S = sizeof<T>()
  const lanes: i32 = 16 / <i32>S
  const planes = load<i32>(grid), rows = load<i32>(grid, 4), columns = load<i32>(grid, 8)
  const planeBytes = <usize>load<i32>(grid, 12) * S, rowBytes = <usize>load<i32>(grid, 16) * S
  const channel = <usize>load<i32>(grid, 20) * S, origin = <usize>load<i32>(grid, 24) * S
  const cin = load<i32>(layer), cout = load<i32>(layer, 4), taps = load<i32>(layer, 8)
  const relu = load<i32>(layer, 12) != 0, more = load<i32>(layer, 16) != 0
  const filter = <usize>(cin * taps) * S
  for (let o = 0; o < cout; o += 4) {
    // Four output channels share each load of the input.
    const block = min(4, cout - o)
    const W = weights + <usize>o * filter
    const B = bias + <usize>o * S
    for (let z = 0; z < planes; z++)
      for (let y = 0; y < rows; y++) {
        const at = origin + <usize>z * planeBytes + <usize>y * rowBytes
        const from = input + at
        const to = <usize>o * channel + at
        let x = 0
        if (block == 4) {
          for (; x + 2 * lanes <= columns; x += 2 * lanes) {
            let a0 = splat<T>(B), b0 = splat<T>(B + S), c0 = splat<T>(B + 2 * S), d0 = splat<T>(B + 3 * S)
            let a1 = a0, b1 = b0, c1 = c0, d1 = d0
            let p = from + <usize>x * S, w = W
            for (let i = 0; i < cin; i++) {
              for (let t = 0; t < taps; t++) {
                const q = p + <isize>load<i32>(offsets + (<usize>t << 2)) * S
                const v0 = v128.load(q), v1 = v128.load(q, 16)
                let weight = splat<T>(w)
                a0 = mulAdd<T>(weight, v0, a0)
                a1 = mulAdd<T>(weight, v1, a1)
                weight = splat<T>(w + filter)
                b0 = mulAdd<T>(weight, v0, b0)
                b1 = mulAdd<T>(weight, v1, b1)
                weight = splat<T>(w + 2 * filter)
                c0 = mulAdd<T>(weight, v0, c0)
                c1 = mulAdd<T>(weight, v1, c1)
                weight = splat<T>(w + 3 * filter)
                d0 = mulAdd<T>(weight, v0, d0)
                d1 = mulAdd<T>(weight, v1, d1)
                w += S
              }
              p += channel
            }
            const k = to + <usize>x * S, l = k + 16
            put<T>(a0, relu, more, residual + k, output + k)
            put<T>(a1, relu, more, residual + l, output + l)
            put<T>(b0, relu, more, residual + k + channel, output + k + channel)
            put<T>(b1, relu, more, residual + l + channel, output + l + channel)
            put<T>(c0, relu, more, residual + k + 2 * channel, output + k + 2 * channel)
            put<T>(c1, relu, more, residual + l + 2 * channel, output + l + 2 * channel)
            put<T>(d0, relu, more, residual + k + 3 * channel, output + k + 3 * channel)
            put<T>(d1, relu, more, residual + l + 3 * channel, output + l + 3 * channel)
          }
        }
        for (; x + lanes <= columns; x += lanes)
          for (let c = 0; c < block; c++) {
            let s = splat<T>(B + <usize>c * S)
            let p = from + <usize>x * S, w = W + <usize>c * filter
            for (let i = 0; i < cin; i++) {
              for (let t = 0; t < taps; t++) {
                s = mulAdd<T>(splat<T>(w), v128.load(p + <isize>load<i32>(offsets + (<usize>t << 2)) * S), s)
                w += S
              }
              p += channel
            }
            const k = to + <usize>c * channel + <usize>x * S
            put<T>(s, relu, more, residual + k, output + k)
          }
        for (; x < columns; x++)
          for (let c = 0; c < block; c++) {
            const s = single<T>(cin, taps, channel, offsets, W + <usize>c * filter, load<T>(B + <usize>c * S), from + <usize>x * S)
            const k = to + <usize>c * channel + <usize>x * S
            putSingle<T>(s, relu, more, residual + k, output + k)
          }
      }
  }
}

export function convolve32(grid: usize, layer: usize, offsets: usize, weights: usize, bias: usize, input: usize, residual: usize, output: usize): void {
  convolve<f32>(grid, layer, offsets, weights, bias, input, residual, output)
}

export function convolve64(grid: usize, layer: usize, offsets: usize, weights: usize, bias: usize, input: usize, residual: usize, output: usize): void {
  convolve<f64>(grid, layer, offsets, weights, bias, input, residual, output)
}

// @ts-ignore: decorator
@inline
function correlate<T>(grid: usize, layer: usize, offsets: usize, input: usize, gradient: usize, weights: usize): void {
  const S = sizeof<T>()
  const lanes: i32 = 16 / <i32>S
  const planes = load<i32>(grid), rows = load<i32>(grid, 4), columns = load<i32>(grid, 8)
  const planeBytes = <usize>load<i32>(grid, 12) * S, rowBytes = <usize>load<i32>(grid, 16) * S
  const channel = <usize>load<i32>(grid, 20) * S, origin = <usize>load<i32>(grid, 24) * S
  const cin = load<i32>(layer), cout = load<i32>(layer, 4), taps = load<i32>(layer, 8)
  const filter = <usize>(cin * taps) * S
  const whole = columns - columns % lanes
  const zero = sizeof<T>() == 8 ? f64x2.splat(0) : f32x4.splat(0)
  for (let o = 0; o < cout; o += 4) {
    // Four output channels share each load of the input; channels past the last repeat it.
    const G = gradient + <usize>o * channel
    const g1 = o + 1 < cout ? channel : 0, g2 = o + 2 < cout ? 2 * channel : 0, g3 = o + 3 < cout ? 3 * channel : 0
    for (let i = 0; i < cin; i++)
      for (let t = 0; t < taps; t++) {
        const shift = <usize>i * channel + <isize>load<i32>(offsets + (<usize>t << 2)) * S
        let a = zero, b = zero, c = zero, d = zero
        let a1: T = 0, b1: T = 0, c1: T = 0, d1: T = 0
        for (let z = 0; z < planes; z++)
          for (let y = 0; y < rows; y++) {
            let g = G + origin + <usize>z * planeBytes + <usize>y * rowBytes
            let p = g - G + input + shift
            let x = 0
            for (; x < whole; x += lanes) {
              const v = v128.load(p)
              a = mulAdd<T>(v128.load(g), v, a)
              b = mulAdd<T>(v128.load(g + g1), v, b)
              c = mulAdd<T>(v128.load(g + g2), v, c)
              d = mulAdd<T>(v128.load(g + g3), v, d)
              p += 16
              g += 16
            }
            for (; x < columns; x++) {
              const v = load<T>(p)
              a1 += load<T>(g) * v
              b1 += load<T>(g + g1) * v
              c1 += load<T>(g + g2) * v
              d1 += load<T>(g + g3) * v
              p += S
              g += S
            }
          }
        const w = weights + <usize>o * filter + <usize>(i * taps + t) * S
        store<T>(w, load<T>(w) + (laneSum<T>(a) + a1))
        if (g1) store<T>(w + filter, load<T>(w + filter) + (laneSum<T>(b) + b1))
        if (g2) store<T>(w + 2 * filter, load<T>(w + 2 * filter) + (laneSum<T>(c) + c1))
        if (g3) store<T>(w + 3 * filter, load<T>(w + 3 * filter) + (laneSum<T>(d) + d1))
      }
  }
}

export function correlate32(grid: usize, layer: usize, offsets: usize, input: usize, gradient: usize, weights: usize): void {
  correlate<f32>(grid, layer, offsets, input, gradient, weights)
}

export function correlate64(grid: usize, layer: usize, offsets: usize, input: usize, gradient: usize, weights: usize): void {
  correlate<f64>(grid, layer, offsets, input, gradient, weights)
}
