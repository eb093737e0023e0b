import { upright } from '../orientation.ts'
import type { Picture } from '../picture.ts'
import { coloursOf, writeRow } from './colour.ts'
import type { Component } from './frame.ts'
import { inverseDct } from './idct.ts'
import { decodeScan } from './scan.ts'
import { readSegments } from './segments.ts'
import { rowReader } from './upsample.ts'

/**
 * Decodes a JPEG of 8 bits (baseline, extended or progressive) to the pixels of libjpeg, in integers and so
 * the same in every engine.
 *
 * Source: ITU-T T.81 (1992).
 */
export function decodeJpeg(bytes: Uint8Array, maxPixels: number): Picture {
  const { frame, orientation, ...hints } = readSegments(bytes, maxPixels, (parts, scan, quantisers) =>
    decodeScan(bytes, parts, scan, quantisers),
  )
  const { width, height, components } = frame
  for (const component of components) transform(component)
  const rows = components.map((component) => rowReader(frame, component))
  const colours = coloursOf(
    components.map(({ id }) => id),
    hints,
  )
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++)
    writeRow(
      colours,
      rows.map((row) => row(y)),
      width,
      data,
      3 * width * y,
    )
  return upright({ width, height, channels: 3, data }, orientation)
}

/** Transforms the coefficients of a progressive JPEG to samples. */
function transform(component: Component): void {
  const { coefficients, stride, lines } = component
  if (!coefficients) return
  const samples = new Uint8Array(coefficients.length)
  for (let row = 0, at = 0; row < lines; row++)
    for (let column = 0; column < stride; column++, at += 64)
      inverseDct(coefficients, at, component.quantiser!, samples, 64 * stride * row + 8 * column, 8 * stride)
  component.samples = samples
  component.coefficients = undefined
}
