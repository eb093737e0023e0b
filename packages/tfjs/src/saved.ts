import { decodeFloats, type FloatsConstructor, refuse, show } from '@opt/core'
import type { ParameterState } from '@opt/optimizers'
import type { TfOptimizerState } from './tf-optimizer.ts'

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown, most = Number.MAX_SAFE_INTEGER): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most

/** Refuses a state that `state()` cannot have returned, as far as that is clear without the variables. */
export function checkSaved(state: unknown): asserts state is TfOptimizerState {
  const label = 'TfOptimizer.load: state'
  const allowed = 'what state() returned'
  if (!isRecord(state) || !isCount(state.iterations)) refuse(label, allowed, show(state), 'type')
  const { optimizer, iterations } = state
  if (optimizer === null && iterations > 0) refuse(`${label}.iterations`, '0 before the first step', show(iterations))
  if (optimizer === null) return
  if (!isRecord(optimizer) || typeof optimizer.optimizer !== 'string' || !Array.isArray(optimizer.parameters))
    refuse(`${label}.optimizer`, allowed, show(optimizer), 'type')
  const { steps, parameters } = optimizer as { steps?: unknown; parameters: unknown[] }
  if (steps !== iterations) refuse(`${label}.optimizer.steps`, `${iterations}, the iterations`, show(steps))
  const names = new Set<string>()
  for (let k = 0; k < parameters.length; k++)
    names.add(checkParameter(parameters[k], iterations, `${label}.optimizer.parameters[${k}]`))
  if (names.size < parameters.length)
    refuse(`${label}.optimizer.parameters`, 'of different names', `${parameters.length} of ${names.size} names`)
}

/** Returns the name. */
function checkParameter(saved: unknown, iterations: number, label: string): string {
  if (!isRecord(saved) || typeof saved.name !== 'string') refuse(label, 'a record with a name', show(saved), 'type')
  const { dtype, shape, steps } = saved as unknown as ParameterState
  if (dtype !== 'float32') refuse(`${label}.dtype`, 'float32', show(dtype))
  if (!Array.isArray(shape) || !Array.from(shape).every((length) => isCount(length)))
    refuse(`${label}.shape`, 'a list of lengths', Array.isArray(shape) ? `[${shape.map(show)}]` : show(shape), 'type')
  if (!isCount(steps, iterations)) refuse(`${label}.steps`, `a nonnegative integer, at most ${iterations}`, show(steps))
  const length = shape.reduce((product, one) => product * one, 1)
  checkNumbers(saved.arrays, length, Float32Array, `${label}.arrays`)
  checkNumbers(saved.numbers, 1, Float64Array, `${label}.numbers`)
  return saved.name
}

/** Refuses anything but a record of finite numbers in base64. */
function checkNumbers<A extends Float32Array | Float64Array>(
  texts: unknown,
  length: number,
  Kind: FloatsConstructor<A>,
  label: string,
): void {
  if (!isRecord(texts)) refuse(label, 'a record', show(texts), 'type')
  for (const [name, text] of Object.entries(texts)) {
    const bad = decodeFloats(text, Kind, length, `${label}.${name}`).find((value) => !Number.isFinite(value))
    if (bad !== undefined) refuse(`${label}.${name}`, 'finite numbers', String(bad))
  }
}
