import type { Executor } from '@opt/executor'
import { workerThreads } from '@opt/executor/node'

/** All cores of this machine. */
export const allCores = (): Executor => workerThreads()
