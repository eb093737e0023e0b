/** Constants of the transform, times 2^13. */
const [C0_298, C0_390, C0_541, C0_765, C0_899, C1_175] = [2446, 3196, 4433, 6270, 7373, 9633]
const [C1_501, C1_847, C1_961, C2_053, C2_562, C3_072] = [12299, 15137, 16069, 16819, 20995, 25172]

const work = new Int32Array(64)

const clamp = (value: number): number => Math.max(0, Math.min(255, value))

/**
 * Transforms a block of 8 x 8 coefficients (by rows, not zigzag) to samples at `out[at]`, rows `stride`
 * apart, in integers: the samples are those of libjpeg's "islow".
 *
 * Source: C. Loeffler, A. Ligtenberg, G. Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989.
 */
export function inverseDct(
  block: Int16Array,
  from: number,
  quantiser: Uint16Array,
  out: Uint8Array,
  at: number,
  stride: number,
): void {
  for (let x = 0; x < 8; x++) {
    const get = (row: number) => block[from + 8 * row + x]! * quantiser[8 * row + x]!
    pass(get(0), get(1), get(2), get(3), get(4), get(5), get(6), get(7))
    for (let y = 0; y < 8; y++) work[8 * y + x] = (result[y]! + 1024) >> 11
  }
  for (let y = 0; y < 8; y++) {
    const k = 8 * y
    pass(work[k]!, work[k + 1]!, work[k + 2]!, work[k + 3]!, work[k + 4]!, work[k + 5]!, work[k + 6]!, work[k + 7]!)
    for (let x = 0; x < 8; x++) out[at + y * stride + x] = clamp(((result[x]! + 131072) >> 18) + 128)
  }
}

const result = new Int32Array(8)

/** Transforms one row or column into `result`, scaled by 2^13. */
function pass(s0: number, s1: number, s2: number, s3: number, s4: number, s5: number, s6: number, s7: number): void {
  const even = (s2 + s6) * C0_541
  const a2 = even - s6 * C1_847
  const a3 = even + s2 * C0_765
  const a0 = (s0 + s4) * 8192
  const a1 = (s0 - s4) * 8192
  const z5 = (s7 + s3 + s5 + s1) * C1_175
  const z1 = -(s7 + s1) * C0_899
  const z2 = -(s5 + s3) * C2_562
  const z3 = z5 - (s7 + s3) * C1_961
  const z4 = z5 - (s5 + s1) * C0_390
  const b0 = s7 * C0_298 + z1 + z3
  const b1 = s5 * C2_053 + z2 + z4
  const b2 = s3 * C3_072 + z2 + z3
  const b3 = s1 * C1_501 + z1 + z4
  result[0] = a0 + a3 + b3
  result[7] = a0 + a3 - b3
  result[1] = a1 + a2 + b2
  result[6] = a1 + a2 - b2
  result[2] = a1 - a2 + b1
  result[5] = a1 - a2 - b1
  result[3] = a0 - a3 + b0
  result[4] = a0 - a3 - b0
}
