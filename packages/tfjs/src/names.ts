import type { ParameterState } from '@opt/optimizers'

/** TensorFlow.js keeps equal names apart by a number at the end: a model loaded beside its twin has `dense/kernel_1`. */
const plain = (name: string) => name.replace(/_\d+$/, '')

/**
 * Saved states under the names that their variables have now: the same ones or, when none is the same, those that differ by the
 * number at the end, provided that no two are then alike.
 */
export function renamed(saved: readonly ParameterState[], names: readonly string[]): readonly ParameterState[] {
  if (saved.some(({ name }) => names.includes(name))) return saved
  const now = new Map(names.map((name) => [plain(name), name]))
  const then = new Set(saved.map(({ name }) => plain(name)))
  if (now.size < names.length || then.size < saved.length) return saved
  return saved.map((state) => ({ ...state, name: now.get(plain(state.name)) ?? state.name }))
}
