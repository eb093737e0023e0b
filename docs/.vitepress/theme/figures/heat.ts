/** Colour stops from 0 to the largest value; 0 has the background colour, light or dark. */
const LIGHT = [
  [255, 255, 255],
  [178, 223, 216],
  [58, 160, 150],
  [12, 88, 100],
  [22, 30, 66],
]
const DARK = [
  [22, 24, 29],
  [16, 66, 74],
  [24, 132, 126],
  [122, 205, 160],
  [250, 246, 196],
]

/** Returns 256 RGB colours, one after the other. */
export function heatColours(dark: boolean): Uint8ClampedArray {
  const stops = dark ? DARK : LIGHT
  const colours = new Uint8ClampedArray(3 * 256)
  for (let v = 0; v < 256; v++) {
    const place = (v / 255) * (stops.length - 1)
    const k = Math.min(stops.length - 2, Math.floor(place))
    for (let c = 0; c < 3; c++) colours[3 * v + c] = stops[k]![c]! + (place - k) * (stops[k + 1]![c]! - stops[k]![c]!)
  }
  return colours
}
