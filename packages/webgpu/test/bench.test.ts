import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onDevice } from './open.ts'

const JOB = resolve('../../scripts/jobs/gpu-table.mjs')
/** The packed folder is for Linux on x64. */
const runsHere = process.platform === 'linux' && process.arch === 'x64'
const whereItRuns = runsHere ? describe : describe.skip

const run = (command: string, args: string[], env = {}) =>
  spawnSync(command, args, { cwd: tmpdir(), encoding: 'utf8', env: { ...process.env, ...env } })

let scratch: string
let packed: string
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'gpu-table-'))
  packed = join(scratch, 'packed')
  const { status, stderr } = run(process.execPath, [JOB, packed])
  if (status !== 0) throw new Error(stderr)
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** The benchmark, packed where it can run. */
const bench = (args: string[], env = {}) =>
  runsHere
    ? run('sh', [join(packed, 'run.sh'), ...args], env)
    : run(process.execPath, [resolve('bench/index.mjs'), ...args], env)

/** The lines of all tables, by the first two of their heads. */
function tables(text: string): Record<string, string[][]> {
  const lines = text.split('\n').map((line) => (/^\| .* \|$/.test(line) ? line.slice(2, -2).split(' | ') : null))
  const found: Record<string, string[][]> = {}
  lines.forEach((cells, k) => {
    if (!cells || lines[k - 1]) return
    const end = lines.findIndex((line, l) => l > k && !line)
    found[cells.slice(0, 2).join(', ')] = lines.slice(k + 2, end) as string[][]
  })
  return found
}

whereItRuns('the packed benchmark', () => {
  test('says what is missing where there is no adapter', () => {
    const { status, stdout } = bench([], { VK_ICD_FILENAMES: '/nowhere.json' })
    expect(status).toBe(0)
    expect(stdout).toMatch(/^No GPU here: webgpu: WebGPU is here, but no adapter/)
    expect(stdout).toMatch(/^- npm package webgpu: loads$/m)
    expect(stdout).toMatch(/^- Vulkan loader: \S/m)
    expect(stdout).toMatch(/^- driver \/nowhere\.json: ENOENT/m)
    expect(stdout).toMatch(/^- cards: \S/m)
  })

  test('refuses to replace a folder that it has not made', () => {
    const { status, stderr } = run(process.execPath, [JOB, scratch])
    expect(status).toBe(1)
    expect(stderr).toContain('was not made by this job')
  })
})

onDevice('the benchmark', () => {
  test('prints every table, without a failed row', () => {
    const { status, stdout, stderr } = bench(['--quick', '--minutes', '60'])
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Adapter: \S.* A buffer holds [\d.]+ GB; with(out)? subgroups\.$/m)
    expect(stdout).toMatch(/^Float32 peak: [\d.e-]+ TFLOP\/s, measured/m)
    expect(stdout).not.toMatch(/failed|no time/)
    const rows = tables(stdout)
    expect(Object.fromEntries(Object.entries(rows).map(([heads, lines]) => [heads, lines.length]))).toEqual({
      'n, product': 3,
      'n, tile': 2,
      'n, CPU, ms an iteration': 1,
      'n, SNS on the CPU, s': 1,
      'n, operation': 6,
      'n, optimizer': 2,
    })
    for (const [n, , ...figures] of [...rows['n, product']!, ...rows['n, operation']!, ...rows['n, optimizer']!])
      for (const figure of [n, ...figures]) expect(Number.parseFloat(figure!)).toBeGreaterThan(0)
    expect(rows['n, tile']!.filter((cells) => cells.at(-1) === 'now').length).toBe(1)
  })

  test('ends in time, with rows that say so', () => {
    const { status, stdout } = bench(['--quick', '--minutes', '0'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/^\| 64 \| A B \| /m)
    expect(stdout).toMatch(/^\| 64 \| A B' \| no time \| {2}\| {2}\|$/m)
  })
})
