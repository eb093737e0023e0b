import { Matrix } from 'ml-matrix'
import ndarray from 'ndarray'
import { isVector, type Vector } from './kinds.ts'
import type { Change } from './mutations.ts'

type Numbers = ArrayLike<number> & Iterable<number>

const list = (x: unknown): number[] => Array.from(x as Numbers)
const constant = (value: number) => (old: unknown) => list(old).map(() => value)

/** Returns changes of a vector: other containers of the same numbers, other numbers, other lengths. */
export function vectorMutations(vector: Vector): Change[] {
  // float32 and integer arrays may mean something that float64 arrays of the same numbers do not.
  const exact = Array.isArray(vector) || vector instanceof Float64Array
  const same = (what: string, value: (numbers: number[]) => unknown): Change => ({
    what: `as ${what}`,
    value: (old) => value(list(old)),
    wants: exact ? 'same' : undefined,
  })
  const other = (what: string, value: (old: unknown) => unknown): Change => ({ what, value })
  const refused = (what: string, value: (old: unknown) => unknown): Change => ({ what, value, wants: 'refusal' })
  return [
    same('an array', (x) => x),
    same('a frozen array', (x) => Object.freeze(x)),
    same('a Float64Array', (x) => Float64Array.from(x)),
    same('a part of a Float64Array', (x) => Float64Array.from([9, ...x, 9]).subarray(1, x.length + 1)),
    same('a Float64Array on shared memory', shared),
    same('an ndarray', (x) => ndarray(Float64Array.from(x))),
    same('an ndarray read from its end', (x) =>
      ndarray(Float64Array.from(x).reverse(), [x.length], [-1], x.length - 1),
    ),
    same('every second entry of an ndarray', (x) =>
      ndarray(
        x.flatMap((v) => [v, 9]),
        [x.length],
        [2],
        0,
      ),
    ),
    same('a column of ml-matrix', (x) => Matrix.columnVector(x)),
    same('a row of ml-matrix', (x) => Matrix.rowVector(x)),
    same('an array-like', (x) => ({ ...x, length: x.length })),
    other('as a Float32Array', (old) => Float32Array.from(old as Numbers)),
    other('as an Int32Array', (old) => Int32Array.from(old as Numbers)),
    other('as a Uint8Array', (old) => Uint8Array.from(old as Numbers)),
    other('as a BigInt64Array', (old) => BigInt64Array.from(list(old), (v) => BigInt(Math.trunc(v) || 0))),
    other('as a DataView', (old) => new DataView(Float64Array.from(old as Numbers).buffer)),
    other('as an ndarray larger than its data', (old) => ndarray(Float64Array.from(old as Numbers), [2147483648])),
    other('detached', (old) => detached(Float64Array.from(old as Numbers))),
    other('empty', () => []),
    other('without its last', (old) => list(old).slice(0, -1)),
    other('with its last twice', (old) => [...list(old), list(old).at(-1)]),
    other('reversed', (old) => list(old).reverse()),
    other('as a matrix of one row', (old) => [list(old)]),
    refused('with a hole', (old) => hollow(list(old))),
    refused('as strings', (old) => list(old).map(String)),
    refused('all NaN', constant(Number.NaN)),
    ...[0, -1, 1, 1e-320, 1e-300, 1e300, -1e300, 1.7e308].map((v) => other(`all ${v}`, constant(v))),
    other('1e300 and -1e300 in turn', (old) => list(old).map((_, i) => (i % 2 ? -1e300 : 1e300))),
  ]
}

/** Returns changes of a matrix: other containers of the same numbers, other numbers, other shapes. */
export function rowsMutations(rows: Vector[]): Change[] {
  const [m, n] = [rows.length, rows[0].length]
  const same = (what: string, value: (rows: number[][]) => unknown): Change => ({
    what: `as ${what}`,
    value: (old) => value(copyOf(old)),
    wants: 'same',
  })
  const other = (what: string, value: (rows: number[][]) => unknown, wants?: 'refusal'): Change => ({
    what,
    value: (old) => value(copyOf(old)),
    wants,
  })
  const transpose = (x: number[][]) => x[0].map((_, j) => x.map((row) => row[j]))
  return [
    same('frozen rows', (x) => Object.freeze(x.map((row) => Object.freeze(row)))),
    same('rows of Float64Array', (x) => x.map((row) => Float64Array.from(row))),
    same('an ndarray', (x) => ndarray(Float64Array.from(x.flat()), [m, n])),
    same('an ndarray by columns', (x) => ndarray(Float64Array.from(transpose(x).flat()), [m, n], [1, m])),
    same('an ndarray read from its end', (x) =>
      ndarray(Float64Array.from(x.flat()).reverse(), [m, n], [-n, -1], m * n - 1),
    ),
    same('an ml-matrix', (x) => new Matrix(x)),
    other('transposed', transpose),
    other('with one row', (x) => x.slice(0, 1)),
    other('with one column', (x) => x.map((row) => row.slice(0, 1))),
    other('without its last row', (x) => x.slice(0, -1)),
    other('with its last row twice', (x) => [...x, x.at(-1)]),
    other('as one list', (x) => x.flat()),
    other('with its last row short', (x) => [...x.slice(0, -1), x[m - 1].slice(1)], m > 1 ? 'refusal' : undefined),
    other('with its first row long', (x) => [[...x[0], 1], ...x.slice(1)], m > 1 ? 'refusal' : undefined),
    other('with a hole for a row', (x) => hollow(x), 'refusal'),
    other('of empty rows', (x) => x.map(() => [])),
    other('as an ndarray larger than its data', () => ndarray(new Float64Array(4), [65536, 65536])),
    other('of three dimensions', (x) => ndarray(Float64Array.from(x.flat()), [m, n, 1])),
    ...[0, -1, 1, 1e-320, 1e-300, 1e300, -1e300].map((v) => other(`all ${v}`, (x) => x.map((row) => row.map(() => v)))),
    other('all NaN', (x) => x.map((row) => row.map(() => Number.NaN)), 'refusal'),
  ]
}

const copyOf = (rows: unknown): number[][] => (rows as Vector[]).map((row) => (isVector(row) ? list(row) : []))

function hollow(x: unknown[]): unknown[] {
  delete x[x.length - 1]
  return x
}

function shared(x: number[]): Float64Array {
  const out = new Float64Array(new SharedArrayBuffer(x.length * 8))
  out.set(x)
  return out
}

/** An array whose buffer has been transferred. */
function detached(x: Float64Array): Float64Array {
  structuredClone(x, { transfer: [x.buffer] })
  return x
}
