import * as core from '@opt/core'
import { golden, kernelTests } from '@opt/testing'
import * as calls from './kernel-calls.ts'

kernelTests(core, calls, golden(import.meta.url, 'digests.json'))
