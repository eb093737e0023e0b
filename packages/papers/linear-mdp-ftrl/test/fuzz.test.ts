import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

// A valid call of every export: see packages/testing.
fuzz(api, {
  linearMdpFtrl: () => [(x: Float64Array) => x, [1, -2], { learningRate: 0.1, maxIterations: 20 }],
})
