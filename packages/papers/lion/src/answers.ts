import { number, refuse, show } from '@opt/core'
import type { Kernel } from './kernel.ts'
import { checkKernel } from './lion-k.ts'

/** The kernel, whose numbers are checked as it answers: not NaN, which a comparison would pass over, and no infinite violation. */
export function takeKernel(kernel: Kernel, label: string): Kernel {
  checkKernel(kernel, label)
  const answer = (what: 'value' | 'conjugate') => (x: Float64Array) => {
    const given: unknown = kernel[what](x)
    if (typeof given !== 'number' || Number.isNaN(given)) refuse(`${label}.${what}(x)`, 'a number', show(given), 'type')
    return given
  }
  return {
    name: kernel.name,
    value: answer('value'),
    conjugate: answer('conjugate'),
    violation: (x) => number(kernel.violation(x), `${label}.violation(x)`),
    subgradient: (x, out) => kernel.subgradient(x, out),
    conjugateSubgradient: (y, out) => kernel.conjugateSubgradient(y, out),
    ...(kernel.bound && { bound: (size: number) => kernel.bound!(size) }),
    check: (length, name) => kernel.check?.(length, name),
  }
}
