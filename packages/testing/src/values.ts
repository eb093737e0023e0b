/** Values of all types that a caller may pass by mistake. */
export const ODD: readonly (readonly [what: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ["'text'", () => 'text'],
  ["''", () => ''],
  ["'3'", () => '3'],
  ['true', () => true],
  ['false', () => false],
  ['7', () => 7],
  ['7n', () => 7n],
  ['Symbol(s)', () => Symbol('s')],
  ['() => 1', () => () => 1],
  ['{}', () => ({})],
  ['[]', () => []],
  ['[[]]', () => [[]]],
  ['[null]', () => [null]],
  ["['3']", () => ['3']],
  ['new Date(0)', () => new Date(0)],
  ['new Map()', () => new Map()],
  ['Promise', () => Promise.resolve(1)],
  ['{ length: 2 ** 53 - 1 }', () => ({ length: 9007199254740991 })],
  ['{ length: -1 }', () => ({ length: -1 })],
  ['{ rows: 2 ** 31, columns: 2 ** 31, get }', () => ({ rows: 2147483648, columns: 2147483648, get: () => 0 })],
  [
    '{ shape: [2 ** 31], ... }',
    () => ({ shape: [2147483648], stride: [1], offset: 0, data: [1, 2], dimension: 1, get: () => 0 }),
  ],
  ['{ __proto__: null }', () => Object.create(null)],
  ["an own key '__proto__'", () => JSON.parse('{"__proto__":{"length":1}}')],
  ['a DataView', () => new DataView(new ArrayBuffer(8))],
  ['an ArrayBuffer', () => new ArrayBuffer(8)],
  ['a BigInt64Array', () => new BigInt64Array(2)],
]

/** Numbers at the limits of arithmetic. */
export const NUMBERS: readonly number[] = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  -1,
  0.5,
  1.5,
  1e-320,
  1e-300,
  1e300,
  -1e300,
  1.7e308,
  2147483647,
  2147483648,
  4294967296,
  9007199254740991,
  9007199254740992,
]

/** Wrong numbers and small ones, for amounts of work. */
export const SMALL: readonly number[] = [Number.NaN, -Infinity, 0, -0, -1, -2147483648, 0.5, 1.5, 1, 2, 1e-320, -1e300]

/** Names of properties that every object has. */
export const STRINGS: readonly string[] = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'length', ' ']
