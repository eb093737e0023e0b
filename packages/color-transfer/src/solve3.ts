type Three = [number, number, number]
type Nine = [...Three, ...Three, ...Three]

/** Solves a symmetric positive definite 3 x 3 system by its cofactors. */
export function solve3(matrix: ArrayLike<number>, y: ArrayLike<number>): Three {
  const [a, b, c, , d, e, , , f] = Array.from(matrix) as Nine
  const [y0, y1, y2] = Array.from(y) as Three
  const A = d * f - e * e
  const B = c * e - b * f
  const C = b * e - c * d
  const D = a * f - c * c
  const E = b * c - a * e
  const F = a * d - b * b
  const determinant = a * A + b * B + c * C
  return [
    (A * y0 + B * y1 + C * y2) / determinant,
    (B * y0 + D * y1 + E * y2) / determinant,
    (C * y0 + E * y1 + F * y2) / determinant,
  ]
}
