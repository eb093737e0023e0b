import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { at, DAY1, DAY2, day, end, ifUnix, lines, linesIn, opt, shell } from './stream.ts'

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

  test('indices count from 0 when it is said', async () => {
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

  test('a table of commas is told apart', async () => {
    writeFileSync(at('table.csv'), 'label,a,b\n1,2,3\n')
    expect((await opt('stream', at('table.csv'))).err).toMatch(/line 1: .*tables of commas are not read/)
  })
})

describe('predictions', () => {
  test('one line an example, before it is learned from: they give the log loss', async () => {
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

  test('--test judges by the saved learner and learns nothing', async () => {
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

  test('a run that is gone on with ends with all of them', async () => {
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

ifUnix('pipes, FIFOs, substitutions and gzip are read as the file is, and written to', () => {
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
