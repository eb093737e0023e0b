// CPU against GPU, on the adapter that is there: on a software one only to see that it works. Each row is printed as soon as it is
// there, the parts in order of worth, and each part has a share of the minutes.
// node bench/index.mjs [--minutes 9] [--peak TFLOPS] [--quick]
import { cpus } from 'node:os'
import { webgpu } from '@opt/webgpu'
import { float32Peak } from './ceiling.mjs'
import { lineRows } from './lines.mjs'
import { missing } from './missing.mjs'
import { gemmRows, shapeRows } from './products.mjs'
import { now, percent, three, timetable } from './timing.mjs'
import { sinkhornRows, snsRows } from './transport.mjs'
import { updateRows } from './updates.mjs'

const option = (name, otherwise) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}
const minutes = option('--minutes', 9)
const end = now() + 60 * minutes

let gpu
try {
  gpu = await webgpu()
} catch (error) {
  console.log(`No GPU here: ${error.message}`)
  for (const line of await missing()) console.log(`- ${line}`)
  process.exit(0)
}
console.error(`${cpus()[0].model.trim()}, Node ${process.versions.node}, ${minutes} minutes`)
// A device that hangs answers no more.
setTimeout(
  () => {
    console.log('\nThe time is up.')
    process.exit(0)
  },
  1000 * (end - now()) + 20_000,
).unref()

const software = /swiftshader|llvmpipe|lavapipe/i.test(gpu.name)
const quick = process.argv.includes('--quick')
/** Seconds that one measurement takes at least. */
const least = quick ? 0.01 : 0.2
const sizes = (onCard, onSoftware, little) => (quick ? little : software ? onSoftware : onCard)

const SHARES = { products: 50, shapes: 60, sinkhorn: 190, sns: 130, lines: 40, updates: 70 }
const begin = timetable(end, Object.values(SHARES))

/** Prints a table row by row. What fails says so in its row, and the next one has a new device. */
async function table(part, heads, rows) {
  const left = begin(SHARES[part])
  // Beside software, how many times as fast it is says nothing.
  const shown = heads.flatMap((head, k) => (software && head === 'times as fast' ? [] : [k]))
  const show = (cells) => console.log(`| ${shown.map((k) => cells[k] ?? '').join(' | ')} |`)
  show(heads)
  show(heads.map(() => '---'))
  for (const { cells, run } of rows) {
    console.error(`${part}: ${cells.join(', ')}`)
    try {
      show([...cells, ...((await run(gpu, left)) ?? ['no time'])])
    } catch ({ message }) {
      show([...cells, `failed: ${message.replaceAll(/\s*[|\n]\s*/g, ' ').slice(0, 200)}`])
      gpu.close()
      gpu = await webgpu()
    }
  }
  console.log()
}

/** Prints whether a target is met by each figure: the label of a size, and the figure. */
function verdict(what, figures, target, show) {
  if (software) return
  if (figures.length === 0) console.log(`- ${what}: not measured (${show(target)})`)
  for (const [n, figure] of figures)
    console.log(`- ${what}, n = ${n}: ${show(figure)} (${show(target)}): ${figure >= target ? 'met' : 'not met'}`)
  console.log()
}

const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits
const buffer = Math.min(maxBufferSize, maxStorageBufferBindingSize)
console.log(
  `Adapter: ${gpu.name}.${software ? ' It is software on the CPU: these figures show that it works, not how fast a GPU is.' : ''} A buffer holds ${(buffer / 1e9).toPrecision(2)} GB; ${gpu.device.features.has('subgroups') ? 'with' : 'without'} subgroups.\n`,
)

const given = option('--peak')
const peak = given ? 1e12 * given : await float32Peak(gpu, quick || software ? 4 : 4096, least)
console.log(
  `Float32 peak: ${three(peak / 1e12)} TFLOP/s, ${given ? 'as given' : 'measured in chains of fused multiply-adds'}.\n`,
)

const rates = new Map()
await table(
  'products',
  ['n', 'product', 'ms', 'GFLOP/s', 'of the peak'],
  gemmRows(sizes([1024, 2048, 4096, 8192], [128, 256], [64]), peak, least, rates),
)
const shares = [...rates].filter(([n]) => n === 4096).map(([n, rate]) => [n, rate / peak])
verdict('share of the float32 peak of the slowest product', shares, 0.3, percent)

await table(
  'shapes',
  ['n', 'tile', 'of a thread', 'deep', 'ms', 'GFLOP/s', ''],
  shapeRows(sizes([1024, 2048, 4096], [256], [64]), least / 2),
)

const ratios = new Map()
await table(
  'sinkhorn',
  ['n', 'CPU, ms an iteration', 'GPU, matrix', 'GPU, points', 'memory', 'times as fast'],
  sinkhornRows(sizes([1024, 2048, 4096, 8192, 16384, 32768], [512, 1024], [16]), 5 * least, ratios),
)
verdict(
  'Sinkhorn, times as fast as the CPU path',
  [...ratios].filter(([n]) => n >= 4096),
  10,
  three,
)

await table(
  'sns',
  ['n', 'SNS on the CPU, s', 'on the GPU, s', 'times as fast', 'CPU: Sinkhorn + Newton', 'GPU', 'values apart'],
  snsRows(sizes([1024, 2048, 4096, 8192, 16384, 32768], [256], [8]), quick ? 0.1 : 0.005),
)
await table('lines', ['n', 'operation', 'ms', 'GB/s'], lineRows(sizes([1024, 4096, 8192], [256], [64]), least))
await table(
  'updates',
  ['n', 'optimizer', 'CPU, steps/s', 'GPU', 'GPU, checked', 'GB/s', 'times as fast'],
  updateRows(sizes([1e5, 1e6, 1e7, 1e8], [1e5], [1000]), least),
)
gpu.close()
