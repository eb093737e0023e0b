import type { CAC } from 'cac'
import { requestOf } from '../minimize/request.ts'
import { runMinimize } from '../minimize/run.ts'
import { typedOptions } from '../options.ts'
import type { Session } from '../session.ts'

export function addMinimize(cli: CAC, { terminal }: Session): void {
  cli
    .command('minimize <script>', "Minimise a function of a module: a script's default export, from points to values")
    .option('--lower <bounds>', 'Lower bounds, separated by commas, or one for all coordinates')
    .option('--upper <bounds>', 'Upper bounds; between both the particles start')
    .option('--start <point>', 'Start about this point instead: numbers separated by commas')
    .option('--deviation <s>', 'Standard deviation of the particles about --start, or one a coordinate (default: 1)')
    .option('--dimension <d>', 'Number of coordinates, where it is not clear from the others')
    .option('--export <name>', 'Name of the function in the module (default: default)')
    .option('--particles <n>', 'Points that are evaluated a step (default: 100)')
    .option('--steps <n>', 'Most steps, those before an interruption included (default: 1000)')
    .option('--sigma <s>', 'Strength of the noise (default: 7)')
    .option('--alpha <a>', 'Sharpness of the consensus (default: 1000)')
    .option('--tolerance <t>', 'Stop when the median distance from the consensus is at most this (default: 1e-6)')
    .option('--target <value>', 'Stop when a value is at most this')
    .option('--seed <n>', 'Seed of every random draw (default: 0)')
    .option('--workers <n>', 'Threads that evaluate points side by side (default: 1)')
    .option('--state <file>', 'Where to save the particles, every ten seconds, at the end and when interrupted')
    .option('--resume <state>', 'Go on from a saved state, to the same numbers')
    .example('opt minimize fit.mjs --lower 0,-5 --upper 10,5')
    .example('opt minimize simulator.mjs --start 1,1,1 --workers 8 --state run.json')
    .example('opt minimize simulator.mjs --resume run.json --steps 2000')
    .action((script: string) => runMinimize(requestOf(script, typedOptions(cli)), terminal))
}
