import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'

const picture = (channels: 3 | 4) => ({
  width: 3,
  height: 2,
  channels,
  data: Uint8Array.from({ length: 6 * channels }, (_, k) => (k % 4 === 3 ? 255 : (37 * k) % 251)),
})

const call = {
  args: () => [picture(3), picture(4), { samples: 4, epsilon: 0.01, strength: 0.5, seed: 3 }],
  says: ['sinkhornNewton: epsilon'],
  budgets: ['0.width', '0.height', '1.width', '1.height', '2.samples'],
}

fuzz(api, {
  transferColors: call,
  fitColorTransfer: {
    ...call,
    methods: { apply: { args: () => [picture(4)], open: ['0'], says: ['ColorTransfer.apply'] } },
  },
})
