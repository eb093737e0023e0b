// Packs the benchmark of @opt/webgpu into a folder that runs on a Linux machine with nothing but a GPU and its driver: no network, no
// build. The packages must be built here.
// node scripts/jobs/gpu-table.mjs FOLDER [--node]; there: sh FOLDER/run.sh [--minutes 9]
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { root } from '../lib/packages.mjs'

const [given] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
if (!given) {
  console.error('usage: node scripts/jobs/gpu-table.mjs FOLDER [--node]')
  process.exit(1)
}
const folder = resolve(given)
if (existsSync(folder) && !existsSync(join(folder, 'gpu-table.mjs'))) {
  console.error(`gpu-table: ${folder} is there, and was not made by this job`)
  process.exit(1)
}
rmSync(folder, { recursive: true, force: true })
const webgpu = join(root, 'packages', 'webgpu')

await build({
  entryPoints: [join(webgpu, 'bench', 'index.mjs')],
  outfile: join(folder, 'gpu-table.mjs'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: ['webgpu'],
  logLevel: 'warning',
})
copyFileSync(join(webgpu, 'bench', 'run.sh'), join(folder, 'run.sh'))

const [from, to] = [join(webgpu, 'node_modules', 'webgpu'), join(folder, 'node_modules', 'webgpu')]
mkdirSync(to, { recursive: true })
for (const file of ['package.json', 'index.js', 'LICENSE', join('dist', 'linux-x64')])
  if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file), { recursive: true, dereference: true })

// Vulkan's loader is one small file, and often missing beside a driver.
const loader = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/chromium']
  .map((library) => join(library, 'libvulkan.so.1'))
  .find((file) => existsSync(file))
if (loader) {
  mkdirSync(join(folder, 'lib'))
  copyFileSync(loader, join(folder, 'lib', 'libvulkan.so.1'))
} else
  console.error('gpu-table: there is no libvulkan.so.1 here (apt install libvulkan1): the other machine must have it')

if (process.argv.includes('--node')) {
  copyFileSync(process.execPath, join(folder, 'node'))
  chmodSync(join(folder, 'node'), 0o755)
}
console.log(`packed ${folder}`)
