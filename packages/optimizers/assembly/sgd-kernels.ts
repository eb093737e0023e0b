export { descend, descend32 } from './descend'
export { sgd, sgd32 } from './sgd'
