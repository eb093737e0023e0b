import { golden } from '@opt/testing'
import fc from 'fast-check'
import { exp, log } from '../src/kernels/exp-log.ts'
import * as math from '../src/math.ts'

type Fn = (x: number, y?: number) => number
const ours = math as unknown as Record<string, Fn>
const engine = Math as unknown as Record<string, Fn>
const { values } = golden<{ values: Record<string, number[][]> }>(import.meta.url, 'math.json')

const float = new Float64Array(1)
const whole = new BigInt64Array(float.buffer)
/** The double `steps` places after x (x not 0, no crossing of 0). */
function neighbour(x: number, steps: number): number {
  float[0] = x
  whole[0] += BigInt(x > 0 ? steps : -steps)
  return float[0]
}
function ulp(x: number): number {
  const size = Math.abs(x)
  return size === 0 ? Number.MIN_VALUE : size === Number.MAX_VALUE ? 2 ** 971 : neighbour(size, 1) - size
}
const near = (got: number, want: number, ulps: number): boolean =>
  Object.is(got, want) || Math.abs(got - want) <= ulps * ulp(want)

/** The promise of each docstring, in ulp. */
const BOUNDS: Record<string, number> = {
  expm1: 1.5,
  sinh: 1.5,
  cosh: 1.5,
  tanh: 1.5,
  sigmoid: 1.6,
  log1p: 1.5,
  softplus: 2,
  logit: 2,
  logAddExp: 2,
  log2: 1,
  log10: 1,
  pow: 1,
  cbrt: 1,
  hypot: 1.5,
  sin: 1,
  cos: 1,
  tan: 1,
  atan: 1.5,
  atan2: 1.5,
  asin: 1.5,
  acos: 1.5,
  erf: 1.5,
  erfc: 2,
  normalCdf: 2,
  logNormalCdf: 3,
  gammaln: 2,
}
const NAMES = Object.keys(BOUNDS)

test('is exported whole and promised whole', () => {
  expect(Object.keys(math).sort()).toEqual([...NAMES].sort())
  expect(Object.keys(values).sort()).toEqual([...NAMES].sort())
})

describe('against 40-digit values', () => {
  test.each(NAMES)('%s keeps its bound', (name) => {
    const rows = values[name]
    expect(rows.length).toBeGreaterThan(250)
    for (const row of rows) {
      const [x, y] = row
      const [value, rest] = row.slice(-2)
      // The sum of exponentials may cancel: its bound is in ulp of the largest number that takes part.
      const unit = name === 'logAddExp' ? ulp(Math.max(Math.abs(value), Math.abs(x), Math.abs(y))) : ulp(value)
      const error = Math.abs((ours[name](x, y) - value - rest * ulp(value)) / unit)
      if (!(error <= BOUNDS[name])) throw new Error(`${name}(${row.slice(0, -2)}) is ${error} ulp off`)
    }
  })
})

// biome-ignore format: a table
const SPECIAL = [
  0, NaN, Infinity, 1, 5e-324, 1e-310, 2.2250738585072014e-308, Number.MAX_VALUE, 0.5, 2, 3, 2.5, 1e300, 1e-300, 709.8, 1074, 746,
  9007199254740991, 9007199254740992, 2251799813685249.5, neighbour(1, 1), neighbour(1, -1), 710.4758600739439, 710.475860073944,
].flatMap((x) => [x, -x])

describe('special values', () => {
  test.each(NAMES.filter((name) => name in Math))('%s treats them as Math does', (name) => {
    const [f, g] = [ours[name], engine[name]]
    for (const x of SPECIAL)
      for (const y of f.length === 2 ? SPECIAL : [0])
        if (!near(f(x, y), g(x, y), 4)) throw new Error(`${name}(${x}, ${y}) is ${f(x, y)}, Math has ${g(x, y)}`)
  })

  // biome-ignore format: a table
  test.each<[string, number[], number[]]>([
    ['sigmoid', [-Infinity, -800, 0, 800, Infinity, NaN], [0, 0, 0.5, 1, 1, NaN]],
    ['softplus', [-Infinity, -800, 0, 800, Infinity, NaN], [0, 0, Math.LN2, 800, Infinity, NaN]],
    ['logit', [-0.1, 0, 0.5, 1, 1.1, NaN], [NaN, -Infinity, -0, Infinity, NaN, NaN]],
    ['erf', [-Infinity, -7, -0, 0, 7, Infinity, NaN], [-1, -1, -0, 0, 1, 1, NaN]],
    ['erfc', [-Infinity, -7, 0, 28, Infinity, NaN], [2, 2, 1, 0, 0, NaN]],
    ['normalCdf', [-Infinity, -40, 0, 40, Infinity, NaN], [0, 0, 0.5, 1, 1, NaN]],
    ['logNormalCdf', [-Infinity, -1e200, 0, 40, Infinity, NaN], [-Infinity, -Infinity, -Math.LN2, -0, -0, NaN]],
    ['gammaln', [-1, -0, 0, 1, 2, 1e306, Infinity, NaN], [NaN, Infinity, Infinity, 0, 0, Infinity, Infinity, NaN]],
  ])('%s has its own', (name, xs, values) => {
    for (const [i, x] of xs.entries()) expect(ours[name](x)).toBe(values[i])
  })

  test('logAddExp takes infinities', () => {
    const { logAddExp } = math
    expect(logAddExp(-Infinity, -Infinity)).toBe(-Infinity)
    expect(logAddExp(-Infinity, 3)).toBe(3)
    expect(logAddExp(Infinity, Infinity)).toBe(Infinity)
    expect(logAddExp(Infinity, -Infinity)).toBe(Infinity)
    expect(logAddExp(NaN, Infinity)).toBe(NaN)
    expect(logAddExp(1000, 1000)).toBe(1000 + Math.LN2)
  })
})

describe('exact where the result is a double', () => {
  test('pow of integers, as repeated multiplication in big integers has it', () => {
    for (let x = 2; x <= 2000; x++)
      for (let y = 1, power = BigInt(x); power < 2n ** 53n; y++, power *= BigInt(x)) {
        if (math.pow(x, y) !== Number(power)) throw new Error(`pow(${x}, ${y})`)
        if (math.pow(-x, y) !== (y % 2 ? -Number(power) : Number(power))) throw new Error(`pow(${-x}, ${y})`)
        if (math.pow(1 / x, -y) < 0) throw new Error('sign')
      }
  })
  test('powers of 2 and 10, cubes, squares', () => {
    for (let k = -1074; k < 1024; k++) {
      expect(math.log2(2 ** k)).toBe(k)
      expect(math.pow(2, k)).toBe(2 ** k)
    }
    for (let k = 0; k <= 22; k++) expect(math.log10(Number(`1e${k}`))).toBe(k)
    for (let k = 1; k <= 208063; k += 61) expect(math.cbrt(k * k * k)).toBe(k)
    for (let k = 1; k < 94906265; k += 9973) expect(math.pow(k * k, 0.5)).toBe(k)
    for (let k = 2; k < 2000; k++) expect(math.hypot(2 * k, k * k - 1)).toBe(k * k + 1)
  })
})

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const anyNumber = fc.double({ noNaN: true })

describe('properties', () => {
  const holds = (name: string, arbitrary: fc.Arbitrary<number>, property: (x: number) => boolean): void =>
    test(name, () => fc.assert(fc.property(arbitrary, property), { numRuns: 2000 }))

  for (const name of ['sin', 'tan', 'atan', 'asin', 'sinh', 'tanh', 'erf', 'cbrt'])
    holds(`${name} is odd`, anyNumber, (x) => Object.is(ours[name](-x), -ours[name](x)))
  for (const name of ['cos', 'cosh'])
    holds(`${name} is even`, anyNumber, (x) => Object.is(ours[name](-x), ours[name](x)))
  for (const name of ['sin', 'cos', 'tanh', 'erf'])
    holds(`|${name}| <= 1`, anyNumber, (x) => !(Math.abs(ours[name](x)) > 1))
  holds('pow(x, 1) = x', anyNumber, (x) => Object.is(math.pow(x, 1), x))
  holds('pow(x, 2) = x x', between(-1e150, 1e150), (x) => near(math.pow(x, 2), x * x, 1))
  holds('expm1(log1p x) = x', between(-0.5, 1e5), (x) => near(math.expm1(math.log1p(x)), x, 30))
  holds('cosh^2 - sinh^2 = 1', between(-3, 3), (x) => near(math.cosh(x) ** 2 - math.sinh(x) ** 2, 1, 1000))
  holds('sin^2 + cos^2 = 1', between(-1e9, 1e9), (x) => near(math.sin(x) ** 2 + math.cos(x) ** 2, 1, 3))
  holds('tan = sin / cos', between(-1e6, 1e6), (x) => near(math.tan(x), math.sin(x) / math.cos(x), 5))
  holds('erf + erfc = 1', between(-7, 7), (x) => near(math.erf(x) + math.erfc(x), 1, 2))
  holds('cdf(x) + cdf(-x) = 1', between(-9, 9), (x) => near(math.normalCdf(x) + math.normalCdf(-x), 1, 2))
  holds('sin(asin x) = x', between(-1, 1), (x) => near(math.sin(math.asin(x)), x, 4))
  holds('asin + acos = pi/2', between(-1, 1), (x) => near(math.asin(x) + math.acos(x), Math.PI / 2, 3))
  holds('logtest(sigmoid x) = x', between(-700, 1), (x) => near(math.logit(math.sigmoid(x)), x, 8) || Math.abs(x) < 1)
  holds(
    'softplus x - softplus -x = x',
    between(-50, 50),
    (x) => near(math.softplus(x) - math.softplus(-x), x, 6) || Math.abs(x) < 1,
  )
  holds('softplus x = logAddExp(0, x)', between(-700, 700), (x) => near(math.softplus(x), math.logAddExp(0, x), 3))
  holds('gammaln(x + 1) = gammaln x + log x', between(2, 1e6), (x) =>
    near(math.gammaln(x + 1), math.gammaln(x) + log(x), 64),
  )
  holds('pow = exp(y log x)', between(0.01, 100), (x) => near(math.pow(x, 1.7), exp(1.7 * log(x)), 32))
  holds('cbrt cubed', between(-1e100, 1e100), (x) => near(math.cbrt(x) ** 3, x, 8))

  test('hypot is symmetric, blind to signs, and at least its larger side', () => {
    const { hypot } = math
    fc.assert(
      fc.property(anyNumber, anyNumber, (x, y) => {
        const h = hypot(x, y)
        return Object.is(h, hypot(y, x)) && Object.is(h, hypot(-x, y)) && h >= Math.max(Math.abs(x), Math.abs(y))
      }),
    )
  })
  test("agrees with Math within a few ulp up to 1e300 (V8's hypot overflows too early beyond)", () => {
    const wide = between(-1e300, 1e300)
    for (const name of NAMES.filter((n) => n in Math)) {
      const agrees = (x: number, y: number): boolean => near(ours[name](x, y), engine[name](x, y), 4)
      fc.assert(fc.property(wide, wide, agrees), { numRuns: 1000 })
    }
  })
})

describe('where the method changes', () => {
  // biome-ignore format: a table
  const BREAKS: Record<string, number[]> = {
    expm1: [0.125, -0.125, 40, -40, 1e-16], log1p: [1e-16, 1, -0.5], log2: [Math.SQRT2, Math.SQRT1_2, 1e-300],
    sinh: [1, 22, 1e-8], cosh: [22], tanh: [0.55, 20, 1e-8], erf: [0.5, 1, 2, 6], erfc: [0.5, 1, 2, 26, -1, -6],
    normalCdf: [-Math.SQRT1_2, Math.SQRT1_2, -2 * Math.SQRT2], atan: [1, 1 / 32, 3 / 32, 31 / 32, 1e17, 1e-8],
    asin: [0.5, -0.5], acos: [0.5, -0.5], logit: [0.25, 0.75], sigmoid: [1e-300], softplus: [1e-300, 37],
    cbrt: [1, 8], gammaln: [0.2, 0.7, 1.2, 1.75, 2.75, 3.75, 8], sin: [Math.PI / 4], cos: [Math.PI / 4], tan: [Math.PI / 4],
  }
  test.each(Object.keys(BREAKS))('%s neither falls back nor jumps', (name) => {
    const f = ours[name]
    for (const x of BREAKS[name]) {
      const h = Math.abs(x) * 2 ** -20
      const slope = (f(x + h) - f(x - h)) / (x + h - (x - h))
      for (let i = -300; i < 300; i++) {
        const [from, to] = [neighbour(x, i), neighbour(x, i + 1)]
        const jump = (f(to) - f(from) - slope * (to - from)) / ulp(f(from))
        // Each side keeps its bound, so two neighbours can be off by both.
        if (!(Math.abs(jump) <= 2 * BOUNDS[name])) throw new Error(`${name} jumps by ${jump} ulp at ${from}`)
      }
    }
  })
})
