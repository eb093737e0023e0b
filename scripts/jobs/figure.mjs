// Draws the figure of the root README, docs/public/sinkhorn-against-sns.svg, with the plots of the
// CLI's reports.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../lib/packages.mjs'

const from = (path) => import(pathToFileURL(join(root, 'packages', path)))
const { densities1d, sinkhorn, sinkhornNewton } = await from('papers/sinkhorn-sns/dist/index.js')
const { curves } = await from('cli/dist/report/curves.js')

const { cost, a, b } = densities1d(500)
const options = { epsilon: 1 / 1200 }
const sns = sinkhornNewton(cost, a, b, options).history
const plain = sinkhorn(cost, a, b, options).history
const series = [
  { label: 'Sinkhorn', x: plain.map(({ iteration }) => iteration), y: plain.map(({ error }) => error) },
  { label: 'SNS', x: sns.map(({ iteration }) => iteration), y: sns.map(({ levelError }) => levelError) },
]
const svg = curves({
  kind: 'line',
  title: 'Sinkhorn against SNS',
  x: { label: 'iteration', scale: 'log' },
  y: { label: 'L1 error of the marginals', scale: 'log' },
  series,
})
const style = `<style>
svg { --muted: #59616b; --grid: #e4e4df; --series-1: #0b62a8; --series-2: #c8500a; font: 14px system-ui, sans-serif; background: #fff; }
.name { font-weight: 600; }
</style>`
const names = `<g class="name"><text x="370" y="60" fill="var(--series-1)">Sinkhorn</text><text x="190" y="190" fill="var(--series-2)">SNS</text></g>`
const folder = join(root, 'docs', 'public')
mkdirSync(folder, { recursive: true })
writeFileSync(
  join(folder, 'sinkhorn-against-sns.svg'),
  `${svg.replace(/(<svg[^>]*>)/, (open) => `${open.includes('xmlns=') ? open : open.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')}${style}`).replace(/<\/svg>\s*$/, `${names}</svg>`)}\n`,
)
