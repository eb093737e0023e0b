import type { Executor } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'

/** Worker threads, by default as many as this machine has cores. */
export const threads = (workers?: number): Executor => workerThreads({ workers })
