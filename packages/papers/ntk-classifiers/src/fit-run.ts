import { callback, calling, giveWay, options as optionsOf, refuse, show, turnIsUp } from '@opt/core'

/** Options of `fitAsync` of DeepNTKClassifier. */
export interface FitOptions {
  /** Aborting it rejects with its reason and leaves the classifier as it was. */
  signal?: AbortSignal | undefined
  /** Called with the share of the work that is done, 0 to 1, after each row, and each block of 64 columns of the factor. */
  onProgress?: ((report: { done: number }) => void) | undefined
}

/** Checks the options of a fit. */
export function checkFitOptions(given: FitOptions | undefined): FitOptions {
  const { signal, onProgress } = optionsOf(given, 'options', ['signal', 'onProgress'])
  if (onProgress !== undefined) callback(onProgress, 'onProgress')
  if (signal !== undefined && typeof signal?.aborted !== 'boolean')
    refuse('signal', 'an AbortSignal', show(signal), 'type')
  return { signal, onProgress }
}

/** Runs to the end. */
export function finished<T>(run: Generator<number, T>): T {
  let next = run.next()
  while (!next.done) next = run.next()
  return next.value
}

/** Runs to the end in slices. */
export async function inSlices<T>(caller: string, run: Generator<number, T>, options: FitOptions): Promise<T> {
  const { signal, onProgress } = options
  for (;;) {
    signal?.throwIfAborted()
    const next = calling(caller, () => run.next())
    if (next.done) return next.value
    onProgress?.({ done: next.value })
    if (turnIsUp()) await giveWay(() => signal?.aborted === true)
  }
}
