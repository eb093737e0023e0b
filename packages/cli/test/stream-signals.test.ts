import { writeFileSync } from 'node:fs'
import { at, DAY1, DAY2, end, ifUnix, json, lines, opt, shell } from './stream.ts'

ifUnix('Ctrl-C is heard while a FIFO has no writer, and nothing is saved of nothing', () => {
  const out = shell(
    'mkfifo mute; opt stream mute --features 5 & sleep 1; kill -INT $!; wait $!; echo "exit $?"; ls opt-*',
  )
  expect(out).toContain('exit 130')
  expect(out).not.toContain('opt-stream')
})

describe('signals and pipes: the state says exactly what was learned', () => {
  const SLOW = `for k in $(seq 1 100); do seq 1 50 | awk '{ print ($1 % 3 ? 1 : -1) " 1:" $1 % 7 " 2:" $1 % 11 }' 2> /dev/null || exit; sleep 0.05; done`
  for (const [name, code] of [
    ['HUP', 129],
    ['INT', 130],
    ['TERM', 143],
  ] as const)
    ifUnix(`SIG${name} saves and ends with ${code}`, () => {
      const run = `opt stream <(${SLOW}) --features 2 --state ${name}.json > ${name}.txt & pid=$!`
      const wait = `until grep -q ' 64 ' ${name}.txt 2> /dev/null; do sleep 0.02; done`
      expect(shell(`${run}; ${wait}; kill -${name} $pid; wait $pid; echo $?`).trim()).toBe(String(code))
      const { lines, stream } = json(`${name}.json`)
      expect(lines).toBe(stream.examples)
      expect(lines).toBeGreaterThanOrEqual(64)
    })

  ifUnix('a second Ctrl-C saves, too', () => {
    const wait = `until grep -q ' 64 ' 2.txt 2> /dev/null; do sleep 0.02; done`
    const out = shell(
      `opt stream <(${SLOW}) --features 2 --state 2.json > 2.txt & pid=$!; ${wait}; kill -INT $pid; kill -INT $pid; wait $pid; echo $?`,
    )
    expect(out.trim()).toBe('130')
    expect(json('2.json').lines).toBe(json('2.json').stream.examples)
  })

  ifUnix('a reader that leaves ends it with 141, and what was learned is saved', () => {
    const out = shell(
      `opt stream <(${SLOW}) --features 2 --state pipe.json | head -1 > /dev/null; echo \${PIPESTATUS[0]}`,
    )
    expect(out.trim()).toBe('141')
    expect(json('pipe.json').lines).toBe(json('pipe.json').stream.examples)
  })

  ifUnix('interrupted while it passes over what is known: nothing is learned twice', async () => {
    const all = lines(3000)
    writeFileSync(at('long.svm'), `${all.join('\n')}\n`)
    writeFileSync(at('longer.svm'), `${all.slice(0, 2500).join('\n')}\n`)
    await opt('stream', at('longer.svm'), '--features', '3', '--state', at('known.json'))
    const known = json('known.json')
    // The first part of the file comes, the rest does not: it is passed over and waits.
    const out = shell(
      `(head -n 1000 long.svm; sleep 2) | (opt stream <(cat) --resume known.json & pid=$!; sleep 1.2; kill -INT $pid; wait $pid; echo "exit $?")`,
    )
    expect(out).toContain('exit 130')
    expect(json('known.json')).toEqual(known)
    const { out: end3000 } = await opt('stream', at('long.svm'), '--resume', at('known.json'))
    expect(end(end3000)).toEqual(end((await opt('stream', at('long.svm'))).out))
  })
})

ifUnix('a state of which there is no room leaves the old one whole', () => {
  const out = shell(
    `opt stream ${DAY1} --state full.json > /dev/null; cp full.json good.json; ulimit -f 0; opt stream ${DAY2} --from full.json --state full.json 2>&1 > /dev/null | cat; cmp full.json good.json && echo same`,
  )
  expect(out).toMatch(/^opt: cannot write .*full\.json: the file would become too large\nsame\n$/)
})
