/**
 * Differentially private training by gradient differences.
 *
 * @packageDocumentation
 */

export { Accountant, type AccountantOptions, type PrivacyEvent } from './accountant/accountant.ts'
export { type Converted, deltaFromRdp, epsilonFromRdp } from './accountant/conversion.ts'
export { gaussianDelta, gaussianEpsilon, gaussianMu } from './accountant/gaussian.ts'
export { rdpFixedSize, rdpGaussian, rdpPoisson } from './accountant/renyi.ts'
export type { Batch, Client, RemoteClient } from './clients/client.ts'
export {
  type ClientReply,
  type ClientRequest,
  type ClientTaskOptions,
  clientTask,
  type LocalRequest,
} from './clients/client-task.ts'
export type { Adjacency } from './clients/local-steps.ts'
export { type NetworkClientOptions, networkClient } from './clients/network-client.ts'
export { type RowsOptions, rowsClient } from './clients/rows-client.ts'
export { type Diff2Report, type Diff2Solution, diff2 } from './diff2.ts'
export { dpGradientDescent } from './dp-gradient-descent.ts'
export { type FeedbackOptions, feedbackNumber, type RestartOptions, suggestRestart } from './feedback.ts'
export { discreteGaussian } from './noise/discrete-gaussian.ts'
export { type Noise, type SecureNoiseOptions, secureNoise, seededNoise } from './noise/noise.ts'
export type { Diff2Options, DPGradientDescentOptions, LocalOptions, NoiseAt, Workers } from './options.ts'
export { privacySchedule } from './schedule.ts'
export type {
  LocalSchedule,
  Multipliers,
  PrivacySchedule,
  Releases,
  ScheduledEvent,
  ScheduleOptions,
} from './schedule-options.ts'
export { type SensitivityOptions, sensitivity, type Weighting } from './sensitivity.ts'
export type { Diff2State } from './state.ts'
export type { Privacy } from './statement.ts'
export { diff2Theory, type Rates, type TheoryOptions } from './theory.ts'
