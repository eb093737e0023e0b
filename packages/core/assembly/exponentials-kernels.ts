export { vexp } from './exp'
export { colLse, rowLse, softmaxRows } from './softmax'
