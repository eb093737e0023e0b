import { refuse, show } from '@opt/core'
import { place } from '../input/bytes.ts'

/** Reads the file of a name; undefined when there is none. */
export type ReadFile = (name: string) => Promise<Uint8Array | undefined>

/**
 * Makes a reader of files over the network: `mnist({ read: readFrom('https://example.org/data') })`. It treats a file
 * answered with 404 or 410 as absent; any other failure is an error.
 */
export function readFrom(base: string): ReadFile {
  if (typeof base !== 'string') refuse('readFrom: base', 'the address of a folder', show(base), 'type')
  return async (name) => {
    const address = `${base.replace(/\/$/, '')}/${name}`
    const response = await fetch(address)
    if (response.status === 404 || response.status === 410) return undefined
    if (!response.ok)
      throw new Error(`readFrom: ${place(address)} answered ${response.status} ${place(response.statusText)}`)
    return new Uint8Array(await response.arrayBuffer())
  }
}
