export { adahessian, adahessian32, adamDirection, adamDirection32, diffgrad, diffgrad32 } from './adaptive'
export {
  largest, largest32, largestCosine, largestCosine32, peak, peak32, projectRows, projectRows32, scaleAbove, scaleAbove32, squaredNorm, squaredNorm32,
} from './norms'
export { adagrad, adagrad32, descend, descend32, rmsprop, rmsprop32, sgd, sgd32 } from './descent'
export { adam, adam32, adamw, adamw32, amsgrad, amsgrad32, lion, lion32 } from './optimizers'
export { nonFinite, nonFinite32 } from './vectors'
export { dataStart } from './data-start'
