import { cos, type Random, sin } from '@opt/core'
import { ifPresent, digits as loadTable, mnist } from '@opt/datasets'

/** Pictures of digits to colour or turn: bytes, one picture after the other. */
export interface Digits {
  /** Pixels of a picture. */
  pixels: number
  images: Uint8Array
  labels: Int32Array
  testImages: Uint8Array
  testLabels: Int32Array
  source: string
}

/** MNIST: 28 x 28, and every second pixel of it that is inked in 1 % of the training pictures or more. */
export interface Mnist {
  whole: Digits
  small: Digits
}

/** Loads MNIST; null where it is neither installed nor in the folder. */
export async function loadMnist(folder: string | undefined): Promise<Mnist | null> {
  const train = await ifPresent(mnist({ split: 'train', folder }))
  const test = await ifPresent(mnist({ split: 'test', folder }))
  // Small stand-ins are no MNIST.
  if (!train || !test || train.labels.length < 50_000 || test.labels.length < 10_000) return null
  const [images, testImages] = [Uint8Array.from(train.features.data), Uint8Array.from(test.features.data)]
  const common = {
    labels: Int32Array.from(train.labels),
    testLabels: Int32Array.from(test.labels),
    source: `MNIST, ${train.source}`,
  }
  const kept = inkedPixels(images)
  return {
    whole: { ...common, pixels: 784, images: images.slice(0, 6000 * 784), testImages },
    small: { ...common, pixels: kept.length, images: pick(images, kept), testImages: pick(testImages, kept) },
  }
}

/** The pixels of every second row and column that are not 0 in 1 % of the pictures: 125 of 196. */
function inkedPixels(images: Uint8Array): number[] {
  const count = images.length / 784
  const inked = new Int32Array(784)
  for (let at = 0; at < images.length; ) for (let j = 0; j < 784; j++) if (images[at++]) inked[j]++
  const even = Array.from(inked.keys()).filter((j) => j % 2 === 0 && Math.floor(j / 28) % 2 === 0)
  return even.filter((j) => inked[j] >= count / 100)
}

function pick(images: Uint8Array, pixels: readonly number[]): Uint8Array {
  const out = new Uint8Array((images.length / 784) * pixels.length)
  for (let first = 0, at = 0; first < images.length; first += 784)
    for (let j = 0; j < pixels.length; j++) out[at++] = images[first + pixels[j]]
  return out
}

const SIDE = 8

/**
 * Draws pictures from the 1,797 handwritten digits of 8 x 8 pixels, each turned by up to 0.25 rad and moved by up to 0.7
 * pixels: a quarter of the originals for testing, the others for training.
 */
export async function drawDigits(count: number, testCount: number, rng: Random): Promise<Digits> {
  const { features, labels } = await loadTable()
  const order = rng.permutation(labels.length)
  const quarter = Math.floor(labels.length / 4)
  const draw = (from: Int32Array, n: number) => {
    const images = new Uint8Array(n * SIDE * SIDE)
    const drawn = new Int32Array(n)
    for (let i = 0; i < n; i++) {
      const at = from[rng.integer(0, from.length)]
      drawn[i] = labels[at]
      const angle = rng.uniform(-0.25, 0.25)
      vary(
        features.data.subarray(at * SIDE * SIDE),
        [cos(angle), sin(angle)],
        [rng.uniform(-0.7, 0.7), rng.uniform(-0.7, 0.7)],
        images.subarray(i * SIDE * SIDE),
      )
    }
    return { images, labels: drawn }
  }
  const train = draw(order.subarray(quarter), count)
  const test = draw(order.subarray(0, quarter), testCount)
  return {
    pixels: SIDE * SIDE,
    ...train,
    testImages: test.images,
    testLabels: test.labels,
    source: `${count} pictures drawn from the 1,797 digits of UCI, turned and moved`,
  }
}

/** Writes a picture of 0..16 turned and moved, by bilinear interpolation, as bytes. */
function vary(
  image: ArrayLike<number>,
  [c, s]: [number, number],
  [right, down]: [number, number],
  out: Uint8Array,
): void {
  const middle = (SIDE - 1) / 2
  const pixel = (i: number, j: number) => (i < 0 || j < 0 || i >= SIDE || j >= SIDE ? 0 : image[i * SIDE + j])
  for (let row = 0, at = 0; row < SIDE; row++)
    for (let column = 0; column < SIDE; column++) {
      const [dx, dy] = [column - middle, row - middle]
      const [x, y] = [middle + c * dx - s * dy + right, middle + s * dx + c * dy + down]
      const [j, i] = [Math.floor(x), Math.floor(y)]
      const [fx, fy] = [x - j, y - i]
      const upper = (1 - fx) * pixel(i, j) + fx * pixel(i, j + 1)
      const lower = (1 - fx) * pixel(i + 1, j) + fx * pixel(i + 1, j + 1)
      out[at++] = Math.floor(15.9 * ((1 - fy) * upper + fy * lower))
    }
}
