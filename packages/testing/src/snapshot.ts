import { isNdArray } from './kinds.ts'
import { isPlain } from './paths.ts'

/**
 * Copies the arguments of a call; the function that it returns tells which paths have changed
 * since, to the bit.
 */
export function snapshot(args: unknown[]): () => string[] {
  const checks: { path: string; same: () => boolean }[] = []
  const seen = new Set<unknown>()
  const visit = (x: unknown, path: string) => {
    if (typeof x !== 'object' || x === null || seen.has(x)) return
    seen.add(x)
    if (ArrayBuffer.isView(x)) {
      const copy = bytesOf(x).slice()
      checks.push({ path, same: () => sameBytes(copy, x) })
    } else if (Array.isArray(x) || isPlain(x) || isNdArray(x)) {
      const before = Object.getOwnPropertyDescriptors(x) as Record<string, PropertyDescriptor>
      const keys = Object.keys(before)
      checks.push({
        path,
        same: () =>
          Object.getOwnPropertyNames(x).length === keys.length &&
          keys.every((key) => Object.is(Object.getOwnPropertyDescriptor(x, key)?.value, before[key].value)),
      })
      for (const key of keys) visit(before[key].value, path === '' ? key : `${path}.${key}`)
    }
  }
  visit(args, '')
  return () => checks.filter(({ same }) => !same()).map(({ path }) => path)
}

function sameBytes(copy: Uint8Array, view: ArrayBufferView): boolean {
  const now = bytesOf(view)
  return now.length === copy.length && copy.every((byte, i) => byte === now[i])
}

/** Empty if the buffer has been transferred. */
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  byteLength === 0 ? new Uint8Array(0) : new Uint8Array(buffer, byteOffset, byteLength)
