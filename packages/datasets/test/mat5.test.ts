import { readFileSync } from 'node:fs'
import { deflateSync } from 'node:zlib'
import { golden } from '@opt/testing'
import fc from 'fast-check'
import {
  type MatArray,
  type MatCell,
  type MatNumbers,
  type MatStruct,
  type MatText,
  matMatrix,
  parseFile,
  parseMat5,
} from '../src/index.ts'
import { bytes, fromBase64, packed, survives } from './helpers.ts'

const { plain, compressed } = golden(import.meta.url, 'mat5.json') as { plain: string; compressed: string }

describe.each([
  ['plain', fromBase64(plain)],
  ['compressed', fromBase64(compressed)],
])('a file written by SciPy, %s', (_, file) => {
  const variables = parseMat5(file)
  const numbers = (name: string) => variables.get(name) as MatNumbers

  test.each([
    ['real', 'double', [2, 3], [0.5, 3.5, 1.5, 4.5, 2.5, 5.5]],
    ['small', 'double', [2, 2], [1, 3, 2, 4]],
    ['i8', 'int8', [1, 2], [-128, 127]],
    ['u8', 'uint8', [1, 2], [0, 255]],
    ['i16', 'int16', [1, 2], [-32768, 32767]],
    ['u16', 'uint16', [1, 2], [0, 65535]],
    ['i32', 'int32', [1, 2], [-2147483648, 2147483647]],
    ['u32', 'uint32', [1, 2], [0, 4294967295]],
    ['i64', 'int64', [1, 2], [-(2n ** 63n), 2n ** 63n - 1n]],
    ['u64', 'uint64', [1, 2], [0n, 2n ** 64n - 1n]],
    ['single', 'single', [2, 3], [0, 3, 1, 4, 2, 5].map((v) => Math.fround(Math.fround(v) / 3))],
    ['logical', 'logical', [1, 3], [1, 0, 1]],
    ['empty', 'double', [0, 3], []],
  ])('%s', (name, kind, shape, data) => {
    expect(numbers(name)).toMatchObject({ class: kind, shape })
    expect([...numbers(name).data]).toEqual(data)
  })

  test('the typed array is that of the class', () => {
    expect(numbers('u16').data).toBeInstanceOf(Uint16Array)
    expect(numbers('small').data).toBeInstanceOf(Float64Array)
  })

  test('three dimensions are column-major', () => {
    const { shape, data } = numbers('cube')
    expect(shape).toEqual([2, 3, 4])
    for (const [i, j, k] of [
      [0, 0, 0],
      [1, 0, 0],
      [0, 2, 1],
      [1, 2, 3],
    ] as const)
      expect(data[i + 2 * j + 6 * k]).toBe(12 * i + 4 * j + k)
  })

  test('complex', () => {
    expect([...numbers('complex').data]).toEqual([0, 3, 1, 4, 2, 5])
    expect([...numbers('complex').imaginary!]).toEqual([3, 0, 4, 1, 5, 2])
    expect(() => matMatrix(numbers('complex'))).toThrow('matMatrix: array must be real, got a complex one')
  })

  test('text', () => {
    expect((variables.get('word') as MatText).rows).toEqual(['grüß dich'])
    expect((variables.get('lines') as MatText).rows.map((row) => row.trimEnd())).toEqual(['ab', 'cde'])
    expect((variables.get('nothing') as MatText).rows).toEqual([])
  })

  test('sparse', () => {
    expect(variables.get('sparse')).toEqual({
      class: 'sparse',
      logical: false,
      shape: [3, 3],
      indptr: Int32Array.of(0, 1, 3, 4),
      indices: Int32Array.of(1, 0, 2, 2),
      data: Float64Array.of(1, 2, 3, 4),
    })
  })

  test('structures, nested and in arrays', () => {
    const [element] = (variables.get('struct') as MatStruct).elements
    expect([...element!.keys()]).toEqual(['x', 'name', 'inner'])
    expect((element!.get('name') as MatText).rows).toEqual(['abc'])
    const inner = (element!.get('inner') as MatStruct).elements[0]!.get('y') as MatNumbers
    expect(inner.shape).toEqual([2, 3])
    const { elements, shape, fields } = variables.get('structs') as MatStruct
    expect(shape).toEqual([1, 2])
    expect(fields).toEqual(['n', 't'])
    expect(elements.map((one) => (one.get('t') as MatText).rows[0])).toEqual(['one', 'two'])
  })

  test('cells', () => {
    const { shape, cells } = variables.get('cell') as MatCell
    expect(shape).toEqual([2, 2])
    expect(cells.map((one) => one.class)).toEqual(['double', 'double', 'char', 'double'])
    expect((cells[2] as MatText).rows).toEqual(['two'])
    expect((cells[3] as MatNumbers).shape).toEqual([0, 0])
  })

  test('matMatrix is row-major', () => {
    const matrix = matMatrix(variables.get('real')!)
    expect(matrix.shape).toEqual([2, 3])
    expect([...matrix.data]).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    for (const name of ['cube', 'word', 'cell', 'sparse'])
      expect(() => matMatrix(variables.get(name)!)).toThrow('matMatrix: array must be a numeric one of 2 dimensions')
  })

  test('a file cut short is refused, or lacks whole variables only', async () => {
    const whole = [...variables]
    for (let n = 0; n < file.length; n += 1) {
      const found = await survives(() => parseMat5(file.subarray(0, n)), /^parseMat5: /)
      if (found) expect([...found]).toEqual(whole.slice(0, found.size))
    }
  })

  test('a damaged file is refused, or well-formed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 124, max: file.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        async (at, byte) => {
          const damaged = file.slice()
          damaged[at] = byte
          const found = await survives(() => parseMat5(damaged), /^parseMat5: /)
          for (const array of found?.values() ?? []) wellFormed(array)
        },
      ),
      { numRuns: 1500 },
    )
  })
})

function wellFormed(array: MatArray): void {
  const count = array.shape.reduce((p, n) => p * n, 1)
  if (array.class === 'char') expect([...array.rows.join('')].length).toBeLessThanOrEqual(count)
  else if (array.class === 'cell') {
    expect(array.cells.length).toBe(count)
    array.cells.forEach(wellFormed)
  } else if (array.class === 'struct' || array.class === 'object') {
    expect(array.elements.length).toBe(count)
    for (const fields of array.elements) for (const value of fields.values()) wellFormed(value)
  } else if (array.class === 'sparse') expect(array.indptr.at(-1)).toBe(array.data.length)
  else if ('data' in array) expect(array.data.length).toBe(count)
}

/** Writes elements of the format by hand, in either byte order. */
function writer(little: boolean) {
  const u32 = (...values: number[]) => packed(values, 4, 'setUint32', little)
  const pad = (n: number) => new Uint8Array((8 - (n % 8)) % 8)
  const element = (type: number, data: Uint8Array): Uint8Array =>
    data.length > 0 && data.length <= 4
      ? Uint8Array.from([...u32(data.length * 65536 + type), ...data, ...new Uint8Array(4 - data.length)])
      : Uint8Array.from([...u32(type, data.length), ...data, ...pad(data.length)])
  const array = (classNumber: number, shape: readonly number[], name: string, ...parts: Uint8Array[]) =>
    element(
      14,
      Buffer.concat([
        element(6, u32(classNumber, 0)),
        element(5, packed([...shape], 4, 'setInt32', little)),
        element(1, bytes(name)),
        ...parts,
      ]),
    )
  const file = (...variables: Uint8Array[]) => {
    const header = new Uint8Array(128).fill(32)
    header.set(packed([0x0100, 0x4d49], 2, 'setUint16', little), 124)
    return new Uint8Array(Buffer.concat([header, ...variables]))
  }
  const squeezed = (variable: Uint8Array) => {
    const data = deflateSync(variable)
    return Buffer.concat([u32(15, data.length), data])
  }
  return { u32, element, array, file, squeezed }
}

const STORED: [number, number, string, fc.Arbitrary<number>][] = [
  [1, 1, 'setInt8', fc.integer({ min: -128, max: 127 })],
  [2, 1, 'setUint8', fc.nat(255)],
  [3, 2, 'setInt16', fc.integer({ min: -32768, max: 32767 })],
  [4, 2, 'setUint16', fc.nat(65535)],
  [5, 4, 'setInt32', fc.integer()],
  [7, 4, 'setFloat32', fc.float()],
  [9, 8, 'setFloat64', fc.double()],
]

test('doubles in any storage, byte order, compressed or not', () => {
  const cases = fc
    .tuple(fc.constantFrom(...STORED), fc.nat(4), fc.nat(4), fc.boolean(), fc.boolean())
    .chain(([stored, rows, columns, little, squeeze]) =>
      fc.record({
        stored: fc.constant(stored),
        shape: fc.constant([rows, columns]),
        little: fc.constant(little),
        squeeze: fc.constant(squeeze),
        values: fc.array(stored[3], { minLength: rows * columns, maxLength: rows * columns }),
      }),
    )
  fc.assert(
    fc.property(cases, ({ stored: [type, size, put], shape, little, squeeze, values }) => {
      const { array, element, file, squeezed } = writer(little)
      const variable = array(6, shape, 'x', element(type, packed(values, size, put, little)))
      const found = parseMat5(file(squeeze ? squeezed(variable) : variable, variable))
      expect(found.get('x')).toEqual({ class: 'double', shape, data: Float64Array.from(values) })
    }),
  )
})

test.each([true, false])('big and little endian: text, cells, structures, sparse (%s)', (little) => {
  const { array, element, file, u32 } = writer(little)
  const units = (text: string) =>
    packed(
      [...text].map((c) => c.charCodeAt(0)),
      2,
      'setUint16',
      little,
    )
  const one = array(6, [1, 1], '', element(2, Uint8Array.of(7)))
  const found = parseMat5(
    file(
      array(4, [2, 2], 'text', element(4, units('acbd'))),
      array(4, [1, 2], 'wide', element(18, u32(0x1f600, 97))),
      array(1, [1, 2], 'cell', one, element(14, new Uint8Array(0))),
      array(2, [1, 1], 'struct', element(5, u32(4)), element(1, bytes('a\0\0\0bcd\0')), one, one),
      array(3, [1, 1], 'object', element(1, bytes('thing')), element(5, u32(2)), element(1, bytes('a\0')), one),
      array(
        5,
        [3, 2],
        'sparse',
        element(5, u32(2, 0, 0)),
        element(5, u32(0, 1, 2)),
        element(9, packed([5, 6], 8, 'setFloat64', little)),
      ),
      array(16, [1, 1], 'handle', one),
      array(6, [1, 1], '', element(2, Uint8Array.of(7))),
    ),
  )
  expect([...found.keys()]).toEqual(['text', 'wide', 'cell', 'struct', 'object', 'sparse', 'handle'])
  expect((found.get('text') as MatText).rows).toEqual(['ab', 'cd'])
  expect((found.get('wide') as MatText).rows).toEqual(['😀a'])
  expect((found.get('cell') as MatCell).cells[1]).toMatchObject({ shape: [0, 0] })
  expect((found.get('struct') as MatStruct).fields).toEqual(['a', 'bcd'])
  expect(found.get('object')).toMatchObject({ class: 'object', className: 'thing', fields: ['a'] })
  expect(found.get('sparse')).toMatchObject({ indptr: Int32Array.of(0, 1, 2), indices: Int32Array.of(2, 0) })
  expect(found.get('handle')).toMatchObject({ class: 'function' })
})

describe('false headers', () => {
  const { array, element, file, squeezed, u32 } = writer(true)
  const one = array(6, [1, 1], '', element(2, Uint8Array.of(7)))
  const big = 2147483647

  test.each([
    [
      'a huge matrix',
      array(6, [big, big], 'x', element(9, new Uint8Array(8))),
      /expected .* numbers \(real part\), found 1/,
    ],
    ['a huge cell array', array(1, [big, big], 'x', one), 'arrays'],
    [
      'huge structures',
      array(2, [big, big], 'x', element(5, u32(2)), element(1, bytes('a\0')), one),
      'structures of 1 fields',
    ],
    [
      'huge structures without fields',
      array(2, [big, 1], 'x', element(5, u32(2)), element(1, bytes(''))),
      'structures of 0 fields',
    ],
    ['huge text', array(4, [big, big], 'x', element(4, new Uint8Array(2))), 'characters for shape'],
    [
      'a huge sparse matrix',
      array(5, [big, big], 'x', element(5, u32(0)), element(5, u32(0, 1)), element(9, new Uint8Array(8))),
      'column starts',
    ],
    [
      'sparse rows beyond the matrix',
      array(5, [1, 1], 'x', element(5, u32(3)), element(5, u32(0, 1)), element(9, new Uint8Array(8))),
      'row indices below 1',
    ],
    [
      'sparse starts that descend',
      array(5, [2, 2], 'x', element(5, u32(0, 1)), element(5, u32(0, 2, 1)), element(9, new Uint8Array(16))),
      'nondecreasing',
    ],
    ['negative dimensions', array(6, [-1, 2], 'x', element(9, new Uint8Array(0))), 'nonnegative dimensions'],
    ['one dimension', array(6, [1], 'x', element(9, new Uint8Array(8))), 'two or more'],
    ['an unknown class', array(99, [1, 1], 'x'), 'an array class between 1 and 17, found 99'],
    [
      'a value its class cannot hold',
      array(9, [1, 1], 'x', element(3, packed([300], 2, 'setInt16', true))),
      'expected an uint8, found 300',
    ],
    ['something after the array', array(6, [1, 1], 'x', element(2, Uint8Array.of(7)), one), 'the end of the array'],
    ['text for numbers', array(6, [1, 1], 'x', element(16, bytes('a'))), 'expected numbers'],
    ['no variable', element(9, new Uint8Array(8)), 'a variable (type 14 or 15), found type 9'],
    ['compression twice', squeezed(squeezed(one) as Uint8Array), /type 14 or 15/],
    ['a bare tag', Uint8Array.of(14, 0, 0, 0), 'expected a data element (8 bytes or more), found 4 bytes'],
    ['a length beyond the file', u32(14, 4000000000), 'damaged, or the file is cut short'],
  ])('%s', (_, variable, message) => {
    expect(() => parseMat5(file(variable))).toThrow(message)
    expect(() => parseMat5(file(variable))).toThrow(/^parseMat5: /)
  })

  test('endless nesting', () => {
    let cell = one
    for (let k = 0; k < 110; k++) cell = array(1, [1, 1], '', cell)
    expect(() => parseMat5(file(cell))).toThrow('expected arrays nested at most 100 deep')
  })
})

test('names of built-in properties', () => {
  const { array, element, file } = writer(true)
  const found = parseMat5(file(array(6, [1, 1], '__proto__', element(2, Uint8Array.of(7)))))
  expect([...found.keys()]).toEqual(['__proto__'])
})

test('other files are refused by name', () => {
  expect(() => parseMat5(new Uint8Array(200))).toThrow('parseMat5: byte 124: expected version 5 and a byte order')
  expect(() => parseMat5(new Uint8Array(0))).toThrow('found 0 bytes')
  const hdf5 = new Uint8Array(600)
  hdf5.set([0x89, 0x48, 0x44, 0x46], 512)
  expect(() => parseMat5(hdf5)).toThrow('a file of version 7.3 (save it again with -v7)')
  expect(() => parseMat5('x' as never)).toThrow(TypeError)
  expect(parseMat5(writer(true).file()).size).toBe(0)
})

describe('files of other writers (small ones, made for this test)', () => {
  const read = (name: string) => parseMat5(new Uint8Array(readFileSync(new URL(`mat-files/${name}`, import.meta.url))))

  test('values of a logical sparse matrix take a byte each', () => {
    expect(read('logical-sparse-le.mat').get('sp')).toEqual({
      class: 'sparse',
      logical: true,
      shape: [5, 4],
      indptr: Int32Array.of(0, 1, 2, 3, 3),
      indices: Int32Array.of(0, 3, 2),
      data: Float64Array.of(1, 1, 1),
    })
  })

  test('text without bytes is blank', () => {
    const found = read('char-1x1-without-bytes.mat')
    expect(found.get('c')).toEqual({ class: 'char', shape: [1, 1], rows: [' '] })
    expect((found.get('x') as MatNumbers).data).toEqual(Float64Array.of(1.5, 2.5))
  })

  test('version 4', () => {
    expect([...matMatrix(read('version-4-double.mat').get('a')!).data]).toEqual([1, 2, 3, 4])
  })
})

/** A variable of MATLAB 4. */
const version4 = (
  type: number,
  shape: [number, number],
  name: string,
  data: Uint8Array,
  little: boolean,
  complex = 0,
) =>
  Buffer.concat([
    packed([type + (little ? 0 : 1000), ...shape, complex, name.length + 1], 4, 'setUint32', little),
    bytes(`${name}\0`),
    data,
  ])

describe.each([true, false])('version 4 (little endian: %s)', (little) => {
  const doubles = (values: number[]) => packed(values, 8, 'setFloat64', little)
  const read = (...variables: Uint8Array[]) => parseMat5(new Uint8Array(Buffer.concat(variables)))

  test.each([
    [0, 8, 'setFloat64'],
    [10, 4, 'setFloat32'],
    [20, 4, 'setInt32'],
    [30, 2, 'setInt16'],
    [40, 2, 'setUint16'],
    [50, 1, 'setUint8'],
  ])('numbers stored as type %i', (type, size, put) => {
    const file = version4(type, [2, 3], 'x', packed([1, 2, 3, 4, 5, 6], size, put, little), little)
    expect(read(file).get('x')).toEqual({ class: 'double', shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) })
  })

  test('complex numbers, text, sparse matrices, one after the other', async () => {
    const file = [
      version4(0, [1, 2], 'z', doubles([1, 2, 3, 4]), little, 1),
      version4(1, [2, 2], 't', doubles([97, 99, 98, 100]), little),
      version4(51, [1, 2], 'u', bytes('hi'), little),
      version4(2, [3, 3], 's', doubles([2, 1, 3, 2, 1, 4, 7.5, -1, 0]), little),
    ]
    const found = read(...file)
    expect(found.get('z')).toMatchObject({ data: Float64Array.of(1, 2), imaginary: Float64Array.of(3, 4) })
    expect(found.get('t')).toMatchObject({ rows: ['ab', 'cd'] })
    expect(found.get('u')).toMatchObject({ rows: ['hi'] })
    expect(found.get('s')).toMatchObject({
      shape: [3, 4],
      indptr: Int32Array.of(0, 1, 2, 2, 2),
      indices: Int32Array.of(0, 1),
      data: Float64Array.of(-1, 7.5),
    })
    expect((await parseFile(new Uint8Array(Buffer.concat(file)))).format).toBe('mat5')
    expect(() => read(version4(0, [2, 2], 'x', doubles([1]), little))).toThrow('expected 32 bytes of "x", found 8')
    expect(() => read(version4(2, [1, 3], 's', doubles([2e9, 2e9, 0]), little))).toThrow('(option maxBytes)')
  })
})

test('unpacked bytes and arrays are limited', () => {
  const { array, element, file, squeezed } = writer(true)
  const cells = array(1, [1, 9], 'c', ...Array<Uint8Array>(9).fill(element(14, new Uint8Array(0))))
  expect(parseMat5(file(cells), { maxArrays: 9 }).size).toBe(1)
  expect(() => parseMat5(file(cells, cells), { maxArrays: 9 })).toThrow('(option maxArrays)')
  const packedFile = file(squeezed(array(6, [1, 1000], 'x', element(9, new Uint8Array(8000)))))
  expect(() => parseMat5(packedFile, { maxBytes: 1000 })).toThrow(
    'parseMat5: decompressed bytes: expected at most 1000 (option maxBytes), found more',
  )
})

test('an object has its class name', () => {
  const { element, file, u32 } = writer(true)
  const object = element(
    14,
    Buffer.concat([element(6, u32(17, 0)), ...['s', 'MCOS', 'string'].map((word) => element(1, bytes(word)))]),
  )
  const found = parseMat5(file(object)).get('s')!
  expect(found).toMatchObject({ class: 'opaque', className: 'string' })
  expect(() => matMatrix(found)).toThrow('got an object of class "string"')
})
