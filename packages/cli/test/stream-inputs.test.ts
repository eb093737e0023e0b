import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { at, DAY1, DAY2, day, end, lines, linesIn, opt, pipe, shell } from './stream.ts'
import { ifUnix } from './unix.ts'

describe('labels, indices and sizes', () => {
  test('any label can be the positive one', async () => {
    const plain = await opt('stream', DAY1)
    const renamed = readFileSync(DAY1, 'utf8').replace(/^-1/gm, '7').replace(/^\+1/gm, '-3.5')
    writeFileSync(at('renamed.svm'), renamed)
    expect((await opt('stream', at('renamed.svm'), '--positive=-3.5')).out).toBe(plain.out)
    expect((await opt('stream', day('labels-1-2.svm'))).err).toMatch(
      /line 2: label must be .*, got 2; --positive <label>/,
    )
    expect((await opt('stream', day('labels-1-2.svm'), '--positive', '2')).code).toBe(0)
  })

  test('--first-index 0 counts indices from 0', async () => {
    const { out } = await opt('stream', DAY1)
    const shifted = readFileSync(DAY1, 'utf8').replace(/(\d):/g, (_, index) => `${index - 1}:`)
    writeFileSync(at('shifted.svm'), shifted)
    expect((await opt('stream', at('shifted.svm'), '--first-index', '0')).out).toBe(out)
    expect((await opt('stream', day('zero-based.svm'))).err).toMatch(/line 1: index 0, but .*--first-index 0/)
    expect((await opt('stream', DAY1, '--first-index', '2')).err).toMatch(/--first-index must be one of 0, 1, got 2/)
  })

  test('too many features are refused before anything is allocated, with a learner that fits', async () => {
    writeFileSync(at('wide.svm'), '+1 1:1 1000000:1\n-1 2:1\n')
    const wide = await opt('stream', at('wide.svm'), '--learner', 'sea-exp-concave')
    expect(wide.err).toMatch(
      /sea-exp-concave needs 40 TB for 1000000 features, more than it can have; --learner sea-convex needs 180 MB/,
    )
    writeFileSync(at('widest.svm'), '+1 2000000000:1\n')
    expect((await opt('stream', at('widest.svm'))).err).toMatch(/sea-convex needs .* no learner has room for so many/)
  })
})

describe('tables', () => {
  /** The first day as a table, its labels in words. */
  const table = (mark: string, head: string) => {
    const rows = readFileSync(DAY1, 'utf8').trimEnd().split('\n')
    const cells = rows.map((row) => {
      const [label, ...pairs] = row.split(' ')
      const values = new Map(pairs.map((pair) => pair.split(':') as [string, string]))
      const features = ['1', '2', '3', '4', '5'].map((index) => values.get(index) ?? '0')
      return [...features, label === '+1' ? 'spam' : 'ham'].join(mark)
    })
    return `${head}${cells.join('\n')}\n`
  }
  const CSV = () => table(',', 'a,b,c,d,e,kind\n')

  test('are learned like the same examples in LIBSVM, gzipped or not', async () => {
    const { out } = await opt('stream', DAY1)
    writeFileSync(at('day1.csv'), CSV())
    writeFileSync(at('day1.csv.gz'), gzipSync(CSV()))
    writeFileSync(at('day1.svm.gz'), gzipSync(readFileSync(DAY1)))
    writeFileSync(at('bare.csv'), table(';', ''))
    for (const name of ['day1.csv', 'day1.csv.gz', 'bare.csv'])
      expect((await opt('stream', at(name), '--positive', 'spam')).out).toBe(out)
    expect((await opt('stream', at('day1.svm.gz'))).out).toBe(out)
    const piped = await pipe(CSV().trimEnd().split('\n'), ['--features', '5', '--positive', 'spam'], false)
    expect(end(piped.out)).toEqual(end(out))
  })

  test('may have the label in any column, and are resumed after their header', async () => {
    const moved = CSV().replace(/^(.*),(\w+)$/gm, '$2,$1')
    writeFileSync(at('moved.csv'), moved)
    writeFileSync(at('part.csv'), moved.split('\n').slice(0, 21).join('\n'))
    const words = ['--label', 'kind', '--positive', 'spam']
    const { out } = await opt('stream', at('moved.csv'), ...words)
    expect(end(out)).toEqual(end((await opt('stream', DAY1)).out))
    expect((await opt('stream', at('moved.csv'), '--label', '0', '--positive', 'spam')).out).toBe(out)
    await opt('stream', at('part.csv'), ...words, '--state', at('part.json'))
    expect(JSON.parse(readFileSync(at('part.json'), 'utf8'))).toMatchObject({
      lines: 21,
      label: 'kind',
      positive: 'spam',
    })
    expect(end((await opt('stream', at('moved.csv'), '--resume', at('part.json'))).out)).toEqual(end(out))
    const other = await opt('stream', at('moved.csv'), '--resume', at('part.json'), '--label', '1')
    expect(other.err).toMatch(/--label 1 contradicts .*part\.json, which says kind/)
  })

  test.each<[string, string, string[], RegExp]>([
    ['words as labels', 'a,b\n1,x\n2,y\n', [], /line 2: label must be -1, 0 or \+1, got x; --positive <label>/],
    [
      'a word among numbers',
      'a,b\nx,1\n1,0\n',
      ['--header', 'true'],
      /line 2, column "a": expected a finite number, found "x"/,
    ],
    ['an unclear header', '1990,2000\n1,1\n', [], /line 1: expected option header \(true or false\), .*/],
    ['an unknown column', 'a,b\n1,1\n', ['--label', 'c'], /label must be the name of a column, .*, got "c"/],
    ['other features', 'a,b\n1,1\n', ['--features', '3'], /expected 3 features, .*refused\.csv has 1/],
    [
      'an option for LIBSVM',
      'a,b\n1,1\n',
      ['--first-index', '0'],
      /firstIndex must be left out for a file of format csv/,
    ],
    [
      'an option for tables',
      '+1 1:1\n',
      ['--label', 'c'],
      /label must be left out for a file of format libsvm, got "c"/,
    ],
    ['a class in words', '+1 1:1\n', ['--positive', 'spam'], /--positive must be a number for a LIBSVM file, got spam/],
    ['a web page', '<html></html>\n', [], /line 1: expected a table, or label index:value, found a web page/],
  ])('refuse %s', async (_, text, words, message) => {
    writeFileSync(at('refused.csv'), text)
    const { code, err } = await opt('stream', at('refused.csv'), ...words)
    expect(err).toMatch(message)
    expect([code, err.split('\n').length]).toEqual([1, 1])
  })
})

describe('predictions', () => {
  test('have a line for each example, before it is learned, and give the log loss', async () => {
    const { out } = await opt('stream', DAY1, '--predictions', at('p.txt'))
    const labels = readFileSync(DAY1, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => Number.parseInt(line, 10))
    const probabilities = linesIn('p.txt').map(Number)
    expect(probabilities).toHaveLength(40)
    expect(probabilities[0]).toBe(0.5)
    const loss = labels.reduce((sum, y, k) => sum - Math.log(y > 0 ? probabilities[k]! : 1 - probabilities[k]!), 0)
    expect(end(out)[1]).toBe((loss / 40).toFixed(5))
  })

  test('--test judges with the saved learner and learns nothing', async () => {
    await opt('stream', DAY1, '--state', at('model.json'))
    const model = readFileSync(at('model.json'), 'utf8')
    const words = ['--from', at('model.json'), '--test', '--predictions']
    const { out } = await opt('stream', DAY2, ...words, at('once.txt'))
    expect(end(out)[0]).toBe('60')
    // Backwards the same examples get the same probabilities.
    writeFileSync(at('back.svm'), readFileSync(DAY2, 'utf8').trimEnd().split('\n').reverse().join('\n'))
    await opt('stream', at('back.svm'), ...words, at('back.txt'))
    expect(linesIn('back.txt').reverse()).toEqual(linesIn('once.txt'))
    expect(readFileSync(at('model.json'), 'utf8')).toBe(model)
  })

  test('are complete after a resumed run', async () => {
    const all = lines(300)
    writeFileSync(at('whole.svm'), `${all.join('\n')}\n`)
    writeFileSync(at('broken.svm'), `${all.slice(0, 200).join('\n')}\nwrong\n`)
    await opt('stream', at('whole.svm'), '--predictions', at('whole.txt'))
    const broken = await opt(
      'stream',
      at('broken.svm'),
      '--features',
      '3',
      '--state',
      at('b.json'),
      '--predictions',
      at('b.txt'),
    )
    expect(broken.code).toBe(1)
    expect(broken.err).toMatch(/line 201: .*\nWhat was learned before is saved to .*b\.json\.$/)
    expect(JSON.parse(readFileSync(at('b.json'), 'utf8'))).toMatchObject({ lines: 200, predicted: 200 })
    await opt('stream', at('whole.svm'), '--resume', at('b.json'), '--predictions', at('b.txt'))
    expect(readFileSync(at('b.txt'), 'utf8')).toBe(readFileSync(at('whole.txt'), 'utf8'))
    writeFileSync(at('b.txt'), '0.5\n')
    const short = await opt('stream', at('whole.svm'), '--resume', at('b.json'), '--predictions', at('b.txt'))
    expect(short.err).toMatch(/--predictions: .*b\.txt does not hold the 200 lines/)
    expect(readFileSync(at('b.txt'), 'utf8')).toBe('0.5\n')
    expect(readdirSync(at('')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
})

ifUnix('pipes, FIFOs, substitutions and gzip are read like the file, and pipes written', () => {
  const row = (script: string) => end(shell(script))
  const want = row(`opt stream ${DAY1}`)
  expect(row(`opt stream <(cat ${DAY1}) --features 5`)).toEqual(want)
  expect(row(`cat ${DAY1} | opt stream /dev/stdin --features 5`)).toEqual(want)
  expect(row(`opt stream /dev/stdin < ${DAY1}`)).toEqual(want)
  expect(row(`gzip -c ${DAY1} | opt stream - --features 5`)).toEqual(want)
  expect(row(`mkfifo fifo; cat ${DAY1} > fifo & opt stream fifo --features 5`)).toEqual(want)
  expect(shell(`opt stream ${DAY1} --predictions /dev/stdout 2> table.txt | wc -l`).trim()).toBe('40')
  expect(end(readFileSync(at('table.txt'), 'utf8'))).toEqual(want)
  expect(shell(`mkfifo out; cat out | wc -l & opt stream ${DAY1} --predictions out > table.txt; wait`).trim()).toBe(
    '40',
  )
})
