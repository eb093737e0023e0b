/** The intervals of a client, in milliseconds. */
export interface Pace {
  /** Between checks whether Redis still has its work. */
  readonly round: number
  /** How long a temporary refusal is tolerated while no answer comes in. */
  readonly patience: number
  /** After this silence a client counts as gone, and its work is dropped. */
  readonly lease: number
}

export const PACE: Pace = { round: 1000, patience: 3000, lease: 60_000 }
