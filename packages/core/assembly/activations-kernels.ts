export {
  softplusAndSlope, timesSigmoid, timesSigmoid32, timesSigmoidSlope, timesSigmoidSlope32, vsigmoid, vsigmoid32, vsoftplus,
  vsoftplus32, vtanh, vtanh32,
} from './activations'
