import type { Experiment } from '@opt/core'
import { openExecutor } from '@opt/executor/experiment'
import { ablations } from './experiment/ablations.ts'
import { loadDigits } from './experiment/digits.ts'
import { EL2N, GRAND_AT_START, HEADLINE, NOISY_EL2N } from './experiment/headline.ts'
import { landscape } from './experiment/landscape.ts'
import { makeRepeats } from './experiment/repeats.ts'
import { describeFitting, draw, judge, tabulate } from './experiment/report.ts'
import { modules, Study } from './experiment/study.ts'

/** EL2N, GraNd and random pruning of 8000 MNIST digits, and pruning under label noise. */
export const experiment: Experiment = async (context) => {
  const digits = await loadDigits(context.dataFolder)
  context.note(
    `Digits: ${digits.source}, the first 10,000 of the training set, averaged to 14 x 14; 8000 to train, 2000 to test, split anew in each repeat.`,
  )
  const repeats = makeRepeats(digits, context)
  const executor = await openExecutor(modules, context.cores)
  try {
    const study = new Study(context, repeats, executor, repeats.length * (context.scale === 'full' ? 170 : 27))
    await study.score([EL2N, GRAND_AT_START, NOISY_EL2N], 'scoring networks')
    await study.train(HEADLINE, 'training on subsets')
    judge(study)
    tabulate(study)
    draw(study, digits)
    describeFitting(study)
    context.note(
      'What does not carry over from the paper: any gain over training on all the data; GraNd at initialisation; keeping only the hardest 10% or less.',
    )
    context.note(
      'The test sets of the repeats overlap, so the deviations understate the uncertainty a little. One small network on MNIST, no ResNet on CIFAR.',
    )
    if (context.scale === 'quick')
      context.note('One repeat: differences to training on all data are within chance and are not judged.')
    if (context.scale !== 'full') return
    await ablations(study)
    await landscape(study)
  } finally {
    await executor.close()
  }
}
