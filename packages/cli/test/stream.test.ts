import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { at, lines, opt, pipe } from './stream.ts'

let file: string
beforeAll(() => {
  file = at('data.libsvm')
  writeFileSync(file, `# a comment\n\n${lines(500).join('\n')}\n`)
})

test.each([
  ['sea-convex', []],
  ['sea-exp-concave', ['--beta', '0.5']],
  ['sea-dynamic', ['--horizon', '500']],
  ['oftrl', []],
  ['ogd', []],
  ['adagrad', []],
])('a file is learned line by line: %s', async (learner, more) => {
  const { code, out } = await opt('stream', file, '--learner', learner, '--radius', '5', ...more)
  expect(code).toBe(0)
  const rows = out.split('\n').map((line) => line.trim().split(/\s+/))
  expect(rows[0].join(' ')).toBe('examples log loss since last errors certificate')
  expect(rows.slice(1).map(([examples]) => Number(examples))).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 500])
  expect(Number(rows[1][1])).toBeCloseTo(Math.LN2, 4)
  expect(Number(rows.at(-1)![1])).toBeLessThan(0.55)
})

test('Ctrl-C saves, and --resume continues to the same numbers', async () => {
  const all = lines(500)
  const whole = await pipe(all, ['--features', '3'], false)
  expect(whole.code).toBe(0)
  const first = await pipe(all.slice(0, 256), ['--features', '3', '--state', 'half.json'], true)
  expect(first.code).toBe(130)
  expect(first.out).toContain('Saved to half.json')
  expect(JSON.parse(readFileSync(at('half.json'), 'utf8')).stream.examples).toBe(256)
  const second = await pipe(all.slice(256), ['--resume', 'half.json'], false)
  expect(second.code).toBe(0)
  const last = (text: string) => text.trim().split('\n').at(-1)!.trim().split(/\s+/)
  const [examples, loss, , errors, certificate] = last(whole.out)
  expect(last(second.out).filter((_, k) => k !== 2)).toEqual([examples, loss, errors, certificate])

  // The same state continues in a file: the lines already read are skipped.
  writeFileSync(at('plain.libsvm'), `${all.join('\n')}\n`)
  const third = await opt('stream', at('plain.libsvm'), '--resume', at('half.json'))
  expect(last(third.out).filter((_, k) => k !== 2)).toEqual([examples, loss, errors, certificate])
})

test('wrong arguments and files are refused in one sentence', async () => {
  writeFileSync(at('bad.libsvm'), '+1 1:1\n+1 2:x\n')
  writeFileSync(at('labels.libsvm'), '3 1:1\n')
  writeFileSync(at('empty.libsvm'), '# nothing\n')
  writeFileSync(at('state.json'), '{"learner":"ogd"}')
  const cases: [string[], RegExp][] = [
    [['stream', at('none.libsvm')], /cannot read .*none\.libsvm: there is no such file/],
    [['stream', file, '--learner', 'adam'], /--learner must be one of sea-convex, .*, got adam/],
    [['stream', file, '--radius', '0'], /--radius must be a positive number, got 0/],
    [['stream', file, '--beta', 'much'], /--beta must be a positive number, got "much"/],
    [['stream', file, '--scale=-1'], /--scale must be a positive number, got -1/],
    [['stream', file, '--features', '1.5'], /--features must be a positive integer, got 1.5/],
    [['stream', file, '--features', '2'], /line 3: .*index of at most 2/],
    [['stream', file, '--learner', 'sea-dynamic'], /sea-dynamic needs --horizon/],
    [['stream'], /standard input needs --features/],
    [['stream', at('bad.libsvm')], /line 2: /],
    [['stream', at('labels.libsvm')], /line 1: label must be -1, 0 or \+1, got 3; --positive <label>/],
    [['stream', at('empty.libsvm')], /holds no example/],
    [['stream', file, '--resume', at('none.json')], /--resume: cannot read/],
    [['stream', file, '--resume', at('state.json')], /is no state of opt stream/],
    [['stream', file, '--state', at('no/such/folder.json')], /--state: there is no folder/],
  ]
  for (const [words, message] of cases) {
    const { code, err } = await opt(...words)
    expect([words.join(' '), code]).toEqual([words.join(' '), 1])
    expect(err).toMatch(message)
  }
  expect(existsSync(at('opt-stream.json'))).toBe(false)
})
