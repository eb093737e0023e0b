import {
  allocateUpdates,
  type Backend,
  type DeviceKernels,
  type DeviceSlots,
  type OptimizerKernels,
  refuse,
  type SlotRequest,
  type UpdateKernels,
} from '@opt/core'
import { type Bounds, boundsOf } from './bounds.ts'
import { type Floats, isFloat32, isNdArray, type Named, type Parameter, shapeOf, sizeOf } from './parameters.ts'

/** One parameter as an update sees it: flat arrays of one type in the optimizer's memory. */
export interface Slot<A extends Floats = Floats> {
  readonly name: string
  /** [length] for a flat parameter. Entries are row-major. */
  readonly shape: readonly number[]
  readonly length: number
  /** The parameter itself: the update changes it in place. */
  readonly parameter: A
  /** This step's gradient; an update may overwrite it. */
  readonly gradient: A
  /** What this step was given beside the gradient, by the names of {@link Rules.inputs}; an update may overwrite it. */
  readonly inputs: Readonly<Record<string, A>>
  /** State of the parameter's length, zero at first, by the names of {@link Rules.arrays}. */
  readonly arrays: Readonly<Record<string, A>>
  /** State in single numbers, zero at first, by the names of {@link Rules.numbers}. */
  readonly numbers: Record<string, number>
  /** Steps this parameter has taken, the present one included: the papers' t, from 1. */
  readonly steps: number
  /** The core's fused updates for A. */
  readonly kernels: UpdateKernels<A>
  /** On a device, what it has in place of updates that need a number within a step; else null. */
  readonly device: DeviceKernels<A> | null
  /** On a device, the numbers that {@link Rules.onDevice} says it keeps, in that order; null when there are none, and in memory. */
  readonly kept: A | null
}

/** A slot as the optimizer holds it. */
export interface HeldSlot extends Slot {
  steps: number
  /** What messages call its gradient. */
  readonly label: string
  /** The caller's array, or null when the parameter lives here. */
  readonly source: Parameter | null
  /** Has a gradient this step. */
  active: boolean
  readonly bounds: Bounds
}

const kernels32 = (kernels: OptimizerKernels): UpdateKernels<Float32Array> => ({
  lion: kernels.lion32,
  adamw: kernels.adamw32,
  adam: kernels.adam32,
  amsgrad: kernels.amsgrad32,
  descend: kernels.descend32,
  sgd: kernels.sgd32,
  rmsprop: kernels.rmsprop32,
  adagrad: kernels.adagrad32,
  adamDirection: kernels.adamDirection32,
  largestCosine: kernels.largestCosine32,
  projectRows: kernels.projectRows32,
  diffgrad: kernels.diffgrad32,
  adahessian: kernels.adahessian32,
  largest: kernels.largest32,
  peak: kernels.peak32,
  squaredNorm: kernels.squaredNorm32,
  scaleAbove: kernels.scaleAbove32,
  nonFinite: kernels.nonFinite32,
})

/** A slot without its arrays. */
const bareSlot = ({ name, label, value }: Named, numbers: readonly string[], single: boolean) => ({
  name,
  label: label.replace('parameters', 'gradients'),
  shape: shapeOf(value),
  length: sizeOf(value),
  numbers: Object.fromEntries(numbers.map((key) => [key, 0])),
  steps: 0,
  active: false,
  bounds: boundsOf(sizeOf(value), single),
})

/** Gives each parameter its arrays, all in one memory. */
export function allocateSlots(
  parameters: Named[],
  arrays: readonly string[][],
  numbers: readonly string[][],
  inputs: readonly string[],
  resident: boolean,
): HeldSlot[] {
  const { slots, kernels } = allocateUpdates((views) => ({
    slots: parameters.map(({ value }, i) => {
      const take = isFloat32(isNdArray(value) ? value.data : value)
        ? (n: number) => views.f32(n)
        : (n: number) => views.f64(n)
      const length = sizeOf(value)
      return {
        parameter: take(length),
        gradient: take(length),
        inputs: Object.fromEntries(inputs.map((name) => [name, take(length)])),
        arrays: Object.fromEntries(arrays[i].map((name) => [name, take(length)])),
      }
    }),
  }))
  const single = kernels32(kernels)
  return parameters.map((one, i) => {
    const short = isFloat32(slots[i].parameter)
    return {
      ...slots[i],
      ...bareSlot(one, numbers[i], short),
      kernels: (short ? single : kernels) as UpdateKernels<Floats>,
      source: resident ? null : one.value,
      device: null,
      kept: null,
    }
  })
}

/** Slots whose arrays are on a device, which gives them those. */
export function slotsOnDevice(
  backend: Backend,
  parameters: Named[],
  numbers: readonly string[][],
  request: Omit<SlotRequest, 'values'>,
): { slots: HeldSlot[]; device: DeviceSlots } {
  const held = parameters.map((one, i) => ({ ...bareSlot(one, numbers[i], true), source: null }))
  const slots = held as unknown as HeldSlot[]
  return { slots, device: backend.hold(slots, { ...request, values: parameters.map(({ value }) => value) }) }
}

/** The first entry that is not finite is refused by name. */
export function checkFinite(values: Floats, kernels: UpdateKernels<Floats>, label: (i: number) => string): void {
  const bad = kernels.nonFinite(values.length, values)
  if (bad >= 0) refuse(label(bad), 'a finite number', String(values[bad]))
}
