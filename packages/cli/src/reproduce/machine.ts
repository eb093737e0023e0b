import { availableParallelism, cpus } from 'node:os'

/** Where a reproduction ran. */
export interface Machine {
  cpu: string
  cores: number
  node: string
  platform: string
}

export const thisMachine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
})
