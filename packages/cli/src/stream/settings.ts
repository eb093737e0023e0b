/** What a learner is made of, and how its input is read. */
export interface Settings {
  learner: string
  features: number
  radius: number
  scale: number | 'unit'
  /** Of sea-exp-concave. */
  beta: number
  /** Of sea-dynamic. */
  horizon?: number | undefined
  /** The label that counts as +1. Undefined: labels are -1 or 0, and +1. */
  positive?: number | string | undefined
  /** A LIBSVM file's index of the first feature. */
  firstIndex: 0 | 1
  /** A table's column of labels, by name or position from 0. */
  label?: number | string | undefined
  /** Whether a table's first line holds names. */
  header?: boolean | undefined
  delimiter?: string | undefined
  decimal?: '.' | ',' | undefined
}

/** Settings before the features are counted. */
export type UncountedSettings = Omit<Settings, 'features'> & { features?: number | undefined }
