// A client with a short lease that is killed in the middle of its map.
import { task } from '../../dist/index.js'
import { clusterExecutor } from '../../dist/node/cluster/cluster-executor.js'
import { PACE } from '../../dist/node/cluster/pace.js'

const [connection, lease] = process.argv.slice(2)
const executor = clusterExecutor({ connection }, { ...PACE, round: 100, lease: Number(lease) })
const tasks = new URL('./tasks.mjs', import.meta.url)
const onProgress = ({ completed }) => completed === 2 && process.kill(process.pid, 'SIGKILL')
await executor.map(task(tasks, 'large'), new Array(200).fill(10), { onProgress })
