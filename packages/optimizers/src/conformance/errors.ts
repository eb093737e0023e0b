import { encodeFloats } from '@opt/core'
import ndarray from 'ndarray'
import type { Parameter, ParameterSet } from '../parameters.ts'
import { assert, type ConformanceCheck, type Create, copyOf, sameSets, vectors } from './subject.ts'

const SIZES = { a: 5, b: 12 }

function refused(act: () => unknown, words: RegExp): void {
  let message = 'nothing was thrown'
  try {
    act()
  } catch (error) {
    const { name, message: text } = error as Error
    message = `${name}: ${text}`
  }
  assert(/^(Type|Range)Error: /.test(message) && words.test(message), () => `wanted ${words}, got ${message}`)
}

const without = (value: number, at: number) => {
  const g = vectors(3, SIZES)
  g.b[at] = value
  return g
}

/** Encodes float64 numbers as saved states do. */
const base64 = (values: number[]) => encodeFloats(Float64Array.from(values))

/** Gradients that a step must refuse, and the message. */
const GRADIENTS: [string, () => unknown, RegExp][] = [
  ['NaN', () => without(NaN, 11), /step: gradients\.b\[11\] must be a finite number, got NaN/],
  ['Infinity', () => without(Infinity, 0), /step: gradients\.b\[0\] must be a finite number, got Infinity/],
  ['-Infinity', () => without(-Infinity, 6), /step: gradients\.b\[6\] .*got -Infinity/],
  ['a missing gradient', () => ({ a: vectors(3, SIZES).a }), /step: gradients\.b must be .*got undefined/],
  ['an unknown one', () => ({ ...vectors(3, SIZES), z: new Float64Array(1) }), /step: gradients\.z must be/],
  [
    'a wrong length',
    () => ({ ...vectors(3, SIZES), a: new Float64Array(4) }),
    /gradients\.a must be of length 5, got length 4/,
  ],
  [
    'a wrong shape',
    () => ({ ...vectors(3, SIZES), b: ndarray(new Float64Array(12), [3, 4]) }),
    /gradients\.b must be of shape \[12\], got shape \[3,4\]/,
  ],
  ['another type', () => ({ ...vectors(3, SIZES), a: [1, 2, 3, 4, 5] }), /gradients\.a must be a Float32Array/],
  ['integers', () => ({ ...vectors(3, SIZES), a: new Int32Array(5) }), /gradients\.a must be a Float32Array/],
  ['a list for a record', () => Object.values(vectors(3, SIZES)), /step: gradients must be a record/],
  ['nothing', () => undefined, /step: gradients must be/],
]

export function errorChecks(create: Create): ConformanceCheck[] {
  const make = (options: object) => create(vectors(1, SIZES), options as never)
  return [
    ...GRADIENTS.map(([what, gradients, words]) => ({
      name: `a step refuses ${what} and changes nothing`,
      check: () => {
        const x = vectors(1, SIZES)
        const subject = create(x, { learningRate: 0.1 })
        subject.step(vectors(2, SIZES))
        const before = copyOf(x)
        const state = JSON.stringify(subject.state())
        refused(() => subject.step(gradients() as Parameter), words)
        sameSets(x, before, 'parameters')
        assert(JSON.stringify(subject.state()) === state, () => 'the state changed')
      },
    })),
    {
      name: 'a schedule that gives no nonnegative number is refused and nothing changes',
      check: () => {
        for (const bad of [NaN, -1, Infinity, 'fast']) {
          const x = vectors(1, SIZES)
          const subject = create(x, { learningRate: (step) => (step < 1 ? 0.1 : (bad as number)) })
          subject.step(vectors(2, SIZES))
          const before = copyOf(x)
          const state = JSON.stringify(subject.state())
          refused(() => subject.step(vectors(3, SIZES)), /learningRate\(1\) must be a nonnegative number/)
          sameSets(x, before, 'parameters')
          assert(JSON.stringify(subject.state()) === state, () => 'the state changed')
        }
      },
    },
    {
      name: 'wrong parameters are refused',
      check: () => {
        const cases: [unknown, RegExp][] = [
          [[], /parameters must be nonempty, got an empty list/],
          [{}, /parameters must be nonempty, got an empty record/],
          [new Float64Array(0), /parameters must be nonempty/],
          [undefined, /parameters must be a Float32Array/],
          [{ a: [1, 2] }, /parameters\.a must be a Float32Array/],
          [[new Float64Array(1), new Int16Array(2)], /parameters\[1\] must be a Float32Array/],
          [{ a: Float64Array.of(1, NaN) }, /parameters\.a\[1\] must be a finite number, got NaN/],
          [ndarray(Float64Array.of(1, 2, 3, Infinity), [2, 2]), /parameters\[1\]\[1\] must be a finite number/],
        ]
        for (const [parameters, words] of cases) refused(() => create(parameters as ParameterSet), words)
        const twice = Float64Array.of(1)
        refused(() => create({ a: twice, b: twice }), /parameters\.b must be .*the same array as .*parameters\.a/)
      },
    },
    {
      name: 'wrong options and groups are refused',
      check: () => {
        const cases: [object, RegExp][] = [
          [{ learningRate: -1 }, /learningRate must be a nonnegative number, got -1/],
          [{ learningRate: NaN }, /learningRate must be/],
          [{ learningRate: '0.1' }, /learningRate must be/],
          [{ lr: 0.1 }, /options must be named learningRate, .*got "lr"/],
          [{ check: 1 }, /check must be true or false/],
          [{ resident: 'yes' }, /resident must be true or false/],
          [{ groups: {} }, /groups must be an array/],
          [{ groups: [{ parameters: ['z'] }] }, /groups\[0\]\.parameters\[0\] must be one of a, b, got "z"/],
          [{ groups: [{ learningRate: 1 }] }, /groups\[0\]\.parameters must be a nonempty array/],
          [{ groups: [{ parameters: ['a'], rate: 1 }] }, /groups\[0\] must be named learningRate/],
          [{ groups: [{ parameters: ['a'], learningRate: -1 }] }, /groups\[0\]\.learningRate must be/],
          [
            { groups: [{ parameters: ['a'] }, { parameters: ['a'] }] },
            /groups\[1\]\.parameters\[0\] must be in one group only/,
          ],
        ]
        for (const [options, words] of cases) refused(() => make(options), words)
      },
    },
    {
      name: 'wrong states are refused and nothing changes',
      check: () => {
        const subject = make({ learningRate: 0.1 })
        subject.step(vectors(2, SIZES))
        const good = subject.state()
        const spoil = (change: (state: typeof good) => void) => {
          const state = structuredClone(good)
          change(state)
          return state
        }
        const cases: [unknown, RegExp][] = [
          [null, /load: state must be what state\(\) returned/],
          [spoil((s) => (s.optimizer = 'Other')), /state\.optimizer must be/],
          [spoil((s) => (s.steps = -1)), /state\.steps must be a nonnegative integer/],
          [spoil((s) => s.parameters.pop()), /state\.parameters must be/],
          [spoil((s) => (s.parameters[0].name = 'z')), /state\.parameters must be with one named "a"/],
          [spoil((s) => (s.parameters[1].shape = [3, 4])), /state\.b\.shape must be \[12\]/],
          [spoil((s) => (s.parameters[0].dtype = 'float32')), /state\.a\.dtype must be float64/],
          [spoil((s) => (s.parameters[0].steps = 0.5)), /state\.a\.steps must be/],
          [spoil((s) => (s.parameters[0].arrays.more = '')), /state\.a\.arrays must be/],
        ]
        cases.push([
          spoil((s) => (s.parameters[0].steps = s.steps + 1)),
          /state\.a\.steps must be at most 1, the steps taken, got 2/,
        ])
        for (const name of Object.keys(good.parameters[1].arrays))
          for (const bad of [NaN, Infinity])
            cases.push([
              spoil(
                (s) =>
                  (s.parameters[1].arrays[name] = base64(Array.from({ length: 12 }, (_, i) => (i === 5 ? bad : 0)))),
              ),
              new RegExp(`state\\.b\\.${name}\\[5\\] must be a \\w+ number, got ${bad}`),
            ])
        for (const name of Object.keys(good.parameters[1].numbers))
          cases.push([
            spoil((s) => (s.parameters[1].numbers[name] = base64([NaN]))),
            new RegExp(`state\\.b\\.${name} must be a \\w+ number, got NaN`),
          ])
        cases.push([
          spoil((s) => (s.parameters[0].numbers = null as never)),
          /state\.a\.numbers must be a record, got null/,
        ])
        const [name] = Object.keys(good.parameters[0].arrays)
        if (name)
          for (const text of ['AAAA', '*', 7])
            cases.push([
              spoil((s) => (s.parameters[0].arrays[name] = text as string)),
              /state\.a\.\w+ must be base64 of/,
            ])
        for (const [state, words] of cases) {
          refused(() => subject.load(state as never), words)
          assert(JSON.stringify(subject.state()) === JSON.stringify(good), () => `the state changed at ${words}`)
        }
      },
    },
    {
      name: 'check: false lets a gradient of NaN through',
      check: () => {
        const subject = create(Float64Array.of(1, 2), { learningRate: 0.1, check: false })
        subject.step(Float64Array.of(1, NaN))
        assert(subject.steps === 1, () => `steps ${subject.steps}, wanted 1`)
      },
    },
  ]
}
