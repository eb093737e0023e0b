import { readdirSync, readFileSync } from 'node:fs'
import { deflateSync, gzipSync } from 'node:zlib'
import { type Random, random } from '@opt/core'
import { golden } from '@opt/testing'
import { decodeImage, gunzip, parseCsv, parseFile, parseIdx, parseLibsvm, parseMat5 } from '../src/index.ts'
import { crc32 } from '../src/input/checksums.ts'
import { bytes, fromBase64 } from './helpers.ts'

const folder = (name: string) =>
  readdirSync(new URL(name, import.meta.url))
    .filter((file) => !file.endsWith('.json'))
    .map((file) => [file, new Uint8Array(readFileSync(new URL(`${name}/${file}`, import.meta.url)))] as const)

const limits = { maxBytes: 200_000, maxPixels: 40_000, maxCells: 10_000, maxArrays: 1000 }
const part = <K extends keyof typeof limits>(...names: K[]) =>
  Object.fromEntries(names.map((name) => [name, limits[name]])) as Pick<typeof limits, K>

type Reader = (file: Uint8Array) => unknown
const csv: Reader = (file) => parseCsv(file, part('maxCells'))
const libsvm: Reader = (file) => parseLibsvm(file, part('maxCells'))
const mat: Reader = (file) => parseMat5(file, part('maxBytes', 'maxArrays'))
const picture: Reader = (file) => decodeImage(file, part('maxPixels'))

/** A compressed variable whose damage is inside it. */
const packedMat = (plain: Uint8Array) => {
  const packed = deflateSync(plain.subarray(128))
  const tag = Buffer.alloc(8)
  tag.writeUInt32LE(15, 0)
  tag.writeUInt32LE(packed.length, 4)
  return Uint8Array.from([...plain.subarray(0, 128), ...tag, ...packed])
}

/** A PNG whose chunks have their checksums. */
function checked(file: Uint8Array): Uint8Array {
  const out = Buffer.from(file)
  for (let at = 8; at + 12 <= out.length; ) {
    const end = at + 8 + out.readUInt32BE(at)
    if (end + 4 > out.length) break
    out.writeUInt32BE(crc32(out.subarray(at + 4, end)), end)
    at = end + 4
  }
  return new Uint8Array(out)
}

const plain = fromBase64(golden(import.meta.url, 'mat5.json').plain)
const FILES: [string, Uint8Array, Reader][] = [
  ...folder('tables').map(([name, file]): [string, Uint8Array, Reader] => [
    name,
    file,
    name.endsWith('svm') ? libsvm : csv,
  ]),
  [
    'quotes.csv',
    bytes('name;x\r\n"a ""b"" c; d";1,5\r\n"\n";2\r\n'),
    (file) => parseCsv(file, { decimal: ',', ...part('maxCells') }),
  ],
  ['utf-16.csv', Uint8Array.from([0xff, 0xfe, ...[...'a,b\n1,2\n'].flatMap((c) => [c.charCodeAt(0), 0])]), csv],
  ['rank-2.idx', Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]), parseIdx as Reader],
  ['float.idx', Uint8Array.from([0, 0, 13, 1, 0, 0, 0, 2, 63, 128, 0, 0, 64, 0, 0, 0]), parseIdx as Reader],
  ...folder('mat-files').map(([name, file]): [string, Uint8Array, Reader] => [name, file, mat]),
  ['plain.mat', plain, mat],
  ['packed.mat', plain, (file) => mat(packedMat(file))],
  ...folder('pictures').map(([name, file]): [string, Uint8Array, Reader] => [name, file, picture]),
  ...folder('pictures')
    .filter(([name]) => name.endsWith('png'))
    .map(([name, file]): [string, Uint8Array, Reader] => [
      `${name} with checksums`,
      file,
      (bad) => picture(checked(bad)),
    ]),
  ['text.gz', new Uint8Array(gzipSync('1,2\n'.repeat(20))), (file) => gunzip(file, part('maxBytes'))],
  [
    'members.gz',
    Uint8Array.from([...gzipSync('1,2\n'), ...gzipSync('3,4\n')]),
    (file) => gunzip(file, part('maxBytes')),
  ],
]

const WORDS = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x3b, 0x65]

/** A file with one to three damages. */
function damaged(file: Uint8Array, rng: Random): Uint8Array {
  let out = [...file]
  for (let k = rng.integer(1, 4); k > 0 && out.length > 0; k--) {
    const at = rng.integer(0, out.length)
    const run = rng.integer(1, Math.min(out.length - at, 16) + 1)
    const kind = rng.integer(0, 8)
    if (kind === 0) out[at]! ^= 1 << rng.integer(0, 8)
    else if (kind === 1) out[at] = WORDS[rng.integer(0, WORDS.length)]!
    else if (kind === 2) out = out.slice(0, at)
    else if (kind === 3) out.splice(at, run)
    else if (kind === 4) out.splice(at, 0, ...Array.from({ length: run }, () => rng.integer(0, 256)))
    else if (kind === 5) out.splice(at, 0, ...out.slice(at, at + run))
    else if (kind === 6) out.splice(at, 4, 0xff, 0xff, 0xff, rng.integer(0, 256))
    else out.splice(at, 4, rng.integer(0, 128), rng.integer(0, 2) * 255, 0, 0)
  }
  return Uint8Array.from(out)
}

/** What a reader answered, or the name of our error. */
async function outcome(read: () => unknown): Promise<unknown> {
  try {
    return await read()
  } catch (error) {
    const { name, message } = error as Error
    const ours = /^(?:parse(?:File|Csv|Libsvm|Idx|Mat5)|gunzip|decodeImage)\b.*: .*(?:expected|damaged)/s
    if (name !== 'RangeError' || !ours.test(message) || /\p{Cc}/u.test(message) || message.length > 500) throw error
    return undefined
  }
}

const CALLS = Number(process.env.FUZZ_CALLS ?? 200)
const SEED = Number(process.env.FUZZ_SEED ?? 1)

test.each(FILES)('%s, damaged, is read or refused by name', async (name, file, read) => {
  const rng = random(SEED)
  for (let call = 0; call < CALLS; call++) {
    const bad = damaged(file, rng)
    try {
      await outcome(() => read(bad))
      await outcome(() => parseFile(bad, limits))
    } catch (cause) {
      throw new Error(`call ${call} on ${name} (seed ${SEED}): ${Buffer.from(bad).toString('base64')}`, { cause })
    }
  }
})
