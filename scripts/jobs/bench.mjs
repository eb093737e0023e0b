// Runs the benchmarks of all packages, or of those named, and writes their tables into the READMEs.
// npm run bench [-- @opt/lion sinkhorn-sns --quick]; with --quick, prints the tables only.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus } from 'node:os'
import { join } from 'node:path'
import { publishedPackages, root } from '../lib/packages.mjs'

const args = process.argv.slice(2)
const names = args
  .filter((arg) => !arg.startsWith('--'))
  .map((name) => (name.startsWith('@opt/') ? name : `@opt/${name}`))
const quick = args.includes('--quick')
const machine = `${cpus()[0].model.trim()} (${arch()}), Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`
const MARKERS = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/

const chosen = publishedPackages().filter(({ folder, manifest }) =>
  names.length > 0 ? names.includes(manifest.name) : existsSync(join(folder, 'bench', 'index.mjs')),
)
for (const name of names)
  if (!chosen.some(({ manifest }) => manifest.name === name)) {
    console.error(`bench: there is no package ${name}`)
    process.exit(1)
  }

let failed = 0
for (const { folder, manifest } of chosen) {
  console.error(`== ${manifest.name}`)
  const { status, stdout } = spawnSync(process.execPath, ['bench/index.mjs', ...(quick ? ['--quick'] : [])], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  })
  console.log(stdout)
  if (status !== 0) {
    console.error(`bench: ${manifest.name} failed`)
    failed++
    continue
  }
  if (quick) continue
  const file = join(folder, 'README.md')
  const readme = readFileSync(file, 'utf8')
  if (!MARKERS.test(readme))
    console.error(`bench: ${file} lacks the markers of its table (<!-- bench --> ... <!-- /bench -->)`)
  else
    writeFileSync(
      file,
      readme.replace(
        MARKERS,
        (_, open, close) => `${open}\nMeasured by \`npm run bench\` on ${machine}.\n\n${stdout.trim()}\n\n${close}`,
      ),
    )
}
// The formatter pads the tables.
if (!quick)
  spawnSync(
    join(root, 'node_modules', '.bin', 'biome'),
    ['format', '--write', ...chosen.map(({ folder }) => join(folder, 'README.md'))],
    { cwd: root, stdio: 'ignore' },
  )
process.exit(failed > 0 ? 1 : 0)
