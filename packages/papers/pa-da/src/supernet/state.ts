import { options as optionsOf, refuse, show, vector } from '@opt/core'
import type { Layout } from './layout.ts'
import type { Memory } from './memory.ts'

/** A saved network: plain JSON. */
export interface SupernetState {
  /** By name, row-major: `stem.W`, `cell.edge.op.W` ... */
  parameters: Record<string, number[]>
}

export function savedParameters({ slots }: Layout, { parameters }: Memory): SupernetState {
  const entries = slots.map(({ name, offset, rows, columns }) => [
    name,
    Array.from(parameters.subarray(offset, offset + rows * columns)),
  ])
  return { parameters: Object.fromEntries(entries) }
}

/** Sets all parameters; throws, before anything changes, unless all names and sizes are those of the layout. */
export function loadParameters(
  { slots }: Layout,
  { parameters }: Memory,
  state: { parameters: Record<string, ArrayLike<number>> },
): void {
  const given = optionsOf(state, 'state').parameters
  if (typeof given !== 'object' || given === null) refuse('state.parameters', 'an object', show(given), 'type')
  const names = new Set(slots.map(({ name }) => name))
  for (const name of Object.keys(given)) if (!names.has(name)) refuse('state.parameters', 'of this network', show(name))
  const checked = slots.map(({ name, rows, columns }) =>
    vector(given[name], `state.parameters['${name}']`, { length: rows * columns }),
  )
  slots.forEach(({ offset }, k) => {
    parameters.set(checked[k], offset)
  })
}
