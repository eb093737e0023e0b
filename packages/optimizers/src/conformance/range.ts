import { decodeFloats, type FloatsConstructor } from '@opt/core'
import type { Floats, Parameter, ParameterSet } from '../parameters.ts'
import type { Hyper, OptimizerOptions } from '../settings.ts'
import { assert, type ConformanceCheck, type Create, random, type Subject } from './subject.ts'

const KINDS = [Float64Array, Float32Array] as const
type Set = { a: Floats; b: Floats }

/** Sizes at which squares, cubes and the numbers themselves leave the range of float32 or float64. */
const SIZES = [
  1e-320, 1e-170, 1e-40, 1e-20, 1e10, 1e15, 3e18, 3e19, 1e30, 3e38, 1e100, 1e153, 1e155, 1e200, 1e300, 1.7e308,
]
const RATES = [1e-3, 1e38, 1e300]

/** Returns two arrays in which one entry in three has the given size, limited by the type; others are ordinary. */
function spiked(Kind: (typeof KINDS)[number], seed: number, size: number): Set {
  const rng = random(seed)
  const largest = Kind === Float32Array ? 3.4e38 : 1.7e308
  const entry = () =>
    Math.min(largest, rng.uniform() < 1 / 3 ? size : 1) * rng.uniform(-1, 1) * (rng.uniform() < 0.1 ? 0 : 1)
  return { a: new Kind(Array.from({ length: 6 }, entry)), b: new Kind(Array.from({ length: 3 }, entry)) }
}

const allFinite = (set: Set) => [...set.a, ...set.b].every(Number.isFinite)

/** Tells whether all state arrays and numbers are finite. */
function stateIsFinite(subject: Subject): boolean {
  return subject.state().parameters.every(({ dtype, shape, arrays, numbers }) => {
    const Kind = dtype === 'float32' ? Float32Array : Float64Array
    const length = shape.reduce((size, extent) => size * extent, 1)
    const finite = (text: string, Type: FloatsConstructor<Floats>, n: number) =>
      decodeFloats(text, Type, n, 'state').every(Number.isFinite)
    return (
      Object.values(arrays).every((text) => finite(text, Kind, length)) &&
      Object.values(numbers).every((text) => finite(text, Float64Array, 1))
    )
  })
}

/** Takes steps, some with extreme gradients: each leaves finite numbers, or is refused by name and changes nothing. */
function stays(
  create: Create,
  options: OptimizerOptions<Hyper>,
  Kind: (typeof KINDS)[number],
  seed: number,
  size: number,
) {
  const x = spiked(Kind, seed, 1)
  const subject = create(x as ParameterSet, options)
  for (let t = 0; t < 6; t++) {
    const before = [x.a.slice(), x.b.slice(), JSON.stringify(subject.state()), subject.steps] as const
    const gradients = spiked(Kind, 100 * seed + t, t % 3 === 1 ? size : 1)
    const what = `${Kind.name}, learning rate ${options.learningRate}, entries of ${size}, step ${t}`
    let message: string | null = null
    try {
      subject.step(gradients as unknown as Record<string, Parameter>)
    } catch (error) {
      message = String(error)
    }
    assert(allFinite(x), () => `${what}: x became ${[...x.a, ...x.b]}`)
    assert(stateIsFinite(subject), () => `${what}: the state is not finite`)
    if (message === null) continue
    const named = /^RangeError: \w+\.step: [\w.]+(\[\d+\])? must be a finite number after the step, got /
    assert(named.test(message), () => `${what}: ${message}`)
    const after = [x.a, x.b, JSON.stringify(subject.state()), subject.steps] as const
    const same = [0, 1].every((k) => (after[k] as Floats).every((v, i) => Object.is(v, (before[k] as Floats)[i])))
    assert(same && after[2] === before[2] && after[3] === before[3], () => `${what}: refused, but changed`)
  }
}

/** Checks that after a refused step the optimizer goes on as if there had been none. */
function goesOn(create: Create, Kind: (typeof KINDS)[number]): void {
  const options = { learningRate: 0.01 }
  const [x, y] = [spiked(Kind, 1, 1), spiked(Kind, 1, 1)]
  const [one, other] = [create(x as ParameterSet, options), create(y as ParameterSet, options)]
  for (let t = 0; t < 9; t++) {
    const gradients = spiked(Kind, 50 + t, 1) as unknown as Record<string, Parameter>
    one.step(gradients)
    other.step(gradients)
    const state = JSON.stringify(other.state())
    try {
      other.step(spiked(Kind, t, 1.7e308) as unknown as Record<string, Parameter>)
    } catch {
      continue
    }
    // The step was taken: the optimizer survives such gradients, and is restored.
    other.load(JSON.parse(state))
    y.a.set(x.a)
    y.b.set(x.b)
  }
  const same = [...x.a, ...x.b].every((v, i) => Object.is(v, [...y.a, ...y.b][i]))
  assert(
    same && JSON.stringify(one.state()) === JSON.stringify(other.state()),
    () => `${Kind.name}: it goes on otherwise`,
  )
}

export function rangeChecks(create: Create): ConformanceCheck[] {
  return KINDS.flatMap((Kind) => [
    ...RATES.map((learningRate) => ({
      name: `${Kind.name}, learning rate ${learningRate}: numbers stay finite, whatever the gradient`,
      check: () => SIZES.forEach((size, k) => void stays(create, { learningRate }, Kind, k + 1, size)),
    })),
    { name: `${Kind.name}: a refused step leaves no trace`, check: () => goesOn(create, Kind) },
  ])
}
