import { refuse, show } from '@opt/core'

/** Checks a mask and copies it: 1 where it is true or positive, 0 elsewhere. */
export function maskOf(mask: ArrayLike<number | boolean>, n: number, label = 'mask'): Uint8Array {
  if (typeof mask !== 'object' || mask === null || mask.length !== n)
    refuse(label, `of length ${n}`, show(mask?.length ?? mask))
  const active = new Uint8Array(n)
  for (let i = 0; i < n; i++) {
    const one = mask[i]
    if (typeof one !== 'boolean' && !(typeof one === 'number' && one >= 0 && one < Infinity))
      refuse(`${label}[${i}]`, '0 or 1, or true or false', show(one), typeof one === 'number' ? 'range' : 'type')
    active[i] = one ? 1 : 0
  }
  return active
}
