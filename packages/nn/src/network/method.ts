import { calling } from '@opt/core'

/** Runs a method: errors name it, until a function that called it with arguments of its own names itself. */
export const method = <T>(name: string, work: () => T): T => calling(`DenseNetwork.${name}`, work, true)
