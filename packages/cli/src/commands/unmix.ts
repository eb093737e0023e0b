import type { CAC } from 'cac'
import { typedOptions } from '../options.ts'
import type { Session } from '../session.ts'
import { requestOf } from '../unmix/request.ts'
import { runUnmix } from '../unmix/run.ts'

export function addUnmix(cli: CAC, { terminal }: Session): void {
  cli
    .command('unmix <image> [report]', 'Find the materials of a hyperspectral image, a MATLAB file; writes a report')
    .option('--endmembers <k>', 'Number of materials')
    .option('-o, --out <file>', 'Where to write the maps of the materials: a PNG file')
    .option('--variable <name>', 'The image in the file; inferred if not given')
    .option('--rows <n>', 'Height of an image that is stored as a matrix; inferred if not given')
    .option('--columns <n>', 'Its width')
    .option('--loss <loss>', 'l21, robust to broken bands, or frobenius (default: l21)')
    .option('--sparsity <s>', 'How pure pixels are to be; 0 is not at all (default: 64)')
    .option('--sum-to-one <r>', 'How strictly parts sum to one (default: 1000)')
    .option('--iterations <n>', 'Most iterations, those before an interruption included (default: 200)')
    .option('--clip', 'Take negative values as 0')
    .option('--seed <n>', 'Seed of every random draw (default: 0)')
    .option('--state <file>', 'Where to save the run, every ten seconds, at the end and when interrupted')
    .option('--resume <state>', 'Go on from a saved run, to the same numbers')
    .example('opt unmix image.mat --endmembers 4 -o maps.png report.html')
    .example('opt unmix image.mat --endmembers 4 --iterations 5000 --state run.json')
    .example('opt unmix image.mat --resume run.json -o maps.png report.html')
    .action((image: string, report: string | undefined) =>
      runUnmix(requestOf(image, report, typedOptions(cli)), terminal),
    )
}
