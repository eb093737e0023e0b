/** How much noise each kind of release has: its deviation / the sensitivity. Infinity where there is no such release. */
export interface Multipliers {
  /** s1, of gradients. */
  gradient: number
  /** s2, of differences. */
  difference: number
  /** s3, of the differences in local steps. */
  local: number
}

/** The local steps of a schedule. */
export interface LocalSchedule {
  /** K, the steps of a round; 1 is plain gradient descent. */
  steps: number
  /** P, the clients, which take turns. */
  clients: number
  /** Default 'all'. */
  sampling?: 'all' | 'fixed' | 'poisson' | undefined
  /** q, the share of a client's records that a step sees; the largest of all clients. Default 1. */
  rate?: number | undefined
  /** u_1, u_2, u_3: the shares of the budget of gradients, differences and local differences. Default [0.6, 0.1, 0.3]. */
  shares?: readonly [number, number, number] | undefined
  /** How many of the first r rounds ask the same client at most. Default ceil(r / P), for clients in turn. */
  turns?: ((rounds: number) => number) | undefined
}

/** Options of {@link privacySchedule}. */
export interface ScheduleOptions {
  /** The budget; with `multipliers` not needed, but kept if given. */
  epsilon?: number | undefined
  delta: number
  /** R */
  rounds: number
  /** T: every T-th round releases a gradient, the others a difference. */
  restart: number
  /** u, the share of mu^2 that gradients have. Default 0.8. */
  share?: number | undefined
  /** 'exact' (default): as little noise as the budget allows. 'paper': that of the authors' code. */
  calibration?: 'exact' | 'paper' | undefined
  /** 'renyi': never by the exact formula of Gaussian noise, as noise on a grid needs. Default 'exact'. */
  accounting?: 'exact' | 'renyi' | undefined
  local?: LocalSchedule | undefined
  /** Noise that is given: the schedule tells what it costs. */
  multipliers?: Partial<Multipliers> | undefined
}

/** How many releases of each kind. */
export type Releases = Partial<Record<keyof Multipliers, number>>

/** Releases of one kind, to add to an Accountant. */
export interface ScheduledEvent {
  kind: keyof Multipliers
  sampling: 'all' | 'fixed' | 'poisson'
  noiseMultiplier: number
  rate: number
  /** How many of them concern a record at most. */
  count: number
}

/** What {@link privacySchedule} returns. */
export interface PrivacySchedule {
  multipliers: Multipliers
  /** The whole run is one Gaussian mechanism of sensitivity / deviation = mu; null where it is not: it samples, or is on a grid. */
  mu: number | null
  /** The epsilon of all rounds, at most that of the budget. */
  epsilon: number
  events: ScheduledEvent[]
  /** Returns the epsilon of the first rounds, at the schedule's delta, and of releases beside those of the rounds. */
  spent(rounds: number, more?: Readonly<Releases>): number
}
