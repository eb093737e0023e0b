// CPU against GPU, on the adapter that is there: on a software one only to see that it works.
// node bench/index.mjs [--quick] [--peak TFLOPS]
import { webgpu } from '@opt/webgpu'
import { bandwidthRows, gemmRows } from './products.mjs'
import { sinkhornRows, snsRows } from './transport.mjs'
import { updateRows } from './updates.mjs'

const quick = process.argv.includes('--quick')
let gpu
try {
  gpu = await webgpu()
} catch (error) {
  console.log(`No GPU here: ${error.message}`)
  process.exit(0)
}
const software = /swiftshader|llvmpipe|lavapipe/i.test(gpu.name)
/** Beside software, how many times as fast it is says nothing. */
const table = (heads, lines) => {
  const left = heads.map((head) => !(software && head === 'times as fast'))
  const [head, ...rows] = [heads, ...lines].map((line) => line.filter((_, k) => left[k]))
  console.log(`| ${head.join(' | ')} |\n| ${head.map(() => '---').join(' | ')} |`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
  console.log()
}

console.log(
  `Adapter: ${gpu.name}.${software ? ' It is software on the CPU: these figures show that it works, not how fast a GPU is.' : ''}\n`,
)
const sizes = [512, 1024, 2048, 4096, 8192, 16384, 32768].filter((n) => n <= (quick || software ? 1024 : Infinity))
table(['n', 'CPU, ms an iteration', 'GPU, matrix', 'GPU, points', 'times as fast'], await sinkhornRows(gpu, sizes))
table(
  ['n', 'SNS on the CPU, s', 'on the GPU, s', 'times as fast', 'CPU: Sinkhorn + Newton', 'GPU', 'values apart'],
  await snsRows(
    gpu,
    sizes.filter((n) => n <= (software ? 512 : 8192)),
  ),
)

const at = process.argv.indexOf('--peak')
const peak = at < 0 ? undefined : Number(process.argv[at + 1])
const squares = [512, 1024, 2048, 4096, 8192].filter((n) => n <= (quick ? 1024 : Infinity))
table(['n', 'product', 'ms', 'GFLOP/s', 'of the peak'], await gemmRows(gpu, software ? [128, 256] : squares, peak))
table(['n', 'operation', 'ms', 'GB/s'], await bandwidthRows(gpu, software ? [256] : squares))
const long = [1e5, 1e6, 1e7, 1e8].filter((n) => n <= (software ? 1e5 : quick ? 1e6 : Infinity))
table(
  ['n', 'optimizer', 'CPU, steps/s', 'GPU', 'GPU, checked', 'GB/s', 'times as fast'],
  await updateRows(gpu, long, software ? 20 : 100),
)
gpu.close()
