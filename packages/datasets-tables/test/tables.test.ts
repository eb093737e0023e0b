import { createHash } from 'node:crypto'
import { type ClassTable, loadTable, type TableName, type TargetTable } from '../src/index.ts'

/** SHA-256 of all numbers of the source's file as little-endian doubles, row by row, the class or target last. */
const DIGESTS: Record<TableName, string> = {
  breastCancer: '54cbf95e148c6eed11e8b2ac1637b5f44a8053293412279de71c47b345e9eb50',
  diabetes: 'a0e711ca654c76854e0391a03da357001308a480b193310ab19e2332aea0989f',
  digits: '30aa855cd90427ff3c4996b3f40109597c57049f8a038cc52db1efeac8ad2e26',
  iris: '6e592aace77bce225cd6af938de731a5798c8c30ee9cc5f1cd6abdea81e3bb25',
  wine: 'b6ff7c6847be41ee158bdf2267e98a97e1d240566564154aba1c0cc61f551fc3',
}

function digestOf(table: ClassTable | TargetTable): string {
  const [rows, columns] = table.shape
  const last = 'labels' in table ? table.labels : table.targets
  const bytes = new DataView(new ArrayBuffer(8 * rows * (columns + 1)))
  let at = 0
  const write = (value: number) => {
    bytes.setFloat64(at, value, true)
    at += 8
  }
  for (let i = 0; i < rows; i++) {
    table.features.subarray(i * columns, (i + 1) * columns).forEach(write)
    write(last[i]!)
  }
  return createHash('sha256').update(bytes).digest('hex')
}

// Rows of the files: the first and the last.
test.each([
  {
    name: 'iris',
    shape: [150, 4],
    ends: [
      [5.1, 3.5, 1.4, 0.2, 0],
      [5.9, 3, 5.1, 1.8, 2],
    ],
    counts: [50, 50, 50],
  },
  {
    name: 'wine',
    shape: [178, 13],
    ends: [
      [14.23, 1.71, 2.43, 15.6, 127, 2.8, 3.06, 0.28, 2.29, 5.64, 1.04, 3.92, 1065, 0],
      [14.13, 4.1, 2.74, 24.5, 96, 2.05, 0.76, 0.56, 1.35, 9.2, 0.61, 1.6, 560, 2],
    ],
    counts: [59, 71, 48],
  },
  { name: 'breastCancer', shape: [569, 30], counts: [212, 357] },
  { name: 'digits', shape: [1797, 64], counts: [178, 182, 177, 183, 181, 182, 181, 179, 174, 180] },
] as const)('$name', async ({ name, shape, counts, ...given }) => {
  const table = await loadTable(name)
  expect(table.shape).toEqual(shape)
  expect(table.features).toHaveLength(shape[0] * shape[1])
  expect(new Set(table.featureNames).size).toBe(shape[1])
  expect(new Set(table.classNames).size).toBe(counts.length)
  expect(counts.map((_, c) => table.labels.filter((label) => label === c).length)).toEqual(counts)
  expect(digestOf(table)).toBe(DIGESTS[name])
  if (!('ends' in given)) return
  const [, columns] = shape
  const row = (i: number) => [...table.features.subarray(i * columns, (i + 1) * columns), table.labels[i]]
  expect([row(0), row(shape[0] - 1)]).toEqual(given.ends)
})

test('diabetes', async () => {
  const { shape, features, targets, featureNames } = await loadTable('diabetes')
  expect(shape).toEqual([442, 10])
  expect(featureNames).toEqual(['age', 'sex', 'bmi', 'bp', 's1', 's2', 's3', 's4', 's5', 's6'])
  expect([...features.subarray(0, 10), targets[0]]).toEqual([59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87, 151])
  expect(targets.reduce((sum, target) => sum + target)).toBe(67243)
  expect(digestOf({ shape, features, targets, featureNames })).toBe(DIGESTS.diabetes)
})

test('every call returns new arrays', async () => {
  const first = await loadTable('iris')
  first.features.fill(0)
  first.labels.fill(7)
  first.featureNames.length = 0
  first.classNames[0] = ''
  first.shape[0] = 0
  expect(digestOf(await loadTable('iris'))).toBe(DIGESTS.iris)
  expect(await loadTable('iris')).toMatchObject({ featureNames: { length: 4 }, classNames: { 0: 'setosa' } })
})

test('an unknown table is refused', async () => {
  const expected = "loadTable: name must be 'breastCancer', 'diabetes', 'digits', 'iris' or 'wine'"
  for (const name of ['titanic', 'Iris', 'toString', '', 7, undefined, ['iris']])
    await expect(loadTable(name as never)).rejects.toThrow(expected)
  await expect(loadTable('titanic' as never)).rejects.toThrow(RangeError)
})
