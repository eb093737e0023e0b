import ndarray from 'ndarray'
import type { Parameter, ParameterSet } from '../parameters.ts'
import {
  assert,
  type ConformanceCheck,
  type ConformanceSettings,
  type Create,
  copyOf,
  drive,
  sameBits,
  sameSets,
  type Vectors,
  vectors,
} from './subject.ts'

const SIZES = { a: 5, b: 12, c: 1 }

const optionsA = { learningRate: 0.02 }

/** Returns the parameters after 12 steps on a record. */
function reference(create: Create, options: Parameters<Create>[1] = optionsA): Vectors {
  const x = vectors(1, SIZES)
  drive(create(x, options), SIZES, 12)
  return x
}

/** Takes the same 12 steps on parameters that `place` makes, and reads them back with `read`. */
function transformed(
  create: Create,
  place: (x: Vectors) => ParameterSet,
  gradients: (g: Vectors) => unknown,
  read: (set: ParameterSet) => Vectors,
  options: Parameters<Create>[1] = optionsA,
): Vectors {
  const set = place(vectors(1, SIZES))
  const subject = create(set, options)
  for (let t = 0; t < 12; t++) subject.step(gradients(vectors(5 + t, SIZES)) as Parameter)
  return read(subject.parameters)
}

/** Returns the entries as a 2 x n/2 (or 1 x n) column-major view with gaps. */
function strided(values: Float64Array): { view: Parameter; backing: Float64Array } {
  const rows = values.length % 2 === 0 ? 2 : 1
  const columns = values.length / rows
  const backing = new Float64Array(3 + 5 * values.length).fill(777)
  const view = ndarray(backing, [rows, columns], [2, 2 * rows + 1], 3)
  values.forEach((v, i) => view.set(Math.floor(i / columns), i % columns, v))
  return { view, backing }
}

const flat = (view: Parameter): Float64Array => {
  const { shape, get } = view as ndarray.NdArray<Float64Array>
  const out: number[] = []
  for (let i = 0; i < shape[0]; i++) for (let j = 0; j < shape[1]; j++) out.push(get.call(view, i, j))
  return Float64Array.from(out)
}

export function structureChecks(
  create: Create,
  { elementwise = true, separate = true, ownSteps = separate }: ConformanceSettings,
): ConformanceCheck[] {
  const asRecord = (set: ParameterSet) => set as unknown as Vectors
  const checks: ConformanceCheck[] = [
    {
      name: 'the order of parameters does not matter',
      check: () => {
        const turned = transformed(
          create,
          ({ a, b, c }) => ({ c, b, a }),
          (g) => g,
          asRecord,
        )
        sameSets(turned, reference(create), 'another order')
      },
    },
    {
      name: separate
        ? 'a list gives what a record gives, and one parameter alone the same again'
        : 'a list gives what a record gives',
      check: () => {
        const expected = reference(create)
        const listed = transformed(
          create,
          ({ a, b, c }) => [a, b, c],
          ({ a, b, c }) => [a, b, c],
          (set) => {
            const [a, b, c] = set as Float64Array[]
            return { a, b, c }
          },
        )
        sameSets(listed, expected, 'as a list')
        if (!separate) return
        const alone = transformed(
          create,
          ({ b }) => b,
          ({ b }) => b,
          (b) => ({ b: b as Float64Array }),
        )
        sameBits(alone.b, expected.b, 'alone')
      },
    },
    {
      name: 'groups with equal options change nothing; with their own they are optimizers of their own',
      check: () => {
        const groups = [{ parameters: ['b', 'c'] }, { parameters: ['a'], learningRate: 0.02 }]
        sameSets(reference(create, { ...optionsA, groups }), reference(create), 'grouped')
        const faster = [{ parameters: ['b'], learningRate: () => 0.05 }]
        const mixed = reference(create, { ...optionsA, groups: faster })
        sameBits(mixed.a, reference(create).a, 'the other group')
        sameBits(mixed.b, reference(create, { learningRate: 0.05 }).b, 'the group')
      },
    },
    {
      name: 'strided views give the bits of flat arrays, and what lies between is not touched',
      check: () => {
        const backings: Float64Array[] = []
        const lay = (set: Vectors, keep: boolean) =>
          Object.fromEntries(
            Object.entries(set).map(([name, values]) => {
              const { view, backing } = strided(values)
              if (keep) backings.push(backing)
              return [name, view]
            }),
          )
        const read = (set: ParameterSet) =>
          Object.fromEntries(Object.entries(set as Record<string, Parameter>).map(([name, view]) => [name, flat(view)]))
        // Shapes matter to some optimizers: the reference has them too, but no gaps.
        const shaped = ({ a, b, c }: Vectors) => ({
          a: ndarray(a, [1, 5]),
          b: ndarray(b, [2, 6]),
          c: ndarray(c, [1, 1]),
        })
        const expected = transformed(create, shaped, (g) => g, read)
        const views = transformed(
          create,
          (x) => lay(x, true),
          (g) => lay(g, false),
          read,
        )
        sameSets(views, expected, 'strided')
        for (const [k, n] of [5, 12, 1].entries()) {
          const gaps = backings[k].filter((v) => v === 777).length
          assert(gaps === backings[k].length - n, () => `${backings[k].length - n - gaps} numbers between were changed`)
        }
      },
    },
    {
      name: 'resident parameters give the bits of own arrays; the given arrays stay as they were',
      check: () => {
        const given = vectors(1, SIZES)
        const subject = create(given, { ...optionsA, resident: true })
        for (let t = 0; t < 12; t++) {
          for (const [name, values] of Object.entries(vectors(5 + t, SIZES)))
            asRecord(subject.gradients)[name].set(values)
          subject.step(subject.gradients as Vectors)
        }
        sameSets(asRecord(subject.parameters), reference(create), 'resident')
        sameSets(given, vectors(1, SIZES), 'given')
      },
    },
    {
      name: 'a parameter without a gradient keeps its value, its state and its own count of steps',
      check: () => {
        const x = vectors(1, SIZES)
        const subject = create(x, optionsA)
        subject.step({ ...vectors(3, SIZES), b: null })
        sameBits(x.b, vectors(1, SIZES).b, 'b')
        drive(subject, SIZES, 12)
        if (ownSteps) sameBits(x.b, reference(create).b, 'b, begun a step later')
        const counts = subject.state().parameters.map(({ name, steps }) => `${name} ${steps}`)
        assert(counts.join() === 'a 13,b 12,c 13', () => `counts of steps: ${counts.join()}`)
      },
    },
    {
      name: 'float32 follows float64; gradients may be of the other type',
      check: () => {
        const expected = reference(create)
        const to32 = (set: Vectors) =>
          Object.fromEntries(Object.entries(set).map(([name, values]) => [name, Float32Array.from(values)]))
        for (const gradients of [to32, (g: Vectors) => g]) {
          const single = transformed(create, to32, gradients, asRecord)
          for (const name of Object.keys(SIZES))
            single[name].forEach((v, i) => {
              const near = Math.abs(v - expected[name][i]) <= 1e-4 * Math.max(1, Math.abs(expected[name][i]))
              assert(near, () => `${name}[${i}]: ${v} in float32, ${expected[name][i]} in float64`)
            })
        }
      },
    },
    {
      name: "the caller's gradients are not touched",
      check: () => {
        const gradients = vectors(9, SIZES)
        const before = copyOf(gradients)
        const subject = create(vectors(1, SIZES), optionsA)
        for (let t = 0; t < 3; t++) subject.step(gradients)
        sameSets(gradients, before, 'gradients')
      },
    },
  ]
  if (elementwise)
    checks.push({
      name: 'one array of 100 gives what ten of 10 give',
      check: () => {
        const whole = vectors(1, { x: 100 })
        const parts = Array.from({ length: 10 }, (_, k) => whole.x.slice(10 * k, 10 * k + 10))
        const one = create(whole, optionsA)
        const ten = create(parts, optionsA)
        for (let t = 0; t < 12; t++) {
          const { g } = vectors(5 + t, { g: 100 })
          one.step({ x: g })
          ten.step(parts.map((_, k) => g.subarray(10 * k, 10 * k + 10)))
        }
        parts.forEach((part, k) => sameBits(part, whole.x.subarray(10 * k, 10 * k + 10), `part ${k}`))
      },
    })
  return checks
}
