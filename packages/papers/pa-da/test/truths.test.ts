import { inProcess } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'
import { rankPaths, searchSpace, trainAlone } from '../src/index.ts'
import { trainTruths, truthTask } from '../src/truths.ts'
import { noise } from './shared.ts'

const data = noise(4, 60, 2, 2)
const settings = { classes: 2, channels: 4, epochs: 3, batchSize: 30, seeds: [1, 2] }
const paths = [
  [3, 2, 0],
  [0, 2, 0],
  [3, 3, 3],
  [4, 1, 2],
  [0, 0, 0],
  [3, 1, 3],
  [2, 2, 2],
]
const here = () => inProcess({ modules: { [truthTask.module]: () => import('../src/truths/train-truth.ts') } })
// Built: worker threads know no TypeScript.
const dist = truthTask.module.replace('/src/', '/dist/')
const threads = (workers: number) => workerThreads({ workers, modules: { [truthTask.module]: dist } })

test('the same bits on this thread and on one, two and three workers', async () => {
  const found = []
  for (const executor of [here(), threads(1), threads(2), threads(3)]) {
    found.push(await trainTruths(executor, data, data, { ...settings, paths }))
    await executor.close()
  }
  for (const one of found.slice(1)) expect(one).toEqual(found[0])
})

test('a truth is the accuracy of a model trained alone; paths of one function share the work', async () => {
  const executor = here()
  const progress: number[] = []
  const onProgress = ({ completed }: { completed: number }) => void progress.push(completed)
  const { accuracies, means, paths: back } = await trainTruths(executor, data, data, { ...settings, paths, onProgress })
  expect(back).toEqual(paths)
  expect(progress).toEqual([1, 2])
  expect(accuracies[0]).toEqual(accuracies[1])
  expect(means[0]).toBe((accuracies[0][0] + accuracies[0][1]) / 2)
  const { seeds, ...training } = settings
  const { network } = trainAlone([3, 3, 3], data, { inputs: 2, ...training, seed: seeds[1] })
  expect(accuracies[2][1]).toBe(rankPaths(network, data).accuracies[0])
  const one = await trainTruths(executor, data, data, { ...settings, space: searchSpace({ edges: [[0, 1]] }) })
  expect(one.paths).toEqual([[0], [1], [2], [3], [4]])
  await executor.close()
})

test('work can be aborted, and wrong arguments are named', async () => {
  const controller = new AbortController()
  controller.abort(new Error('enough'))
  const run = (options: object) => trainTruths(here(), data, data, { ...settings, paths, ...options })
  await expect(run({ signal: controller.signal })).rejects.toThrow('enough')
  await expect(run({ epoch: 3 })).rejects.toThrow('did you mean epochs?')
  await expect(run({ seeds: [] })).rejects.toThrow('trainTruths: seeds must be a nonempty array of seeds')
  await expect(run({ paths: [[9, 0, 0]] })).rejects.toThrow(
    'trainTruths: paths[0][0] must be an integer between 0 and 4',
  )
  await expect(trainTruths({} as never, data, data, settings)).rejects.toThrow('executor.map must be a function')
  await expect(trainTruths(here(), data, noise(1, 5, 3, 2), settings)).rejects.toThrow(
    'test.inputs must be of 2 columns',
  )
})
