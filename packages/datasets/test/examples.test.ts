import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { parseCsv, parseLibsvm } from '../src/index.ts'
import { type Example, type ExampleOptions, examplesOf, linesOf, openExamples } from '../src/node/index.ts'

/** Cuts bytes into chunks of a size, as a stream may bring them. */
async function* chunks(input: string | Uint8Array, size = 7) {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const examples = (text: string | Uint8Array, options?: ExampleOptions) => all(examplesOf(chunks(text), options))
const dense = ({ indices, values }: Example, features: number) =>
  Array.from({ length: features }, (_, j) => values[indices.indexOf(j)] ?? 0)

const TABLE = 'height,width,kind\n1.5,0,a\n-2,3e2,b\n0,1,a\n'
const LIBSVM = '+1 1:0.5 3:2 # first\n\n-1 2:1\n0\n'

describe('examplesOf', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'opt-examples-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const table = [
    { label: 'a', indices: [0], values: [1.5] },
    { label: 'b', indices: [0, 1], values: [-2, 300] },
    { label: 'a', indices: [1], values: [1] },
  ]
  const libsvm = [
    { label: 1, indices: [0, 2], values: [0.5, 2] },
    { label: -1, indices: [1], values: [1] },
    { label: 0, indices: [], values: [] },
  ]

  test.each([
    ['CSV', TABLE, table],
    ['gzipped CSV', gzipSync(TABLE), table],
    ['LIBSVM', LIBSVM, libsvm],
    ['gzipped LIBSVM', gzipSync(LIBSVM), libsvm],
    ['UTF-16', Buffer.from(`\ufeff${TABLE}`, 'utf16le'), table],
  ])('%s from a file and from a stream', async (name, contents, expected) => {
    const file = join(folder, name)
    writeFileSync(file, contents)
    expect(await all(examplesOf(file))).toEqual(expected)
    expect(await examples(contents as Uint8Array)).toEqual(expected)
  })

  test('a table gives what parseCsv gives, wherever the chunks are cut', async () => {
    const cell = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }))
    const rows = fc.array(fc.tuple(cell, cell, fc.constantFrom('no', 'yes')), { minLength: 1, maxLength: 130 })
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 90 }), fc.boolean(), async (rows, size, named) => {
        const text = [...(named ? ['x;y;z'] : []), ...rows.map((row) => row.join(';'))].join('\r\n')
        const { values, categories } = parseCsv(text, { header: named })
        const read = await all(examplesOf(chunks(text, size), { header: named }))
        expect(read.flatMap((example) => dense(example, 2))).toEqual([...values.data].map((v) => v || 0))
        const { labels, classNames } = categories[0]!
        expect(read.map(({ label }) => label)).toEqual(Array.from(labels, (label) => classNames[label]))
      }),
      { numRuns: 60 },
    )
  })

  test('LIBSVM gives what parseLibsvm gives', async () => {
    const row = fc.record({ label: fc.integer(), index: fc.integer({ min: 1, max: 9 }), value: fc.integer() })
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 130 }),
        fc.integer({ min: 1, max: 90 }),
        async (rows, size) => {
          const text = rows.map(({ label, index, value }) => `${label} ${index}:${value}`).join('\n')
          const whole = parseLibsvm(text)
          const read = await all(examplesOf(chunks(text, size)))
          expect(read.map(({ label }) => label)).toEqual([...whole.labels])
          expect(read.flatMap(({ indices }) => indices)).toEqual([...whole.indices])
          expect(read.flatMap(({ values }) => values)).toEqual([...whole.values])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('the label may be any column, by name or position', async () => {
    const text = 'y,a,b\n7,1,2\n8,3,4\n9,3,4\n'
    const first = [7, 8, 9]
    expect((await examples(text, { label: 'y', header: true })).map(({ label }) => label)).toEqual(first)
    const [one] = await examples(text, { label: 0, header: true })
    expect(one).toEqual({ label: 7, indices: [0, 1], values: [1, 2] })
    expect((await examples(text, { header: true }))[0]).toEqual({ label: 2, indices: [0, 1], values: [7, 1] })
  })

  test('tables of scikit-learn, decimal commas, delimiters at the end of rows', async () => {
    expect(await examples('2,2,no,yes\n1,2,0\n3,4,1\n')).toEqual([
      { label: 0, indices: [0, 1], values: [1, 2] },
      { label: 1, indices: [0, 1], values: [3, 4] },
    ])
    expect(await examples('0,5;1\n1,5;-1\n', { decimal: ',', header: false })).toEqual([
      { label: 1, indices: [0], values: [0.5] },
      { label: -1, indices: [0], values: [1.5] },
    ])
    expect(await examples('x,y,\n1,2,\n3,5,\n')).toHaveLength(2)
  })

  test.each<[string, string | Uint8Array, ExampleOptions, string]>([
    [
      'a cell that is no number',
      'x,y\n1,2\nNA,3\n',
      {},
      'parseCsv: line 3, column "x": expected a finite number, found "NA"',
    ],
    [
      'another spelling',
      'x,y\n1,2\n"1,5",3\n',
      {},
      'expected a number such as 1234.5, thousands not set apart (or option decimal)',
    ],
    ['a short row', 'x,y\n1,2\n3\n', {}, 'parseCsv: line 3: expected 2 cells as in the first line, found 1'],
    ['a short row far down', `${'1,2\n'.repeat(500)}3\n`, { header: false }, 'parseCsv: line 501: expected 2 cells'],
    [
      'an empty label',
      `x,y\n${'1,2\n'.repeat(200)}1,\n`,
      {},
      'parseCsv: line 202: expected a label, found an empty cell',
    ],
    ['years over numbers', '1990;2000\n3;4\n', {}, 'expected option header (true or false)'],
    [
      'one column',
      'x\na\n',
      { header: true },
      'parseCsv: line 1: expected a label and at least one feature, found 1 column',
    ],
    [
      'an unknown label',
      'x,y\n1,2\n',
      { label: 'z' },
      'label must be the name of a column, or a position from 0 to 1, got "z"',
    ],
    [
      'an option of the other format',
      LIBSVM,
      { label: 'z' },
      'openExamples: label must be left out for a file of format libsvm',
    ],
    [
      'an option of the other format',
      TABLE,
      { firstIndex: 0 },
      'openExamples: firstIndex must be left out for a file of format csv',
    ],
    [
      'an unknown option',
      TABLE,
      { labels: 1 } as never,
      'openExamples: options must be named label, header, delimiter, decimal or firstIndex',
    ],
    ['an index too small', '1 0:1\n', {}, 'parseLibsvm: line 1: expected indices from 1'],
    ['JSON', '{"a": 1}\n', {}, 'openExamples: line 1: expected a table, or label index:value, found JSON'],
    [
      'a picture',
      Buffer.from('\x89PNG\r\n\x1a\n\0', 'latin1'),
      {},
      'linesOf: expected UTF-8 text, found a PNG picture',
    ],
    [
      'another encoding',
      Buffer.from('1 1:1 # \xe4\n', 'latin1'),
      {},
      'linesOf: expected UTF-8 text, found other bytes',
    ],
    ['damaged gzip', gzipSync(TABLE).fill(1, 14), {}, 'linesOf: the compressed data is damaged or cut short'],
    ['cut gzip', gzipSync(TABLE).subarray(0, 30), {}, 'linesOf: the compressed data is damaged or cut short'],
    ['nothing', '', {}, 'examplesOf: line 1: expected at least one example, found none'],
    ['comments only', '# none\n', {}, 'examplesOf: line 1: expected at least one example, found none'],
  ])('refuses %s', async (_, text, options, message) => {
    await expect(examples(text, options)).rejects.toThrow(message)
  })

  test('errors of the source are passed on', async () => {
    await expect(all(examplesOf(join(folder, 'none')))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

test('a LIBSVM stream is recognised by its first line, without waiting for more', async () => {
  async function* first() {
    yield ['# comment']
    yield ['+1 2:1']
    throw new Error('asked for more')
  }
  const { format, features, lines } = await openExamples(first())
  expect([format, features]).toEqual(['libsvm', undefined])
  expect((await lines.next()).value).toEqual(['# comment', '+1 2:1'])
})

test('the number of features of a table is known after a hundred lines', async () => {
  let given = 0
  async function* rows() {
    for (; given < 1000; given++) yield [given === 0 ? 'x,y,z' : `${given},2,3`]
  }
  const { format, features, lines } = await openExamples(rows())
  expect([format, features, given]).toEqual(['csv', 2, 99])
  expect((await all(lines)).flat()).toHaveLength(1000)
})

test('stopping early ends the source', async () => {
  let ended = 0
  async function* endless() {
    try {
      for (;;) yield Buffer.from('1 1:1\n')
    } finally {
      ended++
    }
  }
  for await (const _ of examplesOf(endless())) break
  const { lines } = await openExamples(linesOf(endless()))
  await lines.return!()
  for await (const _ of linesOf(endless())) break
  expect(ended).toBe(3)
})

test.each([undefined, null, 7, [], 'text'])('%p is no stream', async (value) => {
  await expect(all(linesOf(value as never))).rejects.toThrow('linesOf: chunks must be an async iterable of bytes, got')
  await expect(openExamples(value as never)).rejects.toThrow('openExamples: lines must be an async iterable of lines')
})

test('a stream of text is refused: its encoding is decoded already', async () => {
  async function* text() {
    yield '1 1:1'
  }
  await expect(all(examplesOf(text() as never))).rejects.toThrow(
    'linesOf: bytes must be a Uint8Array or an ArrayBuffer',
  )
})

test('linesOf splits at LF and CR LF', async () => {
  expect((await all(linesOf(chunks('a\r\nb\n\nc', 1)))).flat()).toEqual(['a', 'b', '', 'c'])
})
