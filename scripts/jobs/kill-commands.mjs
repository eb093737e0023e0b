// Kills `opt stream`, `opt reproduce` and `opt transport` at random moments and checks that no file
// is truncated, nothing is lost or counted twice, and no process is left running. Not part of CI:
// it takes minutes, and where a kill hits depends on the machine.
// node scripts/jobs/kill-commands.mjs [kills of each command, default 100] [seed]
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { random } from '../../packages/core/dist/index.js'
import { encodePng } from '../../packages/datasets/dist/index.js'

const [kills, seed] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 1)]
const BIN = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))
const WAYS = [['SIGKILL'], ['SIGINT'], ['SIGTERM'], ['SIGINT', 'SIGKILL'], ['SIGTERM', 'SIGINT']]
const rng = random(seed)
const folder = mkdtempSync(join(tmpdir(), 'opt-kills-'))
const at = (name) => join(folder, name)
const text = (name) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined)
const faults = []

/** Runs opt, sends it the signals from a moment on, and waits until all of its processes have ended. */
async function run(words, signals = [], moment = 0) {
  const child = spawn(process.execPath, [BIN, ...words], { cwd: folder, detached: true, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)))
  const start = performance.now()
  void (async () => {
    for (const [k, signal] of signals.entries()) {
      await Promise.race([ended, pause(k === 0 ? moment : rng.uniform(0, 30))])
      child.kill(signal)
    }
  })()
  const end = await ended
  const time = performance.now() - start
  const alive = () => {
    try {
      return process.kill(-child.pid, 0)
    } catch {
      return false
    }
  }
  for (let k = 0; k < 300 && alive(); k++) await pause(20)
  const left = readdirSync(folder).filter((name) => name.endsWith('.tmp'))
  for (const name of left) rmSync(at(name))
  return { end, time, orphan: alive(), left }
}

/**
 * Kills one command again and again.
 *
 * @param words returns the arguments of the next call
 * @param time milliseconds that an uninterrupted call takes
 * @param verdict returns what is wrong after a call that ended with this exit code or signal, or undefined
 */
async function campaign(name, words, time, verdict) {
  const ends = {}
  let drafts = 0
  for (let k = 0; k < kills; k++) {
    const way = WAYS[rng.integer(0, WAYS.length)]
    const moment = rng.uniform(0, 1.05 * time)
    const { end, orphan, left } = await run(words(), way, moment)
    ends[end] = (ends[end] ?? 0) + 1
    drafts += left.length
    const wrong = [
      verdict(end),
      orphan && 'a process is left running',
      left.length > 0 && end !== 'SIGKILL' && `left behind: ${left}`,
    ].filter(Boolean)
    for (const fault of wrong)
      faults.push(`${name}, kill ${k}, ${way} after ${moment.toFixed(0)} ms, end ${end}: ${fault}`)
  }
  const seen = Object.entries(ends).map(([end, count]) => `${count} x ${end}`)
  console.log(
    `${name}: ${kills} kills within ${time.toFixed(0)} ms; ended ${seen.join(', ')}; ${drafts} drafts left by SIGKILL`,
  )
}

async function stream() {
  const row = () =>
    `${rng.uniform() < 0.5 ? 1 : -1} ${[1, 2, 3, 4].map((j) => `${j}:${rng.normal().toFixed(3)}`).join(' ')}`
  writeFileSync(at('data.svm'), `${Array.from({ length: 120_000 }, row).join('\n')}\n`)
  const call = (state, predictions, ...more) => [
    'stream',
    'data.svm',
    '--features',
    '4',
    '--state',
    state,
    '--predictions',
    predictions,
    ...more,
  ]
  const { time } = await run(call('whole.json', 'whole.txt'))
  const whole = { state: text('whole.json'), predictions: text('whole.txt') }
  let [learned, finished, deepest] = [0, 0, 0]
  const restart = () => {
    for (const name of ['s.json', 'p.txt']) rmSync(at(name), { force: true })
    learned = 0
  }
  const words = () => call('s.json', 'p.txt', ...(existsSync(at('s.json')) ? ['--resume', 's.json'] : []))
  const verdict = (end) => {
    const state = text('s.json')
    if (state === undefined) return learned > 0 || end === 0 ? 'the state is gone' : undefined
    let saved
    try {
      saved = JSON.parse(state)
    } catch {
      return 'the state is truncated'
    }
    if (saved.lines !== saved.stream.examples) return `${saved.lines} lines, but ${saved.stream.examples} examples`
    if (saved.lines < learned) return `${learned - saved.lines} lines are lost`
    const predictions = text('p.txt') ?? ''
    if (!whole.predictions.startsWith(predictions)) return 'predictions differ'
    if (predictions.split('\n').length - 1 < (saved.predicted ?? 0)) return 'predictions are lost'
    learned = saved.lines
    deepest = Math.max(deepest, learned)
    if (end !== 0) return undefined
    finished++
    const same = state === whole.state && predictions === whole.predictions
    restart()
    return same ? undefined : 'the result differs from an uninterrupted run'
  }
  await campaign('stream', words, time, verdict)
  if (learned > 0) {
    const { end } = await run(words())
    const fault = verdict(end)
    if (fault || end !== 0) faults.push(`stream, last: ${fault ?? end}`)
  }
  console.log(`stream: ${finished} chains of kills finished with the bits of an uninterrupted run`)
}

async function reproduce() {
  const old = 'an older report\n'
  const words = ['reproduce', 'diffgrad', 'adamp', '--quick', '--jobs', '2', '--out', 'report.html']
  const { time } = await run(words)
  const renew = () => {
    writeFileSync(at('report.html'), old)
    return words
  }
  await campaign('reproduce', renew, time, (end) => {
    const report = text('report.html')
    if (report === old) return end === 0 ? 'no report' : undefined
    return /^<!doctype html>[\s\S]*<\/html>\s*$/.test(report ?? '') ? undefined : 'the report is truncated'
  })
}

async function transport() {
  const picture = (red) => {
    const [width, height] = [240, 180]
    const data = Uint8Array.from({ length: 3 * width * height }, (_, k) => (k % 3 === 0 ? red : rng.integer(0, 200)))
    return encodePng({ width, height, channels: 3, data })
  }
  for (const [name, red] of [
    ['a.png', 40],
    ['b.png', 210],
  ])
    writeFileSync(at(name), await picture(red))
  const words = ['transport', 'a.png', 'b.png', '-o', 'out.png', '--samples', '200']
  const { time } = await run(words)
  const right = readFileSync(at('out.png'))
  const old = readFileSync(at('a.png'))
  const renew = () => {
    writeFileSync(at('out.png'), old)
    return words
  }
  await campaign('transport', renew, time, (end) => {
    const picture = readFileSync(at('out.png'))
    if (picture.equals(old)) return end === 0 ? 'no picture' : undefined
    return picture.equals(right) ? undefined : 'the picture is truncated'
  })
}

try {
  for (const part of [stream, reproduce, transport]) await part()
} finally {
  rmSync(folder, { recursive: true })
}
for (const fault of faults) console.error(fault)
console.log(faults.length === 0 ? 'Nothing truncated, lost or counted twice' : `${faults.length} faults`)
process.exitCode = faults.length > 0 ? 1 : 0
