export type * from './experiment.ts'
