// Threads load JavaScript, so this tests the built package.
import { runExperiment } from '@opt/core/experiment'
import { openExecutor, progressOf } from '../dist/experiment.js'
import { inProcess, type TaskFunction, task } from '../dist/index.js'

const square = task<TaskFunction<number, number>>(new URL('./tasks/tasks.mjs', import.meta.url), 'square')

test('an experiment maps on its cores and reports the share that is done', async () => {
  const seen: [number, string][] = []
  await runExperiment(
    async (context) => {
      const executor = await openExecutor({}, context.cores)
      try {
        const answers = await executor.map(square, [1, 2, 3, 4], {
          onProgress: progressOf(context, 'squares', 0.5, 0.9),
        })
        context.note(answers.join(' '))
      } finally {
        await executor.close()
      }
    },
    { cores: 2, onProgress: (...progress) => void seen.push(progress) },
  ).then(({ notes }) => expect(notes).toEqual(['1 4 9 16']))
  expect(seen.map(([share, label]) => `${share.toFixed(1)} ${label}`)).toEqual([
    '0.6 squares',
    '0.7 squares',
    '0.8 squares',
    '0.9 squares',
  ])
})

test('elsewhere than in Node the tasks run on this thread, found by their modules', async () => {
  const { process } = globalThis
  const modules = { [square.module]: async () => ({ square: (x: number) => x * x }) }
  // @ts-expect-error a page has no process
  delete globalThis.process
  const executor = await openExecutor(modules).finally(() => {
    globalThis.process = process
  })
  expect(await executor.map(square, [3])).toEqual([9])
})

test('a report that fails, by an abort or by what listens, ends the map with its error at the next one', async () => {
  let reports = 0
  const progress = async () => {
    if (++reports === 2) throw new Error('the listener')
  }
  const executor = inProcess()
  const ended = executor.map(square, [1, 2, 3, 4, 5], { onProgress: progressOf({ progress }, 'squares') })
  await expect(ended).rejects.toThrow('the listener')
  expect(reports).toBeLessThan(5)
})
