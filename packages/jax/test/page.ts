import { work } from './work.ts'

Object.assign(globalThis, { work })
