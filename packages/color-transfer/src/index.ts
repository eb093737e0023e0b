/**
 * Color transfer by optimal transport, on pixels in memory.
 *
 * @packageDocumentation
 */

export type { Pixels, Recolored } from './pixels.ts'
export {
  type ColorTransfer,
  fitColorTransfer,
  type TransferOptions,
  type TransferSummary,
  transferColors,
} from './transfer-colors.ts'
