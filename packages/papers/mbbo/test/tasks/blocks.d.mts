import type { BlockTaskInput, BlockTaskOutput, TemperatureLogistic } from '../../src/index.ts'

export const problem: TemperatureLogistic
export function step(input: BlockTaskInput): BlockTaskOutput
