import { Matrix as MlMatrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { matrix, matrixCopy, number, oneOf, vector, vectorCopy } from '../src/index.ts'

const strided = () =>
  ndarray(
    Float64Array.from({ length: 12 }, (_, i) => i),
    [3, 4],
  )

describe('vector', () => {
  test.each([
    ['array', [1, 2, 3]],
    ['Float32Array', Float32Array.of(1, 2, 3)],
    ['Int8Array', Int8Array.of(1, 2, 3)],
    ['reversed ndarray', ndarray(Float64Array.of(3, 2, 1)).step(-1)],
    ['every other entry', ndarray(Float64Array.of(1, 9, 2, 9, 3)).step(2)],
    ['generic ndarray', ndarray([1, 2, 3])],
    ['ndarray on get and set', ndarray({ length: 3, get: (i: number) => i + 1, set: () => {} })],
    ['ml-matrix column', MlMatrix.columnVector([1, 2, 3])],
    ['ml-matrix row', MlMatrix.rowVector([1, 2, 3])],
    ['frozen array', Object.freeze([1, 2, 3])],
  ])('takes %s', (_, x) => {
    expect(Array.from(vector(x as number[], 'x'))).toEqual([1, 2, 3])
  })

  test('hands the caller’s Float64Array through, and its twin never does', () => {
    const x = Float64Array.of(1, 2)
    expect(vector(x, 'x')).toBe(x)
    const copy = vectorCopy(x, 'x')
    copy[0] = 9
    expect(x[0]).toBe(1)
  })

  test('does not write into a list it copied', () => {
    const x = [1, 2]
    vectorCopy(x, 'x')[0] = 9
    expect(x).toEqual([1, 2])
  })

  test.each([
    [[1, Number.NaN], {}, 'f: x[1] must be a finite number, got NaN'],
    [[1, Infinity], {}, 'f: x[1] must be a finite number, got Infinity'],
    [[0, -0.1], { sign: 'nonnegative' }, 'f: x[1] must be nonnegative, got -0.1'],
    [[1, 0], { sign: 'positive' }, 'f: x[1] must be positive, got 0'],
    [[1, 2], { length: 3 }, 'f: x must be of length 3, got length 2'],
    [[], {}, 'f: x must be nonempty, got length 0'],
  ] as const)('refuses %j %j', (x, rule, message) => {
    expect(() => vector(x, 'f: x', rule)).toThrow(new RangeError(message))
  })

  test.each([
    [5, 'a vector (array, typed array or ndarray), got 5'],
    [null, 'a vector (array, typed array or ndarray), got null'],
    ['ab', 'a vector (array, typed array or ndarray), got "ab"'],
    [strided(), 'a vector, got an ndarray of shape [3,4]'],
    [['1'], 'a finite number, got "1"'],
    [MlMatrix.ones(2, 2), 'a vector, got a 2 x 2 matrix'],
  ])('refuses the type of %p', (x, message) => {
    expect(() => vector(x as number[], 'x')).toThrow(TypeError)
    expect(() => vector(x as number[], 'x')).toThrow(message)
  })
})

describe('matrix', () => {
  test('takes rows, ndarrays of any stride and ml-matrix', () => {
    const t = strided().transpose(1, 0)
    expect(matrix(t, 'm').shape).toEqual([4, 3])
    expect(Array.from(matrix(t, 'm').data.slice(0, 4))).toEqual([0, 4, 8, 1])
    expect(Array.from(matrix(strided().step(-1, 2), 'm').data)).toEqual([8, 10, 4, 6, 0, 2])
    expect(Array.from(matrix(strided().lo(1, 1), 'm').data)).toEqual([5, 6, 7, 9, 10, 11])
    expect(Array.from(matrix([[1, 2], Float32Array.of(3, 4)], 'm').data)).toEqual([1, 2, 3, 4])
    expect(Array.from(matrix(new MlMatrix([[1, 2]]), 'm').data)).toEqual([1, 2])
  })

  test('hands a plain float64 ndarray through, and its twin never does', () => {
    const m = strided()
    expect(matrix(m, 'm')).toBe(m)
    expect(matrixCopy(m, 'm').data).not.toBe(m.data)
  })

  test.each([
    [[[1, 2], [3]], {}, 'm[1] must be of length 2 like the first row, got length 1'],
    [
      [
        [1, 2],
        [3, Number.NaN],
      ],
      {},
      'm[1][1] must be a finite number, got NaN',
    ],
    [[[1, -2]], { sign: 'nonnegative' }, 'm[0][1] must be nonnegative, got -2'],
    [[[1, 2]], { rows: 2 }, 'm must be of shape [2, 2], got shape [1, 2]'],
    [[], {}, 'm must be nonempty, got shape [0, 0]'],
    [[[]], {}, 'm must be nonempty, got shape [1, 0]'],
  ] as const)('refuses %j', (x, rule, message) => {
    expect(() => matrix(x as unknown as number[][], 'm', rule)).toThrow(new RangeError(message))
  })

  test('refuses what is no matrix', () => {
    expect(() => matrix([1, 2] as never, 'm')).toThrow('m[0] must be a row (array or typed array), got 1')
    expect(() => matrix(ndarray([1, 2]), 'm')).toThrow('m must be a matrix, got an ndarray of shape [2]')
    expect(() => matrix(7 as never, 'm')).toThrow(TypeError)
    expect(() => matrix([['1']] as never, 'm')).toThrow('m[0][0] must be a finite number, got "1"')
  })
})

describe('number and oneOf', () => {
  test.each([
    ['1', {}, 'x must be a finite number, got "1"'],
    [Number.NaN, { positive: true }, 'x must be a positive number, got NaN'],
    [0, { positive: true }, 'x must be a positive number, got 0'],
    [1.5, { integer: true, min: 1 }, 'x must be an integer of at least 1, got 1.5'],
    [2, { min: 0, max: 1 }, 'x must be a finite number between 0 and 1, got 2'],
    [-1, { nonnegative: true }, 'x must be a nonnegative number, got -1'],
    [3, { max: 2 }, 'x must be a finite number of at most 2, got 3'],
  ])('refuses %p with %j', (value, rule, message) => {
    expect(() => number(value, 'x', rule)).toThrow(message)
  })

  test('returns what it allows', () => {
    expect(number(3, 'x', { integer: true, min: 3, max: 3 })).toBe(3)
    expect(oneOf('a', 'x', ['a', 'b'])).toBe('a')
    expect(() => oneOf('c', 'x', ['a', 'b'])).toThrow(`x must be 'a' or 'b', got "c"`)
  })
})
