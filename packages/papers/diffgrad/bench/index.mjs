// A step of diffGrad beside pytorch_optimizer's, and Adam's beside torch's. node bench/index.mjs [--quick]
import { DiffGrad } from '@opt/diffgrad'
import { Adam } from '@opt/optimizers'
import { benchOptimizers } from '../../../../scripts/lib/optimizer-bench.mjs'

await benchOptimizers([
  { label: 'diffGrad', ours: (p, options) => new DiffGrad(p, options), torch: 'pytorch_optimizer.DiffGrad(p)' },
  { label: 'Adam', ours: (p, options) => new Adam(p, options), torch: 'torch.optim.Adam(p, foreach=False)' },
])
