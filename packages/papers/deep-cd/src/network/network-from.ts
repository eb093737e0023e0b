import { calling, oneOf, options } from '@opt/core'
import { type MultiLevelOptions, multiLevelNetwork } from './multi-level.ts'
import type { Network, NetworkState } from './network.ts'
import { type PaperOptions, paperNetwork } from './paper-network.ts'

/**
 * Restores a network from its saved state, to the bit.
 *
 * @throws TypeError or RangeError that names the part of the state that is wrong.
 */
export function networkFrom(state: NetworkState): Network {
  return calling('networkFrom', () => {
    const { kind } = options(state, 'state')
    oneOf(kind, 'state.kind', ['multiLevel', 'paper'])
    const made = options(state.options, 'state.options')
    const network = kind === 'paper' ? paperNetwork(made as PaperOptions) : multiLevelNetwork(made as MultiLevelOptions)
    network.load(state)
    return network
  })
}
