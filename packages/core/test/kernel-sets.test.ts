import { golden, kernelDigests } from '@opt/testing'
import * as core from '../src/index.ts'
import { calls, others, sets } from './kernel-calls.ts'

/** Written by scripts/checks/same-bits.mjs --write; the same script finds the same bits in Node 20, Node 24 and Chromium. */
const wanted = golden<Record<string, string>>(import.meta.url, 'digests.json')

test.each(['WebAssembly', 'plain JavaScript'])('%s gives the bits of all other engines', (kind) => {
  const plain = kind === 'plain JavaScript'
  const digests = sets.map((set) => kernelDigests(core, set, calls, { plain }))
  expect(Object.assign({}, ...digests, others())).toEqual(wanted)
  expect(sets.every((set) => set.module() !== null)).toBe(true)
})
