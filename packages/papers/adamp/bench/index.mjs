// A step of AdamP and SGDP beside pytorch_optimizer's, and AdamW's beside torch's. node bench/index.mjs [--quick]
import { AdamP, SGDP } from '@opt/adamp'
import { AdamW } from '@opt/optimizers'
import { benchOptimizers } from '../../../../scripts/lib/optimizer-bench.mjs'

await benchOptimizers([
  {
    label: 'AdamP, nothing projected',
    ours: (p, options) => new AdamP(p, { delta: 0, ...options }),
    torch: 'pytorch_optimizer.AdamP(p, delta=0)',
  },
  {
    label: 'AdamP, every row projected',
    orthogonal: true,
    ours: (p, options) => new AdamP(p, { learningRate: 0, ...options }),
    torch: 'pytorch_optimizer.AdamP(p, lr=0)',
  },
  {
    label: 'SGDP, every row projected',
    orthogonal: true,
    ours: (p, options) => new SGDP(p, { learningRate: 0, momentum: 0.9, ...options }),
    torch: 'pytorch_optimizer.SGDP(p, lr=0, momentum=0.9)',
  },
  { label: 'AdamW', ours: (p, options) => new AdamW(p, options), torch: 'torch.optim.AdamW(p, foreach=False)' },
])
