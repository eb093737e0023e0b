/** Values that only structured clone preserves to the bit. */
export const EXACT_VALUES = [
  Number.NaN,
  -0,
  Number.NEGATIVE_INFINITY,
  10n ** 30n,
  new Map([[1, Float32Array.of(-0)]]),
  undefined,
]
