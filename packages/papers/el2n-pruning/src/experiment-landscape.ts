import type { ExperimentContext } from '@opt/core'
import { task } from '@opt/executor'
import { type Crew, spread } from './experiment-arms.ts'
import type { BarrierJob, barrierJob, VelocityJob, velocityJob } from './experiment-jobs.ts'
import type { Repeat } from './experiment-repeats.ts'
import { ascendingOrder } from './select.ts'

const SPAWNS = [0, 15, 62, 248]
const MOMENTS = [0, 2, 8]

const tasksOf = <F extends (input: never) => unknown>(name: string) =>
  task<F>(new URL('./experiment-jobs.js', import.meta.url), name)

/** Error barriers between children of one parent, and how fast kernels turn, on easy, middling and hard examples. */
export async function landscape(
  context: ExperimentContext,
  crew: Crew,
  repeats: Repeat[],
  clean: (r: number) => Float64Array,
  hidden: number,
): Promise<void> {
  const names = ['lowest', 'middle', 'highest']
  const groupsOf = (r: number, size: number) => {
    const order = ascendingOrder(clean(r))
    return [0, (order.length - size) >> 1, order.length - size].map((start) => order.slice(start, start + size))
  }
  const dataOf = ({ split, finalSeed }: Repeat) => ({
    inputs: split.inputs,
    labels: split.labels,
    hidden,
    seed: finalSeed,
  })
  const barriers = await crew.map(
    tasksOf<typeof barrierJob>('barrierJob'),
    SPAWNS.flatMap((spawn) =>
      repeats.map((repeat, r): BarrierJob => ({ ...dataOf(repeat), spawn, groups: groupsOf(r, 1000) })),
    ),
    'error barriers',
  )
  const velocities = await crew.map(
    tasksOf<typeof velocityJob>('velocityJob'),
    repeats.map((repeat, r): VelocityJob => ({ ...dataOf(repeat), epochs: MOMENTS, groups: groupsOf(r, 100) })),
    'kernel velocities',
  )
  context.table({
    title: 'Error barrier between two children of one parent, %, on 1000 examples by EL2N',
    columns: ['spawned at step', ...names],
    rows: SPAWNS.map((spawn, s) => [
      spawn,
      ...names.map((_, g) => spread(repeats.map((__, r) => 100 * barriers[s * repeats.length + r][g]))),
    ]),
  })
  context.table({
    title: 'Kernel velocity an epoch, 100 examples by EL2N',
    columns: ['after epoch', ...names],
    rows: MOMENTS.map((epoch, e) => [
      epoch,
      ...names.map((_, g) =>
        spread(
          velocities.map((path) => path[e][g]),
          3,
        ),
      ),
    ]),
  })
}
