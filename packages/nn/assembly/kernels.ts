export {
  backward, backward32, backwardOneRow2, backwardOneRow2s, backwardOneRow3, backwardOneRow3s, backwardOneRow5,
  backwardOneRow5s, backwardRow2, backwardRow2s, backwardRow3, backwardRow3s, backwardRow5, backwardRow5s, forward,
  forward32, forwardRow2, forwardRow2s, forwardRow3, forwardRow3s, forwardRow5, forwardRow5s,
} from './active'
export { bend, bend32, softmax, softmax32, times, times32 } from './elementwise'
export { spmm, spmm32, strip2, strip2s, strip8, strip8s } from './sparse'
