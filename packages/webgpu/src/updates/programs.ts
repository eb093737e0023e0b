import type { Program } from '@opt/core'

export const fill: Program = {
  name: 'fill',
  writes: ['x'],
  numbers: ['value'],
  each: 'n',
  stop: true,
  body: 'x[i] = p.value;',
}

export const copy: Program = {
  name: 'copy',
  reads: ['source'],
  writes: ['to'],
  each: 'n',
  stop: true,
  body: 'to[i] = source[i];',
}

/** Finds numbers that are not finite or too large, by their bits: arithmetic on a GPU may assume there are none. */
export const inspect: Program = {
  name: 'inspect',
  reads: ['x: u32'],
  writes: ['guard: atomic<u32>'],
  numbers: ['which: u32', 'step: u32', 'limit: u32'],
  each: 'n',
  body: `
  if ((x[i] & 0x7fffffffu) < p.limit) { return; }
  let held = atomicLoad(&guard[0]);
  if (held != 0u && held != p.step) { return; }
  atomicStore(&guard[0], p.step);
  atomicMax(&guard[1u + p.which], 0xffffffffu - i);`,
}
