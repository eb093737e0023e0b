import fc from 'fast-check'
import { libsvmLine, parseLibsvm } from '../src/index.ts'
import { bytes, survives } from './helpers.ts'

// The text of -0 is '0'.
const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0)
const examples = fc.array(
  fc.record({
    label: value,
    entries: fc.uniqueArray(fc.tuple(fc.nat(50), value), { selector: ([j]) => j, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 8 },
)

test('reads what was written', () => {
  fc.assert(
    fc.property(examples, fc.constantFrom('\n', '\r\n'), fc.constantFrom(0, 1), (rows, newline, firstIndex) => {
      const sorted = rows.map(({ label, entries }) => ({ label, entries: entries.toSorted(([a], [b]) => a - b) }))
      const lines = sorted.map(
        ({ label, entries }) => `${label} ${entries.map(([j, v]) => `${j + firstIndex}:${v}`).join(' ')}`,
      )
      const table = parseLibsvm(bytes(lines.join(newline)), { firstIndex: firstIndex as 0 | 1 })
      const flat = sorted.flatMap(({ entries }) => entries)
      expect(table.rows).toBe(rows.length)
      expect(table.columns).toBe(Math.max(-1, ...flat.map(([j]) => j)) + 1)
      expect([...table.labels]).toEqual(rows.map(({ label }) => label))
      expect([...table.indices]).toEqual(flat.map(([j]) => j))
      expect([...table.values]).toEqual(flat.map(([, v]) => v))
      expect(sorted.map((_, i) => table.indptr[i + 1]! - table.indptr[i]!)).toEqual(
        sorted.map(({ entries }) => entries.length),
      )
    }),
  )
})

test('comments, blank lines, an empty row, a byte order mark', () => {
  const table = parseLibsvm('\ufeff# head\n\n+1 1:0.5 3:-2e1 # tail\n-1\n')
  expect(table).toMatchObject({ rows: 2, columns: 3 })
  expect([...table.indptr]).toEqual([0, 2, 2])
  expect([...table.values]).toEqual([0.5, -20])
})

test('option features fixes the number of columns', () => {
  expect(parseLibsvm('1 2:1', { features: 123 }).columns).toBe(123)
  expect(() => parseLibsvm('1 4:1', { features: 3 })).toThrow('line 1: expected an index of at most 3, found "4:1"')
  expect(() => parseLibsvm('1 4:1', { features: 0 })).toThrow('parseLibsvm: features must be')
})

test('one line of a stream', () => {
  expect(libsvmLine('2.5 1:1 7:3', { line: 9 })).toEqual({ label: 2.5, indices: [0, 6], values: [1, 3] })
  expect(libsvmLine('  # nothing')).toBeUndefined()
  expect(() => libsvmLine('version https://git-lfs.github.com/spec/v1')).toThrow('found a Git LFS pointer')
  expect(() => libsvmLine('<!DOCTYPE html>')).toThrow('found a web page')
  expect(() => libsvmLine('1 2', { line: 9 })).toThrow('parseLibsvm: line 9: expected index:value, found "2"')
  expect(() => libsvmLine(undefined as never)).toThrow(TypeError)
  expect(() => libsvmLine('1 1:1', { firstIndex: 2 as never })).toThrow('libsvmLine: firstIndex must be 0 or 1, got 2')
})

test.each([
  ['', 'expected at least one example'],
  ['x 1:1', 'expected a label that is one number, found "x"'],
  ['1,2 1:1', 'expected a label that is one number'],
  ['1 qid:3 1:1', 'expected index:value, found "qid:3"'],
  ['1 0:1', 'expected indices from 1 (option firstIndex), found "0:1"'],
  ['1 2:1 2:3', 'expected ascending indices, found "2:3" after "2:1"'],
  ['1 1:', 'expected index:value with a finite value'],
  ['1 1:nan', 'expected index:value with a finite value'],
  ['1 1:1e999', 'expected index:value with a finite value'],
  ['1 1:0x10', 'expected index:value with a finite value'],
  ['1 99999999999:1', 'expected an index of at most'],
  ['1 1:1\n\n1 1 :1', 'line 3: expected index:value, found "1"'],
])('%j is refused', (text, message) => {
  expect(() => parseLibsvm(text)).toThrow(message)
  expect(() => parseLibsvm(text)).toThrow(/^parseLibsvm: line /)
})

test('bytes that are not text', () => {
  expect(() => parseLibsvm(Uint8Array.from([0x31, 0xff]))).toThrow('parseLibsvm: expected UTF-8 text')
  expect(() => parseLibsvm(7 as never)).toThrow(TypeError)
})

test('random damage gives an error or a well-formed table', async () => {
  const text = '+1 1:0.5 3:2 9:1e-3\n-1 2:4 5:6\n+1 1:1 2:2 3:3\n'
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), async (at, junk) => {
      const damaged = text.slice(0, at) + junk + text.slice(at + 1)
      const table = await survives(() => parseLibsvm(damaged), /^parseLibsvm: line \d+: /)
      if (!table) return
      expect(table.indptr.length).toBe(table.rows + 1)
      expect(table.indptr.at(-1)).toBe(table.indices.length)
      expect(table.values.length).toBe(table.indices.length)
      expect(table.values.every(Number.isFinite)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
