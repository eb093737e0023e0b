import { fitColorTransfer, type Pixels, transferColors } from '../src/index.ts'
import { labOf, landscape, meanLab, paint, sunset } from './pictures.ts'

const small = { samples: 60 }

describe('transferColors', () => {
  const scene = landscape(3)

  test('equal pictures stay as they are, to the byte', () => {
    const { picture, cost, status } = transferColors(scene, landscape(3), small)
    expect(picture).toEqual(scene)
    expect(status).toBe('converged')
    expect(cost).toBeLessThan(1e-3)
  })

  test('strength 0 changes nothing, half strength goes half the way', () => {
    const before = scene.data.slice()
    expect(transferColors(scene, sunset, { ...small, strength: 0 }).picture).toEqual(scene)
    const [from, half, whole] = [
      meanLab(scene),
      meanLab(transferColors(scene, sunset, { ...small, strength: 0.5 }).picture),
      meanLab(transferColors(scene, sunset, small).picture),
    ]
    for (let d = 0; d < 3; d++) expect(half![d]).toBeCloseTo((from![d]! + whole![d]!) / 2, 1)
    expect(scene.data).toEqual(before)
  })

  test("the mean color becomes the target's", () => {
    const { picture } = transferColors(scene, sunset, small)
    const [ours, target] = [meanLab(picture), meanLab(sunset)]
    for (let d = 0; d < 3; d++) expect(Math.abs(ours[d]! - target[d]!)).toBeLessThan(0.02)
  })

  test('one color onto one color', () => {
    const red = paint(5, 4, () => [200, 30, 40])
    const blue = paint(3, 2, () => [20, 60, 180])
    const { picture, colors } = transferColors(red, blue)
    expect(colors).toEqual({ from: 1, to: 1 })
    expect(picture).toEqual(paint(5, 4, () => [20, 60, 180]))
  })

  test('the same seed gives the same bytes', () => {
    const once = transferColors(scene, sunset, { ...small, seed: 5 })
    expect(transferColors(scene, sunset, { ...small, seed: 5 })).toEqual(once)
    expect(transferColors(scene, sunset, { ...small, seed: 6 }).picture).not.toEqual(once.picture)
  })

  test('no speckle: the grain of the sky is not amplified', () => {
    const { picture } = transferColors(scene, sunset, small)
    const grain = (of: Pixels) => {
      let sum = 0
      for (let y = 8; y < 32; y++)
        for (let x = 8; x < 88; x++) sum += Math.abs(labOf(of, y * 96 + x)[0]! - labOf(of, y * 96 + x + 1)[0]!)
      return sum
    }
    expect(grain(picture)).toBeLessThan(1.5 * grain(scene))
  })

  test('a grey ramp stays smooth and in order', () => {
    const ramp = paint(256, 16, (x) => [x, x, x])
    const { picture } = transferColors(ramp, sunset, small)
    const light = Array.from({ length: 256 }, (_, x) => labOf(picture, 8 * 256 + x)[0]!)
    const steps = light.slice(1).map((value, x) => value - light[x]!)
    // Bytes are rounded: a step back of half a byte is no disorder.
    expect(Math.min(...steps)).toBeGreaterThan(-0.003)
    // The darkest bytes are far apart in Oklab to begin with.
    expect(Math.max(...steps.slice(16))).toBeLessThan(0.02)
    expect(light[255]! - light[0]!).toBeGreaterThan(0.3)
  })

  test('opacity is copied, and transparent pixels do not count', () => {
    const data = new Uint8Array(4 * 64).map((_, k) => [200, 30 + (k >> 4), 40, 255][k % 4]!)
    const ghost = new Uint8Array([...data, ...new Uint8Array(4 * 64).map((_, k) => [0, 255, 0, 0][k % 4]!)])
    const clear = { width: 8, height: 8, channels: 4 as const, data }
    const haunted = { width: 8, height: 16, channels: 4 as const, data: ghost }
    const { picture } = transferColors(haunted, sunset, small)
    expect(picture.data.filter((_, k) => k % 4 === 3)).toEqual(ghost.filter((_, k) => k % 4 === 3))
    expect(transferColors(sunset, haunted, small).picture).toEqual(transferColors(sunset, clear, small).picture)
  })

  test('colors are weighted by opacity, in the palette and in the transfer', () => {
    const rgba = (width: number, height: number, pixel: (x: number, y: number) => number[]) => {
      const data = new Uint8Array(4 * width * height)
      for (let k = 0; k < width * height; k++) data.set(pixel(k % width, Math.floor(k / width)), 4 * k)
      return { width, height, channels: 4 as const, data }
    }
    const from = paint(50, 50, (x, y) => [100 + x, 100 + y, 120])
    const onto = (opacity: number) => {
      const to = rgba(50, 50, (_, y) => (y < 5 ? [200, 30, 30, 255] : [30, 30, 200, opacity]))
      return meanLab(transferColors(from, to, small).picture)
    }
    const apart = (p: number[], q: number[]) => Math.hypot(...p.map((value, d) => value - q[d]!))
    const [none, hardly, half, full] = [0, 1, 128, 255].map(onto) as [number[], number[], number[], number[]]
    expect(apart(none, hardly)).toBeLessThan(0.03)
    expect(apart(none, half)).toBeGreaterThan(0.2)
    expect(apart(half, full)).toBeLessThan(apart(none, full))

    // In the picture that is moved, too: beside a veil that is hardly seen, colors move as beside one that is not.
    const veiled = (opacity: number) =>
      rgba(50, 50, (x, y) => (x < 25 ? [100 + x, 100 + y, 120, 255] : [10, 250, 10, opacity]))
    const [clear, veil] = [0, 1].map((opacity) => transferColors(veiled(opacity), sunset, small).picture)
    for (let k = 0; k < 2500; k++) {
      if (k % 50 >= 25) continue
      expect(apart([...labOf(clear!, k)], [...labOf(veil!, k)])).toBeLessThan(0.03)
    }
  })

  test('opaque pictures give the same result as those without opacity', () => {
    const opaque = (picture: Pixels) => {
      const data = new Uint8Array((picture.data.length / 3) * 4).fill(255)
      for (let k = 0; k < picture.data.length; k++) data[Math.floor(k / 3) * 4 + (k % 3)] = picture.data[k]!
      return { ...picture, channels: 4 as const, data }
    }
    const { picture } = transferColors(scene, sunset, small)
    expect(transferColors(opaque(scene), opaque(sunset), small).picture).toEqual(opaque(picture))
  })

  test('the pixels of a canvas: channels by the length of data, bytes of the same class', () => {
    const { picture } = transferColors({ ...scene, channels: undefined } as never, sunset, small)
    expect(picture).toEqual(transferColors(scene, sunset, small).picture)
    const canvas = { width: 2, height: 1, data: Uint8ClampedArray.of(1, 2, 3, 255, 4, 5, 6, 128) }
    const { channels, data } = transferColors(canvas, sunset, small).picture
    expect([channels, data.constructor]).toEqual([4, Uint8ClampedArray])
    expect([data[3], data[7]]).toEqual([255, 128])
  })

  test('a fitted transfer moves other pictures in the same way', () => {
    const { picture, ...summary } = transferColors(scene, sunset, small)
    const { apply, ...fitted } = fitColorTransfer(scene, sunset, small)
    expect(fitted).toEqual(summary)
    expect(apply(scene)).toEqual(picture)
    const part = { width: 96, height: 32, data: scene.data.slice(0, 3 * 96 * 32) }
    const [all, upper] = [
      meanLab({ ...picture, height: 32, data: picture.data.slice(0, 3 * 96 * 32) }),
      meanLab(apply(part)),
    ]
    for (let d = 0; d < 3; d++) expect(upper[d]).toBeCloseTo(all[d]!, 2)
    const clear = { width: 1, height: 1, data: new Uint8Array(4) }
    expect(apply(clear).data).toEqual(clear.data)
    expect(() => apply({ width: 2, height: 1, data: new Uint8Array(7) })).toThrow(
      'ColorTransfer.apply: picture.data must be of length 8, got length 7',
    )
  })

  test.each([
    [{ samples: 1 }, /samples must be an integer between 2 and 4000, got 1/],
    [{ epsilon: 0 }, /epsilon must be a positive number, got 0/],
    [{ epsilon: NaN }, /epsilon must be/],
    [{ strength: 1.5 }, /strength must be .* between 0 and 1, got 1.5/],
  ])('refuses options %j', (options, message) => {
    expect(() => transferColors(scene, sunset, options)).toThrow(message)
  })

  test.each<[Partial<Pixels>, RegExp]>([
    [{ width: 0 }, /from\.width must be/],
    [{ width: 95 }, /from\.data must be of length 18240, got length 18432/],
    [{ channels: 2 as 3 }, /from\.channels must be 3 or 4, got 2/],
    [{ channels: 4, data: new Uint8Array(4 * 96 * 64) }, /from must be a picture with a visible pixel/],
  ])('refuses picture %#', (wrong, message) => {
    expect(() => transferColors({ ...scene, ...wrong }, sunset)).toThrow(message)
  })
})
