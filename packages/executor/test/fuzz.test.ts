import { fuzz } from '@opt/testing'
import * as experimentApi from '../dist/experiment.js'
import * as clusterApi from '../dist/node/cluster.js'
import * as threadsApi from '../dist/node/threads.js'
import * as api from '../src/index.ts'

const url = new URL('./tasks/tasks.mjs', import.meta.url)
const map = {
  args: () => [
    api.task('tasks', 'echo'),
    ['a', { x: 1 }],
    { onProgress: () => {}, signal: new AbortController().signal, retries: 1 },
  ],
  // Here a task may be a bare function, and an input anything that can be cloned.
  loose: ['0', '1', '1.0', '1.1', '1.1.x'],
  nonFinite: 'the inputs come back',
}
const close = () => []

fuzz(api, {
  task: () => [url.href, 'square'],
  TaskError: { skip: 'made by map alone; users catch it' },
  inProcess: {
    args: () => [{ modules: { tasks: url.href }, concurrency: 2 }],
    loose: ['0.modules.tasks'],
    methods: { map, close },
  },
  mapSeeds: {
    skip: 'a task that is not there fails in map, which the error names; in-process.test.ts tries all arguments',
  },
  webWorkers: { args: () => [{ workers: 2, worker: () => ({}) }], methods: { close } },
})

fuzz(experimentApi, {
  openExecutor: { args: () => [{ tasks: url.href }, 2], loose: ['0.tasks'], budgets: ['1'], methods: { close } },
  progressOf: { skip: 'an experiment gives its context' },
})

fuzz(threadsApi, {
  workerThreads: {
    args: () => [{ workers: 1, modules: { tasks: url.href } }],
    budgets: ['0.workers'],
    methods: { close },
  },
  threadRunner: { skip: 'not exported from the package; workerThreads calls it' },
})

fuzz(clusterApi, {
  // Where the connection leads is seen at the first map.
  cluster: {
    args: () => [{ connection: 'redis://127.0.0.1:1', queue: 'opt', inFlight: 8 }],
    loose: ['0.connection'],
    methods: { close },
  },
  serveCluster: { skip: 'a valid call connects to Redis; connection.test.ts and threads.test.ts try its arguments' },
})
