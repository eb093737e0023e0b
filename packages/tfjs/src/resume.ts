import { refuse } from '@opt/core'
import type { OptimizerState, ParameterState } from '@opt/optimizers'
import type { StepOptimizer } from './binding.ts'

/** TensorFlow.js numbers equal names: a model loaded beside its original has `dense/kernel_1`. */
const withoutNumber = (name: string) => name.replace(/_\d+$/, '')

/**
 * Returns saved states under the present names of their variables: the same names or, if none is the same, those that
 * differ only in the number at the end, provided that this is unambiguous.
 */
function renamed(saved: readonly ParameterState[], names: readonly string[]): readonly ParameterState[] {
  if (saved.some(({ name }) => names.includes(name))) return saved
  const now = new Map(names.map((name) => [withoutNumber(name), name]))
  const then = new Set(saved.map(({ name }) => withoutNumber(name)))
  if (now.size < names.length || then.size < saved.length) return saved
  return saved.map((state) => ({ ...state, name: now.get(withoutNumber(state.name)) ?? state.name }))
}

/**
 * Loads the remembered states of its variables into a new optimizer; variables without one start afresh.
 *
 * @param memory the state to continue from; its parameters are those of earlier steps.
 * @param waiting loaded states of variables that have not appeared yet, some of which may join now.
 * @param names of the joining variables.
 * @returns the states that are still waiting.
 */
export function resume(
  optimizer: StepOptimizer,
  memory: OptimizerState,
  waiting: readonly ParameterState[],
  names: readonly string[],
): ParameterState[] {
  const saved = renamed(waiting, names)
  const found = saved.some(({ name }) => names.includes(name))
  if (memory.parameters.length === 0 && saved.length > 0 && !found)
    refuse('TfOptimizer: variables', `those of the loaded state (${saved.map(({ name }) => name)})`, `${names}`)
  const known = new Map([...memory.parameters, ...saved].map((state) => [state.name, state]))
  const parameters = optimizer.state().parameters.map((fresh) => known.get(fresh.name) ?? fresh)
  optimizer.load({ ...memory, parameters })
  return saved.filter(({ name }) => !names.includes(name))
}
