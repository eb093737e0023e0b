import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { a9a, gunzip, oneHot, openData, parseCsv, parseFile, parseLibsvm, readFrom, wine } from '../src/index.ts'
import { bytes } from './helpers.ts'

describe('limits', () => {
  test('cells of a table', () => {
    expect(parseCsv('a,b\n1,2', { maxCells: 4 }).names).toEqual(['a', 'b'])
    for (const text of ['a,b\n1,2\n3,4', 'a,b\n1,2\n3,4,5,6', '"a",b\n1,2\n3,"4"'])
      expect(() => parseCsv(text, { maxCells: 5 })).toThrow(
        'parseCsv: line 3, cells: expected at most 5 (option maxCells), found more',
      )
    expect(() => parseCsv('1 '.repeat(1e6), { maxCells: 999_999 })).toThrow('at most 15624 cells in a row')
  })

  test('entries and columns of a LIBSVM file', () => {
    expect(parseLibsvm('1 1:1 3:2', { maxCells: 3 }).columns).toBe(3)
    expect(() => parseLibsvm('1 1:1\n1 1:1 2:1', { maxCells: 2 })).toThrow(
      'parseLibsvm: line 2, entries: expected at most 2 (option maxCells), found more',
    )
    expect(() => parseLibsvm('1 2147483647:1')).toThrow(
      'parseLibsvm: line 1, columns: expected at most 100000000 (option maxCells), found 2147483647',
    )
    expect(parseLibsvm('1 2147483647:1', { features: 2147483647 }).columns).toBe(2147483647)
    expect(parseLibsvm('1 2147483647:1', { maxCells: 2147483647 }).columns).toBe(2147483647)
  })

  test('one-hot labels', () => {
    expect(() => oneHot([0, 1e9])).toThrow(
      'oneHot: labels: expected at most 100000000 (option maxCells), found 2 rows of 1000000001',
    )
    expect(() => oneHot([0, 1], 1e9)).toThrow('option maxCells')
    expect(() => oneHot([0, 4], undefined, { maxCells: 9 })).toThrow('found 2 rows of 5')
    expect(oneHot([0, 4], undefined, { maxCells: 10 }).shape).toEqual([2, 5])
  })

  test('packed bytes, by default in proportion', async () => {
    const bomb = gzipSync(new Uint8Array(40_000_000))
    expect(() => gunzip(bomb)).toThrow('gunzip: decompressed bytes: expected at most 33554432 (option maxBytes)')
    expect(gunzip(bomb, { maxBytes: 4e7 }).length).toBe(4e7)
    await expect(parseFile(gzipSync('1,2'), { maxBytes: 2 })).rejects.toThrow('at most 2 (option maxBytes)')
  })

  test('are passed on by the loaders', async () => {
    const read = async (name: string) => (name.endsWith('.gz') ? gzipSync('1,2') : undefined)
    await expect(wine({ read, maxBytes: 2 })).rejects.toThrow('option maxBytes')
    await expect(wine({ read: async () => bytes('1,2,a,b\n1,2,0'), maxCells: 5 })).rejects.toThrow('option maxCells')
    await expect(wine({ read, maxBytes: 0 })).rejects.toThrow('wine: maxBytes must be an integer of at least 1, got 0')
  })
})

describe('messages hold no control characters', () => {
  const sequence = '\u001b[2J'
  const shown = '\\u001b[2J'
  const CONTROL = /\p{Cc}/u

  const refusal = async (work: () => unknown): Promise<Error & { code?: string }> => {
    try {
      await work()
    } catch (error) {
      return error as Error
    }
    throw new Error('not refused')
  }

  test('of files', async () => {
    for (const text of [`x\n1\n${sequence}`, `a,b\n1,"2"${sequence}`, `${sequence.repeat(100)}"`, `"${sequence}"x`]) {
      const { message } = await refusal(() => parseCsv(text))
      expect(message).not.toMatch(CONTROL)
      expect(message.length).toBeLessThan(300)
    }
    expect((await refusal(() => parseLibsvm(`1 1:1 ${sequence}`))).message).toContain(shown)
    expect((await refusal(() => parseCsv(`"${sequence}\n",y\n1,x\n2,3`, { header: true }))).message).not.toMatch(
      CONTROL,
    )
  })

  test('of names and places', async () => {
    const home = await mkdtemp(join(tmpdir(), 'opt-messages-'))
    try {
      const folder = join(home, `a${sequence}`)
      await mkdir(join(folder, `b${sequence}`), { recursive: true })
      const data = openData(folder)
      const errors = [
        await refusal(() => data.open(`c${sequence}`)),
        await refusal(() => data.open(`b${sequence}`)),
        await refusal(() => data.bytes(`d${sequence}${'x'.repeat(1000)}`)),
        await refusal(() => openData(join(folder, 'e')).list()),
        await refusal(() => a9a({ folder })),
      ]
      for (const { message, cause } of errors) {
        expect(message).toContain(shown)
        expect(message).not.toMatch(CONTROL)
        expect(message.length).toBeLessThan(700)
        expect(cause).toBeUndefined()
      }
      expect(errors[1]!.code).toBe('EISDIR')
    } finally {
      await rm(home, { recursive: true })
    }
  })

  test('of addresses and servers', async () => {
    const original = globalThis.fetch
    globalThis.fetch = (async () => ({ status: 500, ok: false, statusText: sequence + 'x'.repeat(1e4) })) as never
    try {
      const { message } = await refusal(() => readFrom(`https://example.org/${sequence}`)('a'))
      expect(message).toContain(`readFrom: https://example.org/${shown}/a answered 500 ${shown}`)
      expect(message).not.toMatch(CONTROL)
      expect(message.length).toBeLessThan(500)
    } finally {
      globalThis.fetch = original
    }
  })

  test('of options', async () => {
    const long = sequence.repeat(1000)
    for (const work of [
      () => parseCsv('1,2', { [long]: 1 } as never),
      () => parseCsv('1,2', { text: [long] }),
      () => parseCsv('1,2', { delimiter: long }),
      () => oneHot([1], 2, { [long]: 1 } as never),
      () => wine({ [long]: 1 } as never),
    ]) {
      const { message } = await refusal(work)
      expect(message).not.toMatch(CONTROL)
    }
  })
})
