import { refuse, show } from '@opt/core'
import { checkVector } from './intake.ts'
import type { Real } from './real.ts'

/** A multiple of 3, so that the pieces' base64 joins. */
const PIECE = 24576

/** Numbers as base64 of their little-endian bytes: JSON that comes back to the bit. */
export function encode(x: Real): string {
  const bytes = new Uint8Array(x.buffer, x.byteOffset, x.byteLength)
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)))
  return text
}

/** What {@link encode} wrote of an array like `like`, in an array of its own. */
export function decode(text: unknown, like: Real, label: string): Real {
  const out = like.slice()
  const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
  let binary: string | undefined
  try {
    binary = typeof text === 'string' ? atob(text) : undefined
  } catch {
    // Not base64: refused below.
  }
  if (binary?.length !== bytes.length)
    refuse(label, `base64 of ${bytes.length} bytes`, binary === undefined ? show(text) : `${binary.length} bytes`)
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
  checkVector(out, like.length, label)
  return out
}
