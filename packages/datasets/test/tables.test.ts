import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type CsvOptions, type CsvTable, openData, parseCsv, parseFile, parseLibsvm } from '../src/index.ts'
import { bytes } from './helpers.ts'

// Small tables made for these tests, after files that other readers were given.
const table = (name: string) => new Uint8Array(readFileSync(new URL(`tables/${name}`, import.meta.url)))
const folder = () => openData(new URL('tables', import.meta.url).pathname)

const rowsOf = ({ values }: CsvTable) => {
  const [n, d] = values.shape as [number, number]
  return Array.from({ length: n }, (_, i) => Array.from({ length: d }, (_, j) => values.get(i, j)))
}
const wordsOf = ({ categories }: CsvTable) =>
  categories.map(({ labels, classNames }) => Array.from(labels, (k) => classNames[k]))

/** By every way to a table. */
async function refused(input: string | Uint8Array, message: string | RegExp, options: CsvOptions = {}) {
  const file = typeof input === 'string' ? bytes(input) : input
  expect(() => parseCsv(input, options)).toThrow(message)
  expect(() => parseCsv(input, options)).toThrow(RangeError)
  await expect(parseFile(file, options)).rejects.toThrow(message)
  await expect(parseFile(gzipSync(file), options)).rejects.toThrow(message)
}

const ASKS = 'expected option header (true or false), since cells may be names or data'

describe('files', () => {
  test('a missing value in the first row', async () => {
    await refused(
      table('first-cell-missing.csv'),
      'parseCsv: line 2, column "losses": expected a finite number (or options missing, text), found "?"',
    )
    const { names, values } = parseCsv(table('first-cell-missing.csv'), { missing: ['?'] })
    expect(names).toEqual(['symboling', 'losses', 'price'])
    expect([0, 1, 2, 3].map((i) => values.get(i, 1))).toEqual([Number.NaN, Number.NaN, 164, 158])
    await refused(table('first-cell-na.csv'), 'line 2, column "x": expected a finite number')
    const na = await folder().open('first-cell-na.csv', { missing: ['NA'] })
    expect(rowsOf(na.value as CsvTable)).toEqual([
      [Number.NaN, 1],
      [2, 3],
      [4, 5],
    ])
  })

  test('a first row of missing values alone', async () => {
    await refused(table('first-row-all-missing.csv'), 'line 2, column "x"')
    const read = parseCsv(table('first-row-all-missing.csv'), { missing: ['NA'] })
    expect(read.names).toEqual(['x', 'y'])
    expect(rowsOf(read)).toEqual([
      [Number.NaN, Number.NaN],
      [1, 2],
      [3, 4],
    ])
  })

  test('years for names', async () => {
    await refused(table('year-header.csv'), `parseCsv: line 1: ${ASKS}`)
    const read = parseCsv(table('year-header.csv'), { header: true })
    expect([read.names, rowsOf(read), wordsOf(read)]).toEqual([
      ['1990', '2000'],
      [
        [1, 2],
        [3, 4],
      ],
      [['A', 'B']],
    ])
  })

  test('decimal commas', async () => {
    await refused(
      table('decimal-comma.csv'),
      'parseCsv: line 2, column "x": expected a number such as 1234.5, thousands not set apart (or options decimal, text), found "1,5"',
    )
    const read = parseCsv(table('decimal-comma.csv'), { decimal: ',' })
    expect(read.names).toEqual(['x', 'y'])
    expect(rowsOf(read)).toEqual([
      [1.5, 2.5],
      [3.5, 4.5],
    ])
  })

  test("Excel's line of the delimiter", async () => {
    const read = (await folder().open('excel-sep-line.csv')).value as CsvTable
    expect(read.names).toEqual(['a', 'b'])
    expect(rowsOf(read)).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('blanks and tabs', () => {
    expect(parseCsv(table('blanks-and-tab.txt'))).toEqual({
      ...parseCsv('18,8,307\n15,8,350\n25,4,98'),
      categories: [{ name: '3', labels: Int32Array.of(0, 1, 2), classNames: ['car a', 'car b', 'car c'] }],
    })
    for (const delimiter of [' ', 'whitespace']) {
      const read = parseCsv(table('blanks-and-tab-delimiter-blank.txt'), { delimiter })
      expect(rowsOf(read)).toEqual([
        [18, 8, 307],
        [15, 8, 350],
      ])
      expect(wordsOf(read)).toEqual([['car a', 'car b']])
    }
  })

  test('words alone', async () => {
    await refused(table('words-with-header.csv'), `parseCsv: line 1: ${ASKS}, found words over words`)
    const read = parseCsv(table('words-with-header.csv'), { header: true })
    expect(read.categories.map(({ name }) => name)).toEqual(['class', 'cap-shape'])
    expect(wordsOf(read)).toEqual([
      ['p', 'e', 'p'],
      ['x', 's', 'n'],
    ])
  })

  test('LIBSVM', async () => {
    const ranking = 'line 1: expected index:value, found "qid:1" (ranking data; queries are not read)'
    expect(() => parseLibsvm(table('ranking-qid.svm'))).toThrow(ranking)
    await expect(parseFile(table('ranking-qid.svm'))).rejects.toThrow(ranking)
    await expect(folder().open('ranking-qid.svm')).rejects.toThrow(ranking)
    expect(() => parseCsv(table('ranking-qid.svm'))).toThrow('index:value after a label (parseLibsvm reads it)')
    const zeros = await folder().open('first-row-without-features.svm')
    expect(zeros).toEqual({ format: 'libsvm', value: parseLibsvm(table('first-row-without-features.svm')) })
    expect(zeros.value).toMatchObject({ rows: 3, columns: 2 })
  })

  test('a pointer of Git LFS', async () => {
    await refused(table('git-lfs-pointer.mat'), 'a Git LFS pointer in place of the file ("git lfs pull" fetches it)')
    await expect(folder().open('git-lfs-pointer.mat')).rejects.toThrow('parseFile: byte 0: expected a format')
  })
})

describe('missing values', () => {
  const marks = [
    '?',
    'NA',
    'N/A',
    'n/a',
    'nan',
    'NaN',
    'null',
    'NULL',
    'None',
    '-',
    '',
    '#N/A',
    '<NA>',
    '.',
    'Infinity',
  ]
  test.each(marks)('%j is an error wherever it stands, or missing where the option says so', async (mark) => {
    const ROWS = ['1,2', '3,4', '5,6']
    for (const header of ['', 'x,y\n'])
      for (let row = 0; row < 3; row++)
        for (const column of [0, 1]) {
          const cells = ROWS.map((line, i) => (i === row ? line.replace(line.split(',')[column]!, mark) : line))
          const text = header + cells.join('\n')
          await refused(text, `line ${row + (header ? 2 : 1)}, column "${header ? 'xy'[column] : column}"`)
          const read = parseCsv(text, { missing: [mark] })
          const expected = ROWS.map((line) => line.split(',').map(Number))
          expected[row]![column] = Number.NaN
          expect(rowsOf(read)).toEqual(expected)
          expect(read.names).toEqual(header ? ['x', 'y'] : ['0', '1'])
        }
    await refused(`x,y\n${mark},${mark}\n1,2`, 'line 2, column "x"')
  })

  test('of one column in all rows', () => {
    expect(() => parseCsv('x,y\nNA,1\nNA,2')).toThrow('line 2, column "x": expected a finite number')
    expect(rowsOf(parseCsv('x,y\nNA,1\nNA,2', { missing: ['NA'] }))).toEqual([
      [Number.NaN, 1],
      [Number.NaN, 2],
    ])
  })

  test('among words they are words', () => {
    expect(wordsOf(parseCsv('x,y\n?,1\na,2\nNA,3'))).toEqual([['?', 'a', 'NA']])
  })

  test('rows of tabs are rows', () => {
    expect(() => parseCsv('x\ty\n1\t2\n\t\n3\t4')).toThrow('line 3, column "x"')
    expect(rowsOf(parseCsv('x\ty\n\t\n3\t4', { missing: [''] }))[0]).toEqual([Number.NaN, Number.NaN])
  })
})

describe('names or data', () => {
  test.each([
    ['country,1990,2000\nA,1,2\nB,3,4'],
    ['country,1990,2000\nA,1.5,2\nB,3,4'],
    ['kind,400.5,410.25,420\nA,0.1,0.2,0.3\nB,0.1,0.3,0.3'],
    ['1990,2000\n1,2\n3,4'],
    ['2019\n1\n2'],
    ['id,1,2\n7,8,9\n8,9,9'],
    [',1990,2000\nA,1,2\nB,3,4'],
    [',1990,2000\n0,1,2\n1,3,4'],
    ['0,1,2,3\n5,6,7,8\n5,6,7,8'],
    ['0,1\n0.5,0.25\n1.5,0.5'],
    ['a,b\nc,d'],
    ['a,b'],
    ['name'],
    ['a\nb\nc'],
    ['word,1\nother,2'],
  ])('%j asks', async (text) => {
    await refused(text, ASKS)
    for (const header of [false, true])
      if (text.includes('\n')) {
        const { names, categories } = parseCsv(text, { header, text: text.startsWith('id') ? [0] : [], missing: [''] })
        expect(names.length + categories.length).toBe(text.split('\n')[0]!.split(',').length)
      }
  })

  test(': a blank name over a column that counts, with missing cells', () => {
    expect(() => parseCsv(',1990,2000\n0,1,2\n1,3,4', { missing: [''] })).toThrow(ASKS)
    expect(rowsOf(parseCsv(',1,2\n3,4,5', { missing: [''] }))[0]).toEqual([Number.NaN, 1, 2])
    expect(parseCsv(',x,y\n0,1,2\n1,3,4').names).toEqual(['', 'x', 'y'])
  })

  test.each<[string, string[], number]>([
    ['x,y\n1,2', ['x', 'y'], 1],
    ['1,2\n3,4', ['0', '1'], 2],
    ['1990,5\n1991,6', ['0', '1'], 2],
    ['1990,2000\n1991,2001', ['0', '1'], 2],
    ['5.1,3.5,setosa\n4.9,3,setosa\n6,3,virginica', ['0', '1'], 3],
    ['5,3,a\n4,3,b\n6,3,a', ['0', '1'], 3],
    ['Ann,2.5,1\nBob,1.5,2', ['1', '2'], 2],
    ['year,1st\n1990,2\n1991,3', ['year', '1st'], 2],
  ])('%j tells', (text, names, rows) => {
    const read = parseCsv(text)
    expect(read.names).toEqual(names)
    expect(read.values.shape[0]).toBe(rows)
  })

  test('a word among numbers is named, wherever it stands', async () => {
    await refused('x\n1\n2\nabc', 'line 4, column "x": expected a finite number')
    await refused('x,y\nm,s\n1,2', 'line 2, column "x": expected a finite number')
    expect(() => parseCsv('a1\n2\nb3', { text: [0] })).toThrow(ASKS)
  })

  test('repeated names become distinct', () => {
    expect(parseCsv('x,x,x.1\n1,2,3').names).toEqual(['x', 'x.2', 'x.1'])
  })
})

describe('numbers in other notations', () => {
  test.each([
    ['x;y\n1,5;2,5\n', ['x', 'y']],
    ['x\ty\n1,5\t2,5\n', ['x', 'y']],
    ['1,5;2,5', ['0', '1']],
    ['x y\n1,5 2,5', ['x', 'y']],
    ['sep=;\nx;y\n1,5;2,5', ['x', 'y']],
  ])('%j', async (text, names) => {
    const read = parseCsv(text, { decimal: ',' })
    expect(rowsOf(read)).toEqual([[1.5, 2.5]])
    expect(read.names).toEqual(names)
    await refused(text, /line \d: expected (?:\d cells|option header)|option.*decimal/)
  })

  test.each(['1.234,5', '1 234', "1'234", '12 %', '€ 5', '1,234,567', '1d5', '(5)'])(
    '%j is no number in silence',
    async (cell) => {
      await refused(
        `x;y\n1;2\n${cell};3`,
        'line 3, column "x": expected a number such as 1234.5, thousands not set apart',
      )
      await refused(`x;y\n${cell};3`, 'line 2, column "x"')
    },
  )

  test('the mark is not the delimiter', () => {
    expect(() => parseCsv('1,2', { decimal: ',', delimiter: ',' })).toThrow('parseCsv: decimal must be another mark')
    expect(() => parseCsv('sep=,\n1,2', { decimal: ',' })).toThrow('parseCsv: decimal must be another mark')
    expect(rowsOf(parseCsv('x,y\n"1,5","2,5"\n3,"4,5"', { decimal: ',', delimiter: ',' }))).toEqual([
      [1.5, 2.5],
      [3, 4.5],
    ])
    for (const text of ['x,y\n1,2\n3,4', 'x,y\n"1,5","2,5"', '1,2,3\n4,5,6', '"1","2"'])
      expect(() => parseCsv(text, { decimal: ',' })).toThrow(
        'parseCsv: line 1: expected option delimiter, as commas may stand in numbers or between cells',
      )
    expect(() => parseCsv('1.5;2', { decimal: ',' })).toThrow('a number such as 1234,5')
  })
})

describe('delimiters', () => {
  test.each([
    ['sep=,\na,b\n1,2', undefined],
    ['"sep=;"\r\na;b\r\n1;2', undefined],
    ['\ufeffSEP=|\na|b\n1|2', undefined],
    ['sep=\t\na\tb\n1\t2', undefined],
    ['sep=;\na,b\n1,2', ','],
    ['a|b\n1|2', undefined],
    ['  a   b \n\t1\t 2', 'whitespace'],
    ['a b\n1\t2', 'whitespace'],
  ])('%j', (text, delimiter) => {
    const read = parseCsv(text, delimiter ? { delimiter } : {})
    expect(read.names).toEqual(['a', 'b'])
    expect(rowsOf(read)).toEqual([[1, 2]])
  })

  test('quotes in runs of blanks and tabs', () => {
    const read = parseCsv('1 \t "a ""b"" c"\t 2\n"3"   d\t\t4', { delimiter: ' ', header: false })
    expect(rowsOf(read)).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(wordsOf(read)).toEqual([['a "b" c', 'd']])
  })

  test('delimiters at the end of all rows, or all but the first', () => {
    expect(rowsOf(parseCsv('a,b,\n1,2,\n3,4,'))).toEqual(rowsOf(parseCsv('a,b\n1,2,\n3,4,')))
  })

  test('thousands separated by blanks between tabs ask for an option', () => {
    expect(() => parseCsv('a\tb\n1 234\t5')).toThrow("expected option delimiter ('\\t' or 'whitespace')")
  })
})

describe('other formats', () => {
  const utf16 = (text: string, big = false) =>
    Uint8Array.from([...text].flatMap((c) => (big ? [0, c.charCodeAt(0)] : [c.charCodeAt(0), 0])))
  test.each<[string, string | Uint8Array, string]>([
    ['a web page', '<!doctype html>\n<html><body>1,2</body></html>', 'a web page'],
    ['a web page', '\n  <HTML lang="en">\n<p>1,2', 'a web page'],
    ['a web page', '<!-- saved -->\n<!DOCTYPE HTML PUBLIC "x">', 'a web page'],
    ['a fragment', '<table border="1"><tr><td>1,2</td></tr></table>\n', 'XML'],
    ['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'XML'],
    ['JSON', '{"message": "Not Found", "status": 404}', 'JSON'],
    ['JSON', '[{"a": 1, "b": 2}]', 'JSON'],
    ['JSON', '[\n  [1, 2],\n [3, 4]]', 'JSON'],
    ['lines of JSON', '{"a":1}\n{"a":2}', 'JSON'],
    ['a pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', 'a Git LFS pointer'],
    ['ARFF', '% a comment\n\n@RELATION iris\n@ATTRIBUTE x NUMERIC\n@DATA\n1\n', 'an ARFF file'],
    ['Matrix Market', '%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 5\n', 'a Matrix Market file'],
    ['PDF', '%PDF-1.7\n1 0 obj', 'a PDF document'],
    ['a workbook', bytes('PK\u0003\u0004\u0014\0'), 'a ZIP archive (as .xlsx'],
    ['an old workbook', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1), 'a workbook of old Excel'],
    ['Parquet', bytes('PAR1\u0015\u0004\u0015'), 'a Parquet file'],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10), 'an HDF5 file'],
    ['NumPy', Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0), 'an array of NumPy'],
    ['GIF', bytes('GIF89a\u0001\0'), 'a GIF picture'],
    ['bzip2', bytes('BZh91AY&SY'), 'a bzip2 file'],
    ['MATLAB 7.3', bytes(`${'MATLAB 7.3 MAT-file, Platform: x'.padEnd(124)}\0\u0002IM`), 'version 7.3'],
    ['UTF-16 without a mark', utf16('1,2\n3,4'), 'UTF-16 text without a byte order mark'],
    ['UTF-16 without a mark, big endian', utf16('1,2\n3,4', true).subarray(0), ''],
    ['binary data', bytes('1,2\u0001'), 'binary data'],
  ])('%s', async (_, input, found) => {
    await refused(input, found)
    expect(() => parseLibsvm(input)).toThrow(RangeError)
    await expect(parseFile(typeof input === 'string' ? bytes(input) : input)).rejects.toThrow(/^parse\w+: byte \d+: /)
  })

  test('names may look like signatures', () => {
    expect(parseCsv('PAR1,GIF8,{x},<y>\n1,2,3,4').names).toEqual(['PAR1', 'GIF8', '{x}', '<y>'])
  })

  test('UTF-16 with a mark is text', async () => {
    for (const big of [false, true]) {
      const file = utf16('\ufeffa,b\n1,2', big)
      file.set(big ? [0xfe, 0xff] : [0xff, 0xfe])
      expect(rowsOf(parseCsv(file))).toEqual([[1, 2]])
      expect((await parseFile(file)).format).toBe('csv')
    }
  })

  test('messages on compressed files and pictures name their reader', () => {
    expect(() => parseCsv(gzipSync('1,2'))).toThrow('a gzip file (gunzip unpacks it)')
    expect(() => parseCsv(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toThrow('a JPEG picture')
  })
})

describe('LIBSVM by its contents', () => {
  test.each([
    ['# comment\n\n1 1:0.5\n'],
    ['0\n\n0\n1 3:1 # end\n-1\n'],
    ['1\r0\r1 3:1\r'],
    [`${'0\n'.repeat(50000)}1 3:1\n`],
    [`1 ${Array.from({ length: 20000 }, (_, k) => `${k + 1}:1`).join(' ')}\n-1 2:1\n`],
  ])('case %#', async (text) => {
    const read = await parseFile(bytes(text))
    expect(read).toEqual({ format: 'libsvm', value: parseLibsvm(text) })
  })

  test('several labels, words for indices', async () => {
    await expect(parseFile(bytes('1,3 1:0.5\n'))).rejects.toThrow('a label that is one number, found "1,3"')
    await expect(parseFile(bytes('1 age:5 size:2\n'))).rejects.toThrow('expected index:value, found "age:5"')
  })
})

describe('options', () => {
  let home = ''
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'opt-tables-'))
    await writeFile(join(home, 't.csv'), '1,2\n3,4\n')
  })
  afterAll(() => rm(home, { recursive: true }))

  test('of tables are passed on', async () => {
    const data = openData(home)
    expect(await data.open('t.csv', { header: true })).toMatchObject({ value: { names: ['1', '2'] } })
    await expect(data.open('t.csv', { firstIndex: 0 })).rejects.toThrow(
      'parseFile: firstIndex must be left out for a file of format csv, got 0',
    )
    await expect(data.open('t.csv', { maxCells: 3 })).rejects.toThrow(
      'parseCsv: line 2, cells: expected at most 3 (option maxCells), found more',
    )
    await expect(data.open('t.csv', { seperator: ';' } as never)).rejects.toThrow('parseFile: options must be named')
    expect(await parseFile(bytes('1 0:2'), { firstIndex: 0, maxPixels: 5 })).toMatchObject({ value: { columns: 1 } })
  })
})
