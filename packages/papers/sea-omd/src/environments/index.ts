import { labelShift } from './label-shift.ts'
import { corrupted, randomOrder } from './mixtures.ts'
import { adversarial, iid, multiscale } from './multiscale.ts'
import { quadratic } from './quadratic.ts'
import { abruptShift, slowShift } from './shifts.ts'

/** Worlds whose noise and speed are known; every draw comes from the generator passed in. */
export const environments: {
  quadratic: typeof quadratic
  multiscale: typeof multiscale
  iid: typeof iid
  adversarial: typeof adversarial
  corrupted: typeof corrupted
  randomOrder: typeof randomOrder
  slowShift: typeof slowShift
  abruptShift: typeof abruptShift
  labelShift: typeof labelShift
} = { quadratic, multiscale, iid, adversarial, corrupted, randomOrder, slowShift, abruptShift, labelShift }
