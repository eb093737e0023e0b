import { availableParallelism, cpus } from 'node:os'

/** The machine of a reproduction. */
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
