import { refuse } from '@opt/core'
import type { OptimizerState, ParameterState } from '@opt/optimizers'
import type { StepOptimizer } from './binding.ts'

/** TensorFlow.js keeps equal names apart by a number at the end: a model loaded beside its twin has `dense/kernel_1`. */
const plain = (name: string) => name.replace(/_\d+$/, '')

/**
 * Saved states under the names that their variables have now: the same ones or, when none is the same, those that differ by the
 * number at the end, provided that no two are then alike.
 */
function renamed(saved: readonly ParameterState[], names: readonly string[]): readonly ParameterState[] {
  if (saved.some(({ name }) => names.includes(name))) return saved
  const now = new Map(names.map((name) => [plain(name), name]))
  const then = new Set(saved.map(({ name }) => plain(name)))
  if (now.size < names.length || then.size < saved.length) return saved
  return saved.map((state) => ({ ...state, name: now.get(plain(state.name)) ?? state.name }))
}

/**
 * Loads into a new optimizer what is remembered of its variables; those of which nothing is start afresh.
 *
 * @param memory the state to go on from; its parameters are those that stepped before.
 * @param waiting saved states of others, some of which may join now.
 * @param names of the variables that join.
 * @returns what is still waiting.
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
