/**
 * Stable-SPAM: Adam that survives gradient spikes.
 *
 * @packageDocumentation
 */

export { StableSPAM, type StableSPAMHyper } from './stable-spam.ts'
