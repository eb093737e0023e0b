import { calling, type MatrixLike, oneOf, type VectorLike } from '@opt/core'
import ndarray from 'ndarray'
import type { ConstrainedProblem } from '../problem.ts'
import { circleFit, circlePoints } from './circle-fit.ts'
import { type Formula, formula } from './formula.ts'
import type { Jet } from './jet.ts'
import { pdeControl } from './pde-control.ts'

/** A problem with its usual start. */
export interface TestProblem extends ConstrainedProblem {
  constraints: (x: Float64Array) => VectorLike
  jacobian: (x: Float64Array) => MatrixLike
  hessianLagrangian: (x: Float64Array, multipliers: Float64Array) => MatrixLike
  name: string
  n: number
  m: number
  start: Float64Array
  /** The least known f; null where none is on record. */
  optimum: number | null
}

/** f, constraints, start, optimum */
type Entry = readonly [f: string, constraints: readonly string[], start: readonly number[], optimum: number | null]

const SQRT2 = Math.SQRT2
const OBJECTIVE46 = '(x1-x2)^2 + (x3-1)^2 + (x4-1)^4 + (x5-1)^6'
const OBJECTIVE51 = '(x1-x2)^2 + (x2+x3-2)^2 + (x4-1)^2 + (x5-1)^2'
const CONSTRAINTS52 = ['x1+3*x2', 'x3+x4-2*x5', 'x2-x5']
const CONSTRAINTS39 = ['x2-x1^3-x3^2', 'x1^2-x2-x4^2']
const [A56, B56] = [0.509739678831507, 0.9851107833377457]
const K111 = [6.089, 17.164, 34.054, 5.914, 24.721, 14.986, 24.1, 10.708, 26.662, 22.179]

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const of = (value: number, length: number): number[] => new Array(length).fill(value)

function entries(): Record<string, Entry> {
  const total = numbers(1, 10)
    .map((i) => `exp(x${i})`)
    .join(' + ')
  return {
    HS6: ['(1-x1)^2', ['10*(x2-x1^2)'], [-1.2, 1], 0],
    HS7: ['log(1+x1^2)-x2', ['(1+x1^2)^2+x2^2-4'], [2, 2], -1.7320508075688772],
    HS8: ['-1', ['x1^2+x2^2-25', 'x1*x2-9'], [2, 1], -1],
    HS9: ['sin(pi*x1/12)*cos(pi*x2/16)', ['4*x1-3*x2'], [0, 0], -0.5],
    HS26: ['(x1-x2)^2+(x2-x3)^4', ['(1+x2^2)*x1+x3^4-3'], [-2.6, 2, 2], 0],
    HS27: ['0.01*(x1-1)^2+(x2-x1^2)^2', ['x1+x3^2+1'], [2, 2, 2], 0.04],
    HS28: ['(x1+x2)^2+(x2+x3)^2', ['x1+2*x2+3*x3-1'], [-4, 1, 1], 0],
    HS39: ['-x1', CONSTRAINTS39, [2, 2, 2, 2], -1],
    HS40: ['-x1*x2*x3*x4', ['x1^3+x2^2-1', 'x1^2*x4-x3', 'x4^2-x2'], of(0.8, 4), -0.25],
    HS42: ['(x1-1)^2+(x2-2)^2+(x3-3)^2+(x4-4)^2', ['x1-2', 'x3^2+x4^2-2'], of(1, 4), 28 - 10 * SQRT2],
    HS46: [OBJECTIVE46, ['x1^2*x4+sin(x4-x5)-1', 'x2+x3^4*x4^2-2'], [SQRT2 / 2, 1.75, 0.5, 2, 2], 0],
    HS47: [
      '(x1-x2)^2+(x2-x3)^3+(x3-x4)^4+(x4-x5)^4',
      ['x1+x2^2+x3^3-3', 'x2-x3^2+x4-1', 'x1*x5-1'],
      [2, SQRT2, -1, 2 - SQRT2, 0.5],
      0,
    ],
    HS48: ['(x1-1)^2+(x2-x3)^2+(x4-x5)^2', ['x1+x2+x3+x4+x5-5', 'x3-2*(x4+x5)+3'], [3, 5, -3, 2, -2], 0],
    HS49: [OBJECTIVE46, ['x1+x2+x3+4*x4-7', 'x3+5*x5-6'], [10, 7, 2, -3, 0.8], 0],
    HS50: [
      '(x1-x2)^2+(x2-x3)^2+(x3-x4)^4+(x4-x5)^2',
      numbers(1, 3).map((i) => `x${i}+2*x${i + 1}+3*x${i + 2}-6`),
      [35, -31, 11, 5, -5],
      0,
    ],
    HS51: [OBJECTIVE51, ['x1+3*x2-4', 'x3+x4-2*x5', 'x2-x5'], [2.5, 0.5, 2, -1, 0.5], 0],
    HS52: ['(4*x1-x2)^2+(x2+x3-2)^2+(x4-1)^2+(x5-1)^2', CONSTRAINTS52, of(2, 5), 1859 / 349],
    BT3: [OBJECTIVE51, CONSTRAINTS52, of(20, 5), 4.09302326],
    HS56: [
      '-x1*x2*x3',
      [...numbers(1, 3).map((i) => `x${i}-4.2*sin(x${i + 3})^2`), 'x1+2*x2+2*x3-7.2*sin(x7)^2'],
      [1, 1, 1, A56, A56, A56, B56],
      -3.456,
    ],
    HS61: ['4*x1^2+2*x2^2+2*x3^2-33*x1+16*x2-24*x3', ['3*x1-2*x2^2-7', '4*x1-x3^2-11'], [0, 0, 0], -143.6461422],
    HS77: [
      '(x1-1)^2+(x1-x2)^2+(x3-1)^2+(x4-1)^4+(x5-1)^6',
      [`x1^2*x4+sin(x4-x5)-${2 * SQRT2}`, `x2+x3^4*x4^2-${8 + SQRT2}`],
      of(2, 5),
      0.24150513,
    ],
    HS78: [
      'x1*x2*x3*x4*x5',
      ['x1^2+x2^2+x3^2+x4^2+x5^2-10', 'x2*x3-5*x4*x5', 'x1^3+x2^3+1'],
      [-2, 1.5, 2, -1, -1],
      -2.91970041,
    ],
    HS79: [
      '(x1-1)^2+(x1-x2)^2+(x2-x3)^2+(x3-x4)^4+(x4-x5)^4',
      [`x1+x2^2+x3^3-${2 + 3 * SQRT2}`, `x2-x3^2+x4+2-${2 * SQRT2}`, 'x1*x5-2'],
      of(2, 5),
      0.0787768209,
    ],
    MARATOS: ['-x1+0.000001*(x1^2+x2^2-1)', ['x1^2+x2^2-1'], [1.1, 0.1], -1],
    MARATOS2: ['2*(x1^2+x2^2-1)-x1', ['x1^2+x2^2-1'], [0.8775825618903728, 0.479425538604203], -1],
    BYRDSPHR: ['-x1-x2-x3', ['x1^2+x2^2+x3^2-9', '(x1-1)^2+x2^2+x3^2-9'], [5, 1e-4, -1e-4], -4.68330049],
    BT2: ['(x1-1)^2+(x1-x2)^2+(x2-x3)^4', [`x1*(1+x2^2)+x3^4-${4 + 3 * SQRT2}`], of(10, 3), 0.0325682],
    BT5: ['1000-x1^2-2*x2^2-x3^2-x1*x2-x1*x3', ['x1^2+x2^2+x3^2-25', '8*x1+14*x2+7*x3-56'], of(2, 3), 961.7151721],
    BT10: ['-x1', ['x2-x1^3', 'x1^2-x2'], [2, 2], -1],
    BOOTH: ['0', ['x1+2*x2-7', '2*x1+x2-5'], [0, 0], 0],
    GENHS28: [
      numbers(1, 9)
        .map((i) => `(x${i}+x${i + 1})^2`)
        .join(' + '),
      numbers(1, 8).map((i) => `x${i}+2*x${i + 1}+3*x${i + 2}-1`),
      [-4, ...of(1, 9)],
      0.9271737,
    ],
    HS100LNP: [
      '(x1-10)^2+5*(x2-12)^2+x3^4+3*(x4-11)^2+10*x5^6+7*x6^2+x7^4-4*x6*x7-10*x6-8*x7',
      ['2*x1^2+3*x2^4+x3+4*x4^2+5*x5-127', '4*x1^2+x2^2-3*x1*x2+2*x3^2+5*x6-11*x7'],
      [1, 2, 0, 4, 0, 1, 1],
      680.6300573,
    ],
    HS111LNP: [
      `${K111.map((k, i) => `exp(x${i + 1})*(x${i + 1}-${k})`).join(' + ')} - (${total})*log(${total})`,
      [
        'exp(x1)+2*exp(x2)+2*exp(x3)+exp(x6)+exp(x10)-2',
        'exp(x4)+2*exp(x5)+exp(x6)+exp(x7)-1',
        'exp(x3)+exp(x7)+exp(x8)+2*exp(x9)+exp(x10)-1',
      ],
      of(-2.3, 10),
      -47.76109026,
    ],
  }
}

/** Names of {@link testProblem}: of Hock and Schittkowski, of CUTEst, and two families of this package. */
export const testProblemNames: readonly string[] =
  'HS6 HS7 HS8 HS9 HS26 HS27 HS28 HS39 HS40 HS42 HS46 HS47 HS48 HS49 HS50 HS51 HS52 BT3 HS56 HS61 HS77 HS78 HS79 MARATOS MARATOS2 BYRDSPHR BT2 BT5 BT10 BOOTH GENHS28 HS100LNP HS111LNP CIRCLE5 CIRCLE10 PDE3 PDE8'.split(
    ' ',
  )

/**
 * Makes a test problem with exact derivatives: the problems of the CUTEst collection with equality constraints that are
 * in closed form, circle fits to 5 and 10 points, and the PDE-constrained problem on 3 x 3 and 8 x 8 points.
 *
 * @throws RangeError for a name that is not in {@link testProblemNames}.
 */
export function testProblem(name: string): TestProblem {
  return calling('testProblem', () => {
    oneOf(name, 'name', testProblemNames)
    if (name.startsWith('CIRCLE')) return { name, ...circleFit(circlePoints(Number(name.slice(6)))) }
    if (name.startsWith('PDE')) return { name, ...pdeControl(Number(name.slice(3))) }
    const [f, constraints, start, optimum] = entries()[name]
    return { name, ...fromFormulas(formula(f), constraints.map(formula), start), optimum }
  })
}

/** All functions of a problem; the derivatives at the last point are kept. */
function fromFormulas(
  objective: Formula,
  constraints: Formula[],
  start: readonly number[],
): Omit<TestProblem, 'name' | 'optimum'> {
  const [n, m] = [start.length, constraints.length]
  let known: { x: Float64Array; f: Jet; c: Jet[] } | undefined
  const at = (x: Float64Array) => {
    if (!known?.x.every((entry, i) => entry === x[i]))
      known = { x: x.slice(), f: objective(x), c: constraints.map((constraint) => constraint(x)) }
    return known
  }
  const matrix = (data: Float64Array, rows: number) => ndarray(data, [rows, n])
  return {
    n,
    m,
    start: Float64Array.from(start),
    f: (x) => at(x).f.value,
    gradient: (x) => at(x).f.gradient,
    constraints: (x) => at(x).c.map(({ value }) => value),
    jacobian: (x) => at(x).c.map(({ gradient }) => gradient),
    hessianLagrangian(x, multipliers) {
      const { f, c } = at(x)
      const H = f.hessian.slice()
      c.forEach(({ hessian }, i) => hessian.forEach((entry, k) => (H[k] += multipliers[i] * entry)))
      return matrix(H, n)
    },
  }
}
