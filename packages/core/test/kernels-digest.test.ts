import { golden } from '@opt/testing'
import { digests } from '../scripts/digest.mjs'
import * as core from '../src/index.ts'

/** Written by scripts/same-bits.mjs --write; the same script finds the same bits in Node 20, Node 24 and Chromium. */
const known = golden<Record<string, string>>(import.meta.url, 'legacy-digests.json')

describe('this engine gives the bits of all others', () => {
  test.each([
    ['WebAssembly', false],
    ['plain JavaScript', true],
  ])('%s', (_, plain) => {
    const { wasm, values } = digests(core, { plain })
    expect(wasm).toBe(true)
    expect(values).toEqual(known)
  })
})
