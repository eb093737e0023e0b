export { augment, reduceRow } from './assignment'
