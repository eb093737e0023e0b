import { existsSync, writeFileSync } from 'node:fs'
import { at, DAY1, DAY2, end, json, lines, opt, shell, until } from './stream.ts'
import { ifUnix } from './unix.ts'

/** Where a process's open files can be seen. */
const ifProc = existsSync('/proc/self/fd') ? test : test.skip

ifProc('Ctrl-C works while a FIFO has no writer, and no state is saved', () => {
  const opened = until('ls -l /proc/$pid/fd | grep -q /mute')
  const out = shell(
    `mkfifo mute; opt stream mute --features 5 & pid=$!; ${opened}; kill -INT $pid; wait $pid; echo "exit $?"; ls opt-*`,
  )
  expect(out).toContain('exit 130')
  expect(out).not.toContain('opt-stream')
})

describe('signals and pipes: the state is exactly what was learned', () => {
  /** It never ends: signals arrive in the midst of learning. */
  const ENDLESS = `<(while cat ${DAY1} 2> /dev/null; do :; done) --features 5`
  const learning = (name: string) => until(`grep -q ' 1024 ' ${name}.txt`)
  const expectExact = (name: string, least: number) => {
    const { lines, stream } = json(`${name}.json`)
    expect(lines).toBe(stream.examples)
    expect(lines).toBeGreaterThanOrEqual(least)
  }

  for (const [name, code] of [
    ['HUP', 129],
    ['INT', 130],
    ['TERM', 143],
  ] as const)
    ifUnix(`SIG${name} saves and ends with ${code}`, () => {
      const run = `opt stream ${ENDLESS} --state ${name}.json > ${name}.txt & pid=$!; ${learning(name)}`
      expect(shell(`${run}; kill -${name} $pid; wait $pid; echo $?`).trim()).toBe(String(code))
      expectExact(name, 1024)
    })

  ifUnix('a second Ctrl-C saves, too', () => {
    const run = `opt stream ${ENDLESS} --state 2.json > 2.txt & pid=$!; ${learning('2')}`
    expect(shell(`${run}; kill -INT $pid; kill -INT $pid; wait $pid; echo $?`).trim()).toBe('130')
    expectExact('2', 1024)
  })

  ifUnix('when the reader leaves, it exits with 141 and saves what was learned', () => {
    const run = `opt stream ${ENDLESS} --state pipe.json | head -1 > /dev/null`
    expect(shell(`${run}; echo \${PIPESTATUS[0]}`).trim()).toBe('141')
    expectExact('pipe', 1)
  })

  ifUnix('interrupted while skipping known lines, it learns nothing twice', async () => {
    const all = lines(20_000)
    const part = `${all.slice(0, 16_000).join('\n')}\n`
    writeFileSync(at('long.svm'), `${all.join('\n')}\n`)
    writeFileSync(at('known.svm'), `${all.slice(0, 18_000).join('\n')}\n`)
    writeFileSync(at('part.svm'), part)
    // More than a pipe and the reader's buffers hold: what is written is read, and mostly skipped.
    expect(part.length).toBeGreaterThan(5 * 65_536)
    await opt('stream', at('known.svm'), '--features', '3', '--state', at('known.json'))
    const known = json('known.json')
    const out = shell(
      'mkfifo rest; opt stream rest --resume known.json & pid=$!; (cat part.svm; kill -INT $pid; exec tail -f /dev/null) > rest & wait $pid; echo "exit $?"; kill $!',
    )
    expect(out).toContain('exit 130')
    expect(json('known.json')).toEqual(known)
    const { out: resumed } = await opt('stream', at('long.svm'), '--resume', at('known.json'))
    expect(end(resumed)).toEqual(end((await opt('stream', at('long.svm'))).out))
  })
})

ifUnix('a state that does not fit on the disk leaves the old one intact', () => {
  const out = shell(
    `opt stream ${DAY1} --state full.json > /dev/null; cp full.json good.json; ulimit -f 0; opt stream ${DAY2} --from full.json --state full.json 2>&1 > /dev/null | cat; cmp full.json good.json && echo same`,
  )
  expect(out).toMatch(/^opt: cannot write .*full\.json: the file would become too large\nsame\n$/)
})
