/** How far a map is. */
export interface Progress {
  /** Number of inputs whose result is in. */
  readonly completed: number
  /** Number of inputs. */
  readonly total: number
}

/** Options of `executor.map`. */
export interface MapOptions {
  /** Called once for each result, as it comes in: `completed` counts 1, 2, ..., total. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Ends the map, also within a task: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** How often an input is tried again after its worker died; a task that throws is not tried again. Default 2. */
  readonly retries?: number | undefined
}
