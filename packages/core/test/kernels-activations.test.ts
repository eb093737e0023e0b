import { golden } from '@opt/testing'
import fc from 'fast-check'
import { activationKernels, allocate, random, sigmoid, softplus, tanh } from '../src/index.ts'

const { values } = golden<{ values: Record<string, number[][]> }>(import.meta.url, 'math.json')
const slope = (x: number) => sigmoid(x) * (1 - sigmoid(x))
const written = { vsoftplus: softplus, vsigmoid: sigmoid, vtanh: tanh }
const multiplied = { timesSigmoid: sigmoid, timesSigmoidSlope: slope }
const n = 2000
const { kernels, ...views } = allocate([activationKernels], (space) => ({
  x: space.f64(n),
  y: space.f64(n),
  x32: space.f32(n),
  y32: space.f32(n),
  slope: space.f64(n),
}))

/** Ends of ranges and of branches, both signs. */
const SPECIAL = [
  0,
  5e-324,
  1e-310,
  2.3e-308,
  1e-16,
  1e-8,
  0.99e-8,
  0.55,
  0.5499999999999999,
  1,
  20,
  20.000000000000004,
  36.7,
  40,
  708.4,
  744.44,
  745.1,
  745.2,
  746,
  745.9999999999999,
  1e300,
  Infinity,
].flatMap((x) => [x, -x])

/** The pair of softplus and its slope, on whatever numbers. */
function checkPair(numbers: ArrayLike<number>): void {
  const { x, y, slope } = views
  const count = numbers.length
  x.set(numbers)
  for (const out of [y, slope]) out.fill(7)
  kernels.softplusAndSlope(count, x, y, slope)
  for (let i = 0; i < count; i++)
    if (!Object.is(y[i], softplus(x[i])) || !Object.is(slope[i], sigmoid(x[i])))
      throw new Error(`softplusAndSlope of ${x[i]} is ${y[i]} and ${slope[i]}`)
  if (count < n) expect([y[count], slope[count]]).toEqual([7, 7])
}

/** Holds every kernel against the scalar function, in both precisions, on whatever numbers. */
function check(numbers: ArrayLike<number>): void {
  const count = numbers.length
  checkPair(numbers)
  for (const [x, y, round] of [
    [views.x, views.y, (v: number) => v],
    [views.x32, views.y32, Math.fround],
  ] as const) {
    x.set(numbers)
    for (const [name, f] of Object.entries(written)) {
      y.fill(7)
      kernels[name as keyof typeof written](count, x as Float64Array, y as Float64Array)
      for (let i = 0; i < count; i++)
        if (!Object.is(y[i], round(f(x[i])))) throw new Error(`${name} of ${x[i]} is ${y[i]}, not ${round(f(x[i]))}`)
      if (count < n) expect(y[count]).toBe(7)
    }
    for (const [name, f] of Object.entries(multiplied)) {
      for (let i = 0; i < n; i++) y[i] = 1 + i
      kernels[name as keyof typeof multiplied](count, x as Float64Array, y as Float64Array)
      for (let i = 0; i < count; i++)
        if (!Object.is(y[i], round((1 + i) * f(x[i])))) throw new Error(`${name} of ${x[i]}: ${y[i]}`)
      if (count < n) expect(y[count]).toBe(count + 1)
    }
  }
}

test('have the bits of softplus, sigmoid and tanh where these are known to 40 digits', () => {
  for (const name of ['softplus', 'sigmoid', 'tanh']) check(values[name].map(([x]) => x).slice(0, n))
})

test('have their bits at the ends of ranges, for NaN and for every length', () => {
  check([...SPECIAL, NaN])
  for (let count = 0; count < 9; count++) check(SPECIAL.slice(8, 8 + count))
})

test('have their bits on 200,000 numbers of every size', () => {
  const rng = random(5)
  for (let round = 0; round < 100; round++)
    check(Float64Array.from({ length: n }, () => rng.normal() * [1e-9, 0.3, 1, 6, 40, 400][round % 6]))
})

test('have their bits on any numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 20 }), (numbers) => check(numbers)),
    { numRuns: 1000 },
  )
})

test('write in place', () => {
  views.x.set([-1, 0, 2])
  kernels.vsoftplus(3, views.x, views.x)
  expect([...views.x.subarray(0, 3)]).toEqual([-1, 0, 2].map(softplus))
})
