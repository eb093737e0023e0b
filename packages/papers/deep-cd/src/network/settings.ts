import { number, oneOf } from '@opt/core'

/** Checks the options that every network takes. */
export function checkSettings(settings: { channels: unknown; dimension: unknown; precision: unknown }): void {
  number(settings.channels, 'channels', { integer: true, min: 1, max: 256 })
  oneOf(String(settings.dimension), 'dimension', ['2', '3'])
  oneOf(settings.precision, 'precision', ['float32', 'float64'])
}
