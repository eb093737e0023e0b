/**
 * AdamP and SGDP: momentum optimizers that do not inflate scale-invariant weights.
 *
 * @packageDocumentation
 */

export { AdamP, type AdamPHyper } from './adamp.ts'
export { SGDP, type SGDPHyper } from './sgdp.ts'
