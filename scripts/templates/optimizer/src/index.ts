/**
 * __summary__
 *
 * @packageDocumentation
 */

export { __Class__, type __Class__Hyper } from './__name__.ts'
