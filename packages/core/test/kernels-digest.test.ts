import { readFileSync } from 'node:fs'
import { digests } from '../scripts/digest.mjs'
import * as core from '../src/index.ts'

/** Written by scripts/same-bits.mjs --write; the same script finds the same bits in Node 20, Node 24 and Chromium. */
const golden = JSON.parse(readFileSync(new URL('./golden/digests.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>

describe('this engine gives the bits of all others', () => {
  test.each([
    ['WebAssembly', false],
    ['plain JavaScript', true],
  ])('%s', (_, plain) => {
    const { wasm, values } = digests(core, { plain })
    expect(wasm).toBe(true)
    expect(values).toEqual(golden)
  })
})
