// A worker process of the tests.
import { serveCluster } from '../../dist/node/cluster.js'

const [connection, options] = process.argv.slice(2)
await serveCluster({ connection, workers: 2, lostAfter: 1000, ...JSON.parse(options) })
console.log('ready')
