import { cos, sin } from '@opt/core'

/** A function of one variable, defined by its derivative. */
export interface Landscape {
  name: string
  value(x: number): number
  derivative(x: number): number
}

const wave = (x: number) => x * x * x + (x * sin(8 * x)) / 8 - (7 / 64) * cos(8 * x)

/**
 * The paper's three functions of one variable, by the derivatives of its code; values are their
 * integrals, without jumps.
 */
export const landscapes: readonly Landscape[] = [
  {
    name: 'F1',
    value: (x) => (x <= 0 ? (x + 0.3) * (x + 0.3) : (x - 0.2) * (x - 0.2) + 0.05),
    derivative: (x) => (x <= 0 ? 2 * x + 0.6 : 2 * x - 0.4),
  },
  {
    name: 'F2',
    value: (x) => (x <= -0.9 ? -40 * x - 35.15 : wave(x) - wave(-0.9) + 0.85),
    derivative: (x) => (x <= -0.9 ? -40 : x * cos(8 * x) + sin(8 * x) + 3 * x * x),
  },
  {
    name: 'F3',
    value: (x) => {
      const far = Math.abs(x)
      return far >= 0.5 ? x * x : far >= 0.4 ? 0.75 - far : 0.875 * far
    },
    derivative: (x) => {
      if (x <= -0.5) return 2 * x
      if (x <= -0.4) return 1
      if (x <= 0) return -0.875
      if (x <= 0.4) return 0.875
      return x <= 0.5 ? -1 : 2 * x
    },
  },
]
