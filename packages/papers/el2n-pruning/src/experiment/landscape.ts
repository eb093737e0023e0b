import { meanAndDeviation } from '@opt/core/experiment'
import { task } from '@opt/executor'
import { ascendingOrder } from '../selection/select.ts'
import { HIDDEN } from './digits.ts'
import { EL2N } from './headline.ts'
import type { BarrierJob, barrierJob, VelocityJob, velocityJob } from './jobs.ts'
import type { Repeat } from './repeats.ts'
import type { Study } from './study.ts'

/** Steps after which the children of one parent part. */
const SPAWNS = [0, 15, 62, 248]
/** Epochs after which the velocity of the kernel is measured. */
const EPOCHS = [0, 2, 8]
const GROUPS = ['lowest', 'middle', 'highest']

const tasksOf = <F extends (input: never) => unknown>(name: string) =>
  task<F>(new URL('./jobs.js', import.meta.url), name)

const dataOf = ({ split: { inputs, labels }, finalSeed }: Repeat) => ({
  inputs,
  labels,
  hidden: HIDDEN,
  seed: finalSeed,
})

/** The `size` examples with the lowest, middle and highest scores. */
function groupsOf(repeat: Repeat, size: number): Int32Array[] {
  const order = ascendingOrder(repeat.scores(EL2N))
  const last = order.length - size
  return [0, last >> 1, last].map((start) => order.slice(start, start + size))
}

/**
 * Error barriers between children of one parent, and how fast tangent kernels turn, on easy, middling
 * and hard examples.
 */
export async function landscape(study: Study): Promise<void> {
  const { context, repeats } = study
  const barriers = await study.map(
    tasksOf<typeof barrierJob>('barrierJob'),
    SPAWNS.flatMap((spawn) =>
      repeats.map((repeat): BarrierJob => ({ ...dataOf(repeat), spawn, groups: groupsOf(repeat, 1000) })),
    ),
    'error barriers',
  )
  const velocities = await study.map(
    tasksOf<typeof velocityJob>('velocityJob'),
    repeats.map((repeat): VelocityJob => ({ ...dataOf(repeat), epochs: EPOCHS, groups: groupsOf(repeat, 100) })),
    'kernel velocities',
  )
  context.table({
    title: 'Error barrier between two children of one parent, %, on 1000 examples by EL2N',
    columns: ['spawned at step', ...GROUPS],
    rows: SPAWNS.map((spawn, s) => {
      const own = barriers.slice(s * repeats.length, (s + 1) * repeats.length)
      return [spawn, ...GROUPS.map((_, g) => meanAndDeviation(own.map((groups) => 100 * groups[g])))]
    }),
  })
  context.table({
    title: 'Kernel velocity an epoch, 100 examples by EL2N',
    columns: ['after epoch', ...GROUPS],
    rows: EPOCHS.map((epoch, e) => {
      const own = velocities.map((path) => path[e])
      return [
        epoch,
        ...GROUPS.map((_, g) =>
          meanAndDeviation(
            own.map((groups) => groups[g]),
            3,
          ),
        ),
      ]
    }),
  })
}
