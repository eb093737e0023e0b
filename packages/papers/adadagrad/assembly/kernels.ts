export { descend, descend32 } from '../../../optimizers/assembly/descend'
