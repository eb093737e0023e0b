// A step of __Class__ beside that of its peer. node bench/index.mjs [--quick]
import { __Class__ } from '@opt/__name__'
import { SGD } from '@opt/optimizers'
import { benchOptimizers } from '../../../../scripts/lib/optimizer-bench.mjs'

await benchOptimizers([
  {
    label: '__Class__',
    ours: (p, options) => new __Class__(p, options),
    torch: 'torch.optim.SGD(p, lr=1e-3, momentum=0.9, foreach=False)',
  },
  {
    label: 'SGD with momentum',
    ours: (p, options) => new SGD(p, { momentum: 0.9, ...options }),
    torch: 'torch.optim.SGD(p, lr=1e-3, momentum=0.9, foreach=False)',
  },
])
