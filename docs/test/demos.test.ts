import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { SAFE_END } from '../../scripts/lib/node-flags.mjs'
import { packageFolders } from '../../scripts/lib/packages.mjs'
import { runBlocks } from './blocks.ts'
import { docs, twoAtATime } from './pages.ts'

interface Outcome {
  title: string
  intro: string
  controls: { kind: string; name: string; label: string; options?: string[]; value: unknown }[]
  frames: number
  done: boolean
  last: number
  problems: string[]
  code: string
}

const LONG_ENOUGH = 6000
const folders = (packageFolders() as string[]).filter((folder) => existsSync(join(folder, 'demo', 'index.ts')))
let outcomes: (Outcome | string)[]

beforeAll(async () => {
  outcomes = await twoAtATime(folders, async (folder) => {
    const args = [...SAFE_END, join(docs, 'test', 'run-demo.mjs'), folder, String(LONG_ENOUGH)]
    try {
      return JSON.parse((await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 })).stdout)
    } catch (error) {
      return (error as { stderr: string }).stderr
    }
  })
})

describe.each(folders.map((folder, k) => [basename(folder), k] as const))('the demo of %s', (_, k) => {
  const outcome = (): Outcome => {
    if (typeof outcomes[k] === 'string') throw new Error(outcomes[k])
    return outcomes[k]!
  }

  test('has words and controls as the page expects them', () => {
    const { title, intro, controls } = outcome()
    expect(title.length).toBeGreaterThan(3)
    expect(intro.length).toBeGreaterThan(20)
    expect(new Set(controls.map(({ name }) => name)).size).toBe(controls.length)
    for (const { kind, options, value, label } of controls) {
      expect(['range', 'choice', 'toggle', 'histogram', 'pixels', 'points']).toContain(kind)
      expect(label).not.toBe('')
      if (kind === 'choice') expect(options).toContain(value)
    }
  })

  test('computes frames that can be drawn', () => {
    const { frames, last, problems } = outcome()
    expect(problems).toEqual([])
    expect(frames).toBeGreaterThan(0)
    expect(last).toBeGreaterThan(0)
  })

  test('gives code that runs', async () => {
    const [ran] = await runBlocks(folders[k]!, [{ code: outcome().code, output: null, file: null }])
    expect(ran!.error).toBe('')
    expect(ran!.printed).not.toBe('')
  })
})
