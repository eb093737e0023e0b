import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

// A valid call of every export: see packages/testing. A learning rate may also be a schedule.
fuzz(api, {
  __Class__: {
    args: () => [{ weight: Float64Array.of(1, -2) }, { learningRate: 0.1, momentum: 0.5, weightDecay: 0.1 }],
    // The optimizer's `parameters` are those it is given, of whatever type.
    fixed: ['0.weight'],
    loose: ['1.learningRate'],
    methods: {
      update: { skip: 'protected' },
      step: () => [{ weight: Float64Array.of(0.1, 0.2) }],
      state: () => [],
      load: () => [new api.__Class__({ weight: Float64Array.of(1, -2) }).state()],
    },
  },
})
