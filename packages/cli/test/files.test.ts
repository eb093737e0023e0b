import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkWritable, WholeFile, writeOrRescue, writeWhole } from '../src/files/whole-file.ts'

let folder: string
const at = (name: string) => join(folder, name)
const read = (name: string) => readFileSync(at(name), 'utf8')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opt-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Root can write every file. */
const ifNotRoot = process.getuid?.() === 0 ? test.skip : test

test('a file is either completely new or unchanged', () => {
  writeFileSync(at('report'), 'old')
  const file = new WholeFile(at('report'))
  file.write('half')
  expect(read('report')).toBe('old')
  file.discard()
  expect(read('report')).toBe('old')
  expect(readdirSync(folder)).toEqual(['report'])

  writeWhole(at('report'), 'new')
  writeWhole(at('bytes'), Uint8Array.of(1, 2, 3))
  expect(read('report')).toBe('new')
  expect([...readFileSync(at('bytes'))]).toEqual([1, 2, 3])
  expect(readdirSync(folder).sort()).toEqual(['bytes', 'report'])
})

test('an unpublished draft is removed when the process ends', () => {
  new WholeFile(at('report')).write('half')
  expect(readdirSync(folder)).toHaveLength(1)
  for (const listener of process.listeners('exit').slice(-1)) listener(0)
  expect(readdirSync(folder)).toEqual([])
})

test('mode and symbolic links are preserved', () => {
  writeFileSync(at('real'), 'old')
  chmodSync(at('real'), 0o640)
  symlinkSync('real', at('link'))
  symlinkSync('not-yet', at('dangling'))
  writeWhole(at('link'), 'new')
  writeWhole(at('dangling'), 'first')
  expect([read('real'), read('not-yet')]).toEqual(['new', 'first'])
  expect(statSync(at('real')).mode & 0o777).toBe(0o640)
  for (const name of ['link', 'dangling']) expect(lstatSync(at(name)).isSymbolicLink()).toBe(true)
})

test('files that cannot be written are detected before anything is written', () => {
  mkdirSync(at('folder'))
  symlinkSync('circle', at('circle'))
  writeFileSync(at('file'), '')
  expect(() => checkWritable(at('new'), '--out')).not.toThrow()
  expect(existsSync(at('new'))).toBe(false)
  expect(() => checkWritable(at('folder'), '--out')).toThrow(/^--out: cannot write .*folder: it is a folder$/)
  expect(() => checkWritable(at('none/file'), '--out')).toThrow(/^--out: there is no folder .*none$/)
  expect(() => checkWritable(at('file/report'), '--out')).toThrow(
    /^--out: cannot write .*: a part of its path is not a folder$/,
  )
  expect(() => checkWritable(at('circle'), '--out')).toThrow(/form a circle/)
  expect(() => checkWritable(at('x'.repeat(300)), '--out')).toThrow(/the name is too long/)
  expect(() => checkWritable(at('\u001b[2J/x'), '--out')).toThrow(/there is no folder .*\\u001b\[2J$/)
  expect(readdirSync(folder).sort()).toEqual(['circle', 'file', 'folder'])
})

ifNotRoot('permissions are respected', () => {
  writeFileSync(at('locked'), 'old')
  chmodSync(at('locked'), 0o444)
  expect(() => checkWritable(at('locked'), '--out')).toThrow(/cannot write .*locked: permission denied/)
})

const full = existsSync('/dev/full') ? test : test.skip

full('a device is written directly, and its refusal is a sentence', () => {
  expect(() => writeWhole('/dev/full', 'text')).toThrow(/^cannot write \/dev\/full: no space left on the disk$/)
  writeWhole('/dev/null', 'text')
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
})

full('what cannot go where it should goes where it can, and the error says where', () => {
  let message = ''
  try {
    writeOrRescue('/dev/full', 'dear')
  } catch (error) {
    message = (error as Error).message
  }
  const [, rescued] = message.match(/no space left on the disk\nIt is in (.*) instead\.$/)!
  expect(readFileSync(rescued!, 'utf8')).toBe('dear')
  rmSync(join(rescued!, '..'), { recursive: true })
})
