import { calling, number, options, permutation, printable, quoted, refuse } from '../src/index.ts'

test('what a terminal obeys or does not show is spelled out', () => {
  expect(printable('\u001b[2Jname\u009b31m\u202etxt.exe\u0007\r\n\t\u007f\u0000')).toBe(
    '\\u001b[2Jname\\u009b31m\\u202etxt.exe\\u0007\\u000d\\u000a\\u0009\\u007f\\u0000',
  )
  expect(printable('a\u200db\u200b\u00ad\u2028\u2029\ufeff\u{e0041}')).toBe(
    'a\\u200db\\u200b\\u00ad\\u2028\\u2029\\ufeff\\udb40\\udc41',
  )
  const characters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
  const hidden = characters.filter((character) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character))
  expect(hidden.filter((character) => !/^\\u[0-9a-f]{4}$/.test(printable(character)))).toEqual([])
})

test('what can be seen stays, and joiners where they join', () => {
  const text = '"é", e\u0301, 日本, 👩‍🔬, 👩🏽‍🔬, 🏳️‍🌈, می‌خواهم, क्‍ष, η → 0'
  expect(printable(text)).toBe(text)
})

test('a quotation is JSON of the same text', () => {
  const text = 'a "name"\u001b[2J\u202e\u{e0041}'
  expect(quoted(text)).toMatch(/^"a \\"name\\"\\u001b\[2J\\u202e\\udb40\\udc41"$/)
  expect(JSON.parse(quoted(text))).toBe(text)
})

test('errors of checks begin with the name of the function, once; others are handed on', () => {
  expect(calling('f', () => 3)).toBe(3)
  expect(() => calling('f', () => number('3', 'x'))).toThrow('f: x must be a finite number, got "3"')
  expect(() => calling('g', () => calling('f', () => number(NaN, 'x')))).toThrow(/^f: x must/)
  expect(() => calling('g', () => refuse('f: x', 'odd', '2'))).toThrow(/^f: x must be odd, got 2$/)
  const other = new Error('x')
  expect(() =>
    calling('f', () => {
      throw other
    }),
  ).toThrow(other)
})

test('a name for now gives way to that of the function around', () => {
  const inner = () => calling('A.f', () => refuse('x', 'odd', '2'), true)
  expect(inner).toThrow(/^A.f: x must be odd, got 2$/)
  expect(() => calling('A.g', inner, true)).toThrow(/^A.g: x must be odd, got 2$/)
  expect(() => calling('g', () => calling('A.g', inner, true))).toThrow(/^g: x must be odd, got 2$/)
  expect(() => calling('h', () => calling('g', inner))).toThrow(/^g: x must be odd, got 2$/)
  try {
    calling('g', inner)
  } catch (error) {
    expect((error as Error).stack).toMatch(/^RangeError: g: x must be odd, got 2\n/)
  }
})

test('a permutation has each number once', () => {
  const order = [2, 0, 1]
  expect(permutation(order, 'order', 3)).toBe(order)
  expect(permutation([], 'order', 0)).toEqual([])
  for (const [given, length, message] of [
    ['201', 3, 'order must be an array, got "201"'],
    [Int32Array.of(0, 1), 2, 'order must be an array, got Int32Array'],
    [[0, 1], 3, 'order must be of length 3, got length 2'],
    [[0, 3, 1], 3, 'order[1] must be an integer between 0 and 2, got 3'],
    [[0, null, 1], 3, 'order[1] must be an integer between 0 and 2, got null'],
    [[0, 1, 0], 3, 'order[2] must be a number that does not come earlier, got 0 again'],
  ] as const)
    expect(() => permutation(given, 'order', length)).toThrow(message)
})

test('an unknown option is refused with the nearest name', () => {
  const check = (given: object, names = ['epsilon', 'tolerance', 'seed']) =>
    options<object>(given, 'f: options', names as never[])
  const right = { epsilon: 1, seed: undefined }
  expect(check(right)).toBe(right)
  expect(check(Object.create({ inherited: 1 }))).toEqual({})
  expect(() => check({ epsilon: 1, tolerence: 2 })).toThrow(
    new TypeError('f: options must be named epsilon, tolerance or seed, got "tolerence"; did you mean tolerance?'),
  )
  expect(() => check({ Seed: 1 })).toThrow('got "Seed"; did you mean seed?')
  expect(() => check({ sed: 1 })).toThrow('did you mean seed?')
  for (const name of ['maxIterations', 'lr', ''])
    expect(() => check({ [name]: 1 })).toThrow(`named epsilon, tolerance or seed, got "${name}"`)
  expect(() => check({ lr: 1 })).toThrow(/, got "lr"$/)
  expect(() => check({ 'a\u001b': 1 }, ['seed'])).toThrow('f: options must be named seed, got "a\\u001b"')
  expect(() => check({ seed: 1 }, [])).toThrow(new TypeError('f: options must be empty, got "seed"'))
})
