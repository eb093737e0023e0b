import type { Experiment } from '@opt/core'
import { ablations } from './experiment-ablations.ts'
import { Crew, executorOf, mean, type Scoring, scoreAll, trainAll } from './experiment-arms.ts'
import { loadDigits } from './experiment-data.ts'
import { headlineArms, makeRepeats, noisyArms } from './experiment-repeats.ts'
import { draw, judge, percent, tabulate } from './experiment-report.ts'
import { detection } from './noise.ts'

const HIDDEN = 128
const NETWORKS = 5

/** EL2N, GraNd and random pruning of 8000 MNIST digits, and pruning under label noise. */
export const experiment: Experiment = async (context) => {
  const digits = await loadDigits(context.dataFolder)
  context.note(
    `Digits: ${digits.source}, the first 10,000 of the training set, averaged to 14 x 14; 8000 to train, 2000 to test, split anew in each repeat.`,
  )
  const repeats = makeRepeats(digits, context)
  const executor = await executorOf()
  try {
    const crew = new Crew(context, executor, repeats.length * (context.scale === 'full' ? 170 : 27))
    const scorings = repeats.flatMap(({ split, seeds, noisy }): Scoring[] => {
      const five = seeds.slice(0, NETWORKS)
      return [
        { split, seeds: five, job: { epochs: 2 } },
        { split, seeds: five, job: { epochs: 0, score: 'grand' } },
        { split, seeds: five, job: { epochs: 2 }, labels: noisy },
      ]
    })
    const scores = await scoreAll(crew, scorings, HIDDEN, 'scoring networks')
    const arms = repeats.flatMap((repeat, r) => [
      ...headlineArms(repeat, scores[3 * r](), scores[3 * r + 1]()),
      ...noisyArms(repeat, scores[3 * r + 2]()),
    ])
    const { accuracies, answers } = await trainAll(crew, arms, HIDDEN, 'training on subsets')
    const found = repeats.map(({ noisy, split }, r) =>
      detection(
        scores[3 * r + 2](),
        noisy.map((label, i) => (label === split.labels[i] ? 0 : 1)),
      ),
    )
    judge(context, accuracies, found)
    tabulate(context, accuracies)
    draw(context, accuracies, digits, repeats[0].split, scores[0]())
    const fitted = answers.map((answer) => answer.fitted).filter((path) => path.length > 0)
    context.note(
      `Wrong labels that the network trained on all noisy data has fitted: ${[0, 7, fitted[0].length - 1].map((epoch) => `${percent(mean(fitted.map((path) => path[epoch])))} after epoch ${epoch + 1}`).join(', ')}.`,
    )
    context.note(
      'What does not carry over from the paper: any gain over training on all the data; GraNd at initialisation; keeping only the hardest 10% or less.',
    )
    context.note(
      'The test sets of the repeats overlap, so the deviations understate the uncertainty a little. One small network on MNIST, no ResNet on CIFAR.',
    )
    if (context.scale === 'quick')
      context.note('One repeat: differences to training on all data are within chance and are not judged.')
    if (context.scale === 'full')
      await ablations(
        context,
        crew,
        repeats,
        (r) => scores[3 * r](),
        (r) => scores[3 * r + 2](),
        accuracies,
        HIDDEN,
      )
  } finally {
    await executor.close()
  }
}
