// A step of Stable-SPAM beside pytorch_optimizer's, and AdamW's beside torch's. node bench/index.mjs [--quick]
import { AdamW } from '@opt/optimizers'
import { StableSPAM } from '@opt/stable-spam'
import { benchOptimizers } from '../../../../scripts/lib/optimizer-bench.mjs'

await benchOptimizers([
  {
    label: 'Stable-SPAM',
    ours: (p, options) => new StableSPAM(p, options),
    torch: 'pytorch_optimizer.StableSPAM(p)',
  },
  { label: 'AdamW', ours: (p, options) => new AdamW(p, options), torch: 'torch.optim.AdamW(p, foreach=False)' },
])
