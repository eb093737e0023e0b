import { random } from '@opt/core'
import { fromOklab, toOklab } from '../src/oklab.ts'
import type { Rgb } from './pictures.ts'

describe('Oklab', () => {
  test('known colors', () => {
    const lab = new Float64Array(3)
    const known: [Rgb, Rgb][] = [
      [
        [255, 255, 255],
        [1, 0, 0],
      ],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
      [
        [255, 0, 0],
        [0.62796, 0.22486, 0.12585],
      ],
      [
        [0, 255, 0],
        [0.86644, -0.23389, 0.1795],
      ],
      [
        [0, 0, 255],
        [0.45201, -0.03246, -0.31153],
      ],
    ]
    for (const [[r, g, b], expected] of known) {
      toOklab(r, g, b, lab)
      expected.forEach((value, d) => expect(lab[d]).toBeCloseTo(value, 4))
    }
  })

  test('there and back gives the same bytes', () => {
    const rng = random(1)
    const lab = new Float64Array(3)
    const out = new Uint8Array(3)
    const changed: number[][][] = []
    for (let k = 0; k < 5000; k++) {
      const color = k < 256 ? [k, k, k] : [rng.integer(0, 256), rng.integer(0, 256), rng.integer(0, 256)]
      toOklab(color[0]!, color[1]!, color[2]!, lab)
      fromOklab(lab[0]!, lab[1]!, lab[2]!, out, 0)
      if (color.some((value, d) => value !== out[d])) changed.push([color, [...out]])
    }
    expect(changed).toEqual([])
  })

  test('a color that cannot be shown keeps its hue and lightness', () => {
    const out = new Uint8Array(3)
    const lab = new Float64Array(3)
    for (const [L, a, b] of [
      [0.5, 0.3, 0.1],
      [0.7, -0.4, 0.2],
      [0.4, 0.1, -0.45],
      [0.9, 0.2, 0.2],
    ] as Rgb[]) {
      fromOklab(L, a, b, out, 0)
      toOklab(out[0]!, out[1]!, out[2]!, lab)
      expect(Math.abs(lab[0]! - L)).toBeLessThan(0.01)
      const cosine = (lab[1]! * a + lab[2]! * b) / Math.hypot(lab[1]!, lab[2]!) / Math.hypot(a, b)
      expect(cosine).toBeGreaterThan(0.998)
      expect(Math.hypot(lab[1]!, lab[2]!)).toBeLessThan(Math.hypot(a, b))
    }
    fromOklab(1.2, 0.1, 0, out, 0)
    expect([...out]).toEqual([255, 255, 255])
    fromOklab(-0.2, 0, 0, out, 0)
    expect([...out]).toEqual([0, 0, 0])
  })
})
