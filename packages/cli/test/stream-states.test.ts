import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { gzipSync } from 'node:zlib'
import { AFTER_DAY1, at, BOTH_DAYS, DAY1, DAY2, day, end, opt, pipe } from './stream.ts'

describe('a state and the input it continues with', () => {
  let both: string
  beforeAll(() => {
    both = at('both.svm')
    writeFileSync(both, readFileSync(DAY1, 'utf8') + readFileSync(DAY2, 'utf8'))
  })

  test('--from begins a new file with what was learned from another', async () => {
    expect(end((await opt('stream', both)).out)).toEqual(BOTH_DAYS)
    expect(end((await opt('stream', DAY2, '--from', AFTER_DAY1)).out)).toEqual(BOTH_DAYS)
    const saved = await opt('stream', DAY1, '--state', at('day1.json'))
    expect(saved.out).toContain('Saved to')
    expect(end((await opt('stream', DAY2, '--from', at('day1.json'))).out)).toEqual(BOTH_DAYS)
  })

  test('--resume continues in the same input only, recognised by its lines and not by its name', async () => {
    await opt('stream', DAY1, '--state', at('day1.json'))
    expect(end((await opt('stream', both, '--resume', at('day1.json'))).out)).toEqual(BOTH_DAYS)
    writeFileSync(at('both.gz'), gzipSync(readFileSync(both)))
    expect(end((await opt('stream', at('both.gz'), '--resume', at('day1.json'))).out)).toEqual(BOTH_DAYS)
    for (const file of [DAY2, day('labels-1-2.svm')]) {
      const { code, out, err } = await opt('stream', file, '--resume', at('day1.json'))
      expect([code, out]).toEqual([1, expect.not.stringContaining(' 41 ')])
      expect(err).toMatch(
        /--resume: .*svm does not begin with the 40 lines that .*day1\.json has learned; `--from .*json`/,
      )
    }
    const { code, err } = await opt('stream', DAY2, '--resume', AFTER_DAY1)
    expect(code).toBe(1)
    expect(err).toMatch(/after-day1\.json does not say of which input its 40 lines are; `--from /)
  })

  test('standard input holds the rest, also for a state of the first version', async () => {
    const rest = readFileSync(DAY2, 'utf8').trimEnd().split('\n')
    expect(end((await pipe(rest, ['--resume', AFTER_DAY1], false)).out)).toEqual(BOTH_DAYS)
  })

  test.each([
    [['--learner', 'ogd', '--radius', '1'], /--learner ogd contradicts .*after-day1\.json, which says sea-convex/],
    [['--radius', '1'], /--radius 1 contradicts .*, which says 20/],
    [['--features', '6'], /--features 6 contradicts .*, which says 5/],
    [['--scale', '2'], /--scale 2 contradicts .*, which says unit/],
    [['--beta', '2'], /--beta is for --learner sea-exp-concave; sea-convex does not use it/],
    [['--horizon', '9'], /--horizon is for --learner sea-dynamic/],
  ])('%j against the state is refused, by --resume and --from', async (words, message) => {
    for (const option of ['--resume', '--from']) {
      const { code, err } = await opt('stream', DAY2, option, AFTER_DAY1, ...words)
      expect(code).toBe(1)
      expect(err).toMatch(message)
    }
  })

  test('options that agree with the state are allowed', async () => {
    const words = ['--learner', 'sea-convex', '--radius', '20.0', '--features', '5', '--scale', 'unit']
    expect((await opt('stream', DAY2, '--from', AFTER_DAY1, ...words)).code).toBe(0)
  })

  test('--positive and --first-index are fixed with --resume and may change with --from', async () => {
    writeFileSync(at('ab.svm'), '1 1:1\n2 1:-1\n')
    await opt('stream', at('ab.svm'), '--positive', '2', '--state', at('ab.json'))
    const again = await opt('stream', at('ab.svm'), '--positive', '1', '--resume', at('ab.json'))
    expect(again.err).toMatch(/--positive 1 contradicts .*ab\.json, which says 2/)
    writeFileSync(at('zero.svm'), '-1 0:1\n+1 0:-1\n')
    const words = ['--positive', '1', '--first-index', '0', '--from', at('ab.json')]
    expect((await opt('stream', at('zero.svm'), ...words)).code).toBe(0)
  })

  test.each([
    [['--resume', 'x', '--from', 'y'], /give one of them/],
    [['--test'], /--test needs --from/],
    [['--test', '--from', AFTER_DAY1, '--state', 'x'], /--test learns nothing that --state could save/],
    [['--state', tmpdir()], /--state: cannot write .*: it is a folder/],
    [['--predictions', '/'], /cannot write \/: it is a folder/],
    [['--from', DAY1], /--from: .*day1\.svm is no state of opt stream: it is not JSON/],
  ])('%j is refused', async (words, message) => {
    const { code, err } = await opt('stream', DAY1, ...words)
    expect(code).toBe(1)
    expect(err).toMatch(message)
  })

  test('a damaged state is refused in one sentence', async () => {
    const good = JSON.parse(readFileSync(AFTER_DAY1, 'utf8'))
    const bad = [null, [], 7, { ...good, features: 0 }, { ...good, features: 1e300 }, { ...good, lines: -1 }]
    bad.push({ ...good, digest: 'x' }, { ...good, firstIndex: 2 }, { ...good, stream: {} }, { ...good, scale: null })
    for (const state of bad) {
      writeFileSync(at('bad.json'), JSON.stringify(state))
      const { code, err } = await opt('stream', DAY2, '--from', at('bad.json'))
      expect([JSON.stringify(state), code, err.split('\n').length]).toEqual([JSON.stringify(state), 1, 1])
      expect(err).toMatch(/is no state of opt stream$|is damaged: /)
    }
  })
})

test('no file overwrites another one of the same run', async () => {
  const own = at('own.svm')
  writeFileSync(own, readFileSync(DAY1))
  symlinkSync(own, at('link.svm'))
  await opt('stream', own, '--state', at('own.json'))
  const kept = [own, at('own.json')].map((file) => readFileSync(file, 'utf8'))
  for (const [words, names] of [
    [['--state', own], '--state and the input'],
    [['--state', at('link.svm')], '--state and the input'],
    [['--predictions', own], '--predictions and the input'],
    [['--state', at('new'), '--predictions', at('new')], '--predictions and the state'],
    [['--resume', at('own.json'), '--predictions', at('own.json')], '--predictions and the state'],
    [['--from', at('own.json'), '--test', '--predictions', at('own.json')], '--predictions and the state'],
  ] as const) {
    const { code, err } = await opt('stream', own, ...words)
    expect(err).toContain(`opt: ${names} must be different files, got ${words.at(-1)} for both`)
    expect(code).toBe(1)
  }
  expect([own, at('own.json')].map((file) => readFileSync(file, 'utf8'))).toEqual(kept)
  // A state may take the place of the one it came from.
  expect((await opt('stream', DAY2, '--from', at('own.json'), '--state', at('own.json'))).code).toBe(0)
})
