/**
 * __summary__
 *
 * @packageDocumentation
 */

export { __camel__, type Options, type Solution } from './__name__.ts'
