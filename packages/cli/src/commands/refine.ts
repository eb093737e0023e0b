import type { CAC } from 'cac'
import { typedOptions } from '../options.ts'
import { requestOf } from '../refine/request.ts'
import { runRefine } from '../refine/run.ts'
import type { Session } from '../session.ts'

export function addRefine(cli: CAC, { terminal }: Session): void {
  cli
    .command(
      'refine [file]',
      'Make a learning rate schedule from the gradient norms of a run: a table, or standard input',
    )
    .option('-o, --out <file>', 'Where to write the schedule: .csv, .json or /dev/stdout')
    .option('--report <file>', 'Draw norms and schedule in a report: an HTML file')
    .option('--column <column>', "The table's column of norms: its name, or its position from 0; inferred if not given")
    .option('--smoothing <s>', 'Width of the median filter as a fraction of the run (default: 0.1)')
    .option('--power <p>', '2 for SGD with l2 norms, 1 for Adam with l1 norms (default: 2)')
    .option('--floor <f>', 'Raise smoothed norms below this fraction of their median (default: 0)')
    .option('--peak <rate>', 'The largest learning rate (default: 1)')
    .option('--header <bool>', 'Whether the first line holds names: true or false; inferred if not given')
    .option('--delimiter <c>', "The table's delimiter; inferred if not given")
    .option('--decimal <mark>', "The table's decimal mark, . or , (default: .)")
    .example('opt refine norms.csv -o schedule.csv --peak 0.3')
    .example('opt refine log.csv --column grad_norm --report schedule.html')
    .example("grep -o 'norm=[0-9.e-]*' train.log | cut -d= -f2 | opt refine -o schedule.json")
    .action((file: string | undefined) => runRefine(requestOf(file, typedOptions(cli)), terminal))
}
