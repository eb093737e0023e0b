import { refuse, show } from '@opt/core'
import ndarray from 'ndarray'
import { type Floats, isNdArray, isRecord, isTensor, type ParameterSet } from './parameters.ts'

/** Refuses a set that does not have the structure of the parameters. */
export function checkStructure(parameters: ParameterSet, set: unknown, count: number, label: string): void {
  const list = Array.isArray(parameters)
  const record = isRecord(parameters)
  if (list && !Array.isArray(set)) refuse(label, `a list of ${count}`, show(set), 'type')
  if (record && !isRecord(set)) refuse(label, 'a record by name', show(set), 'type')
  if (list && (set as unknown[]).length !== count)
    refuse(label, `of length ${count}`, `length ${(set as unknown[]).length}`)
  if (record)
    for (const name in set as object)
      if (!Object.hasOwn(parameters, name)) refuse(`${label}.${name}`, 'that of a parameter', 'one of no parameter')
}

/** Returns the member of a set for parameter i. */
export function memberOf(parameters: ParameterSet, set: unknown, i: number, name: string): unknown {
  if (Array.isArray(parameters)) return (set as unknown[])[i]
  return isRecord(parameters) ? (set as Record<string, unknown>)[name] : set
}

/** Builds a set in the structure of the parameters on other arrays: `pick(i)` for slot i. */
export function viewsOf<P extends ParameterSet>(
  set: P,
  slots: readonly { readonly name: string; readonly shape: readonly number[] }[],
  pick: (i: number) => unknown,
): P {
  const view = (i: number, like: unknown) => {
    const data = pick(i)
    const shape = slots[i].shape.slice()
    if (isTensor(like)) return { data, shape }
    return isNdArray(like) ? ndarray(data as Floats, shape) : data
  }
  if (Array.isArray(set)) return slots.map((_, i) => view(i, set[i])) as unknown as P
  if (!isRecord(set)) return view(0, set) as P
  return Object.fromEntries(slots.map(({ name }, i) => [name, view(i, set[name])])) as unknown as P
}
