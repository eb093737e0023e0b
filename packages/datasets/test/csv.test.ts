import fc from 'fast-check'
import { parseCsv } from '../src/index.ts'
import { bytes, survives } from './helpers.ts'

const rowsOf = ({ values }: ReturnType<typeof parseCsv>) => {
  const [n, d] = values.shape as [number, number]
  return Array.from({ length: n }, (_, i) => Array.from({ length: d }, (_, j) => values.get(i, j)))
}

const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const tables = fc
  .integer({ min: 1, max: 5 })
  .chain((d) => fc.array(fc.array(number, { minLength: d, maxLength: d }), { minLength: 1, maxLength: 6 }))

test('numbers are read to the bit, with any delimiter and line end', () => {
  const form = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', ' ', '|'),
    newline: fc.constantFrom('\n', '\r\n', '\r'),
    end: fc.boolean(),
  })
  fc.assert(
    fc.property(tables, form, (rows, { delimiter, newline, end }) => {
      const text = rows.map((row) => row.map((v) => (Object.is(v, -0) ? '-0' : v)).join(delimiter)).join(newline)
      const table = parseCsv(bytes(text + (end ? newline : '')), { delimiter, header: false })
      expect(rowsOf(table)).toEqual(rows)
      expect(table.names).toEqual(rows[0]!.map((_, j) => String(j)))
    }),
  )
})

test('words of any characters are read', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'B', '"', ',', '\n', ' ', 'é', '😀') })
  fc.assert(
    fc.property(fc.array(fc.tuple(word, number), { minLength: 1, maxLength: 6 }), (rows) => {
      const quoted = rows.map(([w, v]) => `"x${w.replaceAll('"', '""')}x",${v}`)
      const { categories, values } = parseCsv(['name,value', ...quoted].join('\n'))
      const { name, labels, classNames } = categories[0]!
      expect(name).toBe('name')
      expect(Array.from(labels, (k) => classNames[k])).toEqual(rows.map(([w]) => `x${w}x`))
      expect(classNames).toEqual([...new Set(classNames)].sort())
      expect([...values.data]).toEqual(rows.map(([, v]) => (Object.is(v, -0) ? 0 : v)))
    }),
  )
})

test('header and delimiter are inferred', () => {
  const table = parseCsv('\ufeffsepal;petal;kind\r\n1.5;2;setosa\r\n\r\n3;-4e-1;virginica\r\n')
  expect(table.names).toEqual(['sepal', 'petal'])
  expect(rowsOf(table)).toEqual([
    [1.5, 2],
    [3, -0.4],
  ])
  expect(table.categories).toEqual([{ name: 'kind', labels: Int32Array.of(0, 1), classNames: ['setosa', 'virginica'] }])
  expect(rowsOf(parseCsv('  1   2  3\n 4 5\t6 '))).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ])
  expect(parseCsv('1,2\n3,4').values.shape).toEqual([2, 2])
  expect(parseCsv('7').values.shape).toEqual([1, 1])
})

test('a scikit-learn first line', () => {
  const text = '3,2,no,yes\n1,2,0\n3,4,1\n5,6,1\n'
  const table = parseCsv(text)
  expect(rowsOf(table)).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  expect(table.categories).toEqual([{ name: 'class', labels: Int32Array.of(0, 1, 1), classNames: ['no', 'yes'] }])
  expect(() => parseCsv(text.replace('5,6,1\n', ''))).toThrow(
    'parseCsv: line 1: expected the number of rows (2), found "3" (is the file cut short?)',
  )
  expect(() => parseCsv(text.replace('3,4,1', '3,4,2'))).toThrow('row 1: expected a class between 0 and 1, found 2')
  expect(() => parseCsv('3,5,no,yes\n1,2,0', { header: 'sklearn' })).toThrow('expected the number of rows (1)')
  expect(() => parseCsv('1,5,no,yes\n1,2,0', { header: 'sklearn' })).toThrow('expected the number of features (2)')
})

test('missing cells and columns of words are options', () => {
  const text = 'id,x\n007,1\n008,\n009,NA\n'
  expect(() => parseCsv(text)).toThrow(
    'line 3, column "x": expected a finite number (or options missing, text), found ""',
  )
  const { values, categories } = parseCsv(text, { missing: ['', 'NA'], text: ['id'] })
  expect([...values.data]).toEqual([1, Number.NaN, Number.NaN])
  expect(categories[0]!.classNames).toEqual(['007', '008', '009'])
  expect(parseCsv('1,2', { text: [0, 1] }).values.shape).toEqual([1, 0])
})

test.each([
  ['', {}, 'line 1: expected at least one row, found an empty text'],
  [' \n\n', {}, 'expected at least one row'],
  ['a,b\n', { header: true }, 'line 2: expected at least one row after the first line'],
  ['1,2\n3\n', {}, 'line 2: expected 2 cells as in the first line, found 1'],
  ['1,2\n3,4,5', {}, 'line 2: expected 2 cells as in the first line, found 3'],
  ['1,2\n3,x', {}, 'line 2, column "1": expected a finite number (or options missing, text), found "x"'],
  ['1\n1e999', {}, 'found "1e999"'],
  ['1\n0x10', {}, 'found "0x10"'],
  ['1\nInfinity', {}, 'found "Infinity"'],
  ['a,b\n1,"2', {}, 'line 2: expected a closing quote, found the end of the text'],
  ['a,b\n1,"2"3', {}, 'line 2: expected a delimiter after a closing quote, found "3"'],
  ['5" pipe,1\n6" pipe,2', {}, 'line 1: expected quotes only round a whole cell'],
  ['1,2', { delimiter: '' }, 'delimiter must be one character'],
  ['1,2', { delimiter: ', ' }, 'delimiter must be one character'],
  ['1,2', { delimiter: '"' }, 'delimiter must be one character'],
  ['1,2', { header: 'pandas' as never }, 'parseCsv: header must be true, false or \'sklearn\', got "pandas"'],
  ['1,2', { missing: 'NA' as never }, 'parseCsv: missing must be an array'],
  ['a,b\n1,2', { text: ['c'] }, 'parseCsv: text must be names or positions of columns, got "c"'],
  ['1,2', { text: [2] }, 'parseCsv: text must be names or positions of columns, got 2'],
])('%j %j is refused', (text, options, message) => {
  expect(() => parseCsv(text, options)).toThrow(message)
})

test('a long table without quotes takes linear time', () => {
  const rows = 200_000
  expect(parseCsv('1,2\n'.repeat(rows)).values.shape).toEqual([rows, 2])
  expect(() => parseCsv(`"${'\n'.repeat(rows)}`)).toThrow('line 1: expected a closing quote')
})

test('bytes that are not UTF-8', () => {
  expect(() => parseCsv(Uint8Array.from([0x31, 0xe4]))).toThrow('parseCsv: expected UTF-8 text')
  expect(() => parseCsv(undefined as never)).toThrow(TypeError)
})

test('random damage gives an error or a rectangular table', async () => {
  const text = 'x,y,kind\n1,2,"a, b"\n3,4,"c ""d"" e"\n5,6,f\n'
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), async (at, junk) => {
      const table = await survives(() => parseCsv(text.slice(0, at) + junk + text.slice(at + 1)), /^parseCsv: /)
      if (!table) return
      const [n, d] = table.values.shape as [number, number]
      expect(table.values.data.length).toBe(n * d)
      expect(table.names.length).toBe(d)
      for (const { labels, classNames } of table.categories) {
        expect(labels.length).toBe(n)
        expect(labels.every((k) => classNames[k] !== undefined)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})
