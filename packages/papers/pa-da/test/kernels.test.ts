import * as core from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import * as calls from './kernel-calls.ts'

// `node scripts/checks/same-bits.mjs --write pa-da` in the root writes the digests from Node 20 and checks other engines.
kernelTests(core, calls, golden(import.meta.url, 'digests.json'))
