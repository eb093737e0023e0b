import type { CAC } from 'cac'
import { typedOptions } from '../options.ts'
import type { Session } from '../session.ts'
import { LEARNERS } from '../stream/learners.ts'
import { requestOf } from '../stream/request.ts'
import { runStream } from '../stream/run.ts'

export function addStream(cli: CAC, { terminal }: Session): void {
  cli
    .command('stream [file]', 'Learn two classes from a LIBSVM or CSV file, or standard input, line by line')
    .option('--learner <name>', `One of ${LEARNERS.join(', ')} (default: sea-convex)`)
    .option('--features <n>', 'Number of features; needed for what can be read only once')
    .option('--positive <label>', 'Label of the positive class; all others are negative (default: +1, against -1 or 0)')
    .option(
      '--label <column>',
      "A table's column of labels: its name, or its position from 0; the last column if not given",
    )
    .option('--header <bool>', "Whether a table's first line holds names: true or false; inferred if not given")
    .option('--delimiter <c>', "A table's delimiter; inferred if not given")
    .option('--decimal <mark>', "A table's decimal mark, . or , (default: .)")
    .option('--first-index <i>', 'Index of the first feature of a LIBSVM file, 0 or 1 (default: 1)')
    .option('--radius <r>', 'Longest weight vector (default: 20)')
    .option('--scale <s>', "What every example is multiplied by, or 'unit' for length 1 (default: unit)")
    .option('--beta <b>', 'Curvature that sea-exp-concave assumes (default: 1)')
    .option('--horizon <n>', 'Rounds that sea-dynamic plans for')
    .option('--state <file>', 'Where to save what was learned, at the end and when interrupted')
    .option('--resume <state>', 'Go on in the same input where a state was saved; lines already learned are skipped')
    .option('--from <state>', 'Begin a new input with the learner of a saved state')
    .option('--test', 'With --from: judge every example, learn nothing')
    .option(
      '--predictions <file>',
      'Write the probability of the positive class, a line an example, before learning it',
    )
    .example('opt stream a9a --learner sea-exp-concave --state a9a.json')
    .example('opt stream a9a.t --from a9a.json --test --predictions a9a.t.txt')
    .example('opt stream mail.csv.gz --label kind --positive spam')
    .example('zcat big.libsvm.gz | opt stream --features 100000')
    .action((file: string | undefined) => runStream(requestOf(file, typedOptions(cli)), terminal))
}
