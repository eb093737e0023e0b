// Runs a package's demo in Node with the first values of its controls, as the page's worker does,
// and prints the outcome as JSON.
// node run-demo.mjs FOLDER MILLISECONDS
import { loadDemo } from '../scripts/load-demo.mjs'

const [folder, milliseconds] = process.argv.slice(2)
const demo = await loadDemo(folder)

const problems = []
const say = (text) => problems.includes(text) || problems.push(text)

function checkFigure(figure) {
  if (typeof figure.title !== 'string') say('a figure has no title')
  const images = figure.kind === 'images' ? figure.images : figure.kind === 'heatmap' ? [figure.image] : []
  for (const { width, height, channels, data } of images)
    if (data.length !== width * height * channels)
      say(`${figure.title}: a picture of ${data.length} values is not ${width} x ${height} x ${channels}`)
  for (const { label, x, y, low, high, values } of figure.series ?? []) {
    if (figure.kind === 'histogram' ? !values : !x || x.length !== y.length)
      say(`${figure.title}, ${label}: x and y differ in length`)
    if ((low && low.length !== y.length) || (high && high.length !== y.length))
      say(`${figure.title}, ${label}: the band has another length`)
  }
}

const values = Object.fromEntries(structuredClone(demo.controls).map(({ name, value }) => [name, value]))
const start = performance.now()
let [frames, longest, done, last] = [0, 0, false, 0]
const run = demo.run(structuredClone(values))
for (;;) {
  const before = performance.now()
  const step = run.next()
  longest = Math.max(longest, performance.now() - before)
  if ((done = step.done === true)) break
  frames++
  const { figures, readout, progress } = structuredClone(step.value)
  figures.forEach(checkFigure)
  if (readout.some(([label, value]) => typeof label !== 'string' || typeof value !== 'string'))
    say('the readout is not pairs of words')
  if (progress !== undefined && !(progress >= 0 && progress <= 1)) say(`progress ${progress} is not within 0..1`)
  last = figures.length + readout.length
  if (performance.now() - start > Number(milliseconds)) break
}
run.return()
console.log(
  JSON.stringify({
    title: demo.title,
    intro: demo.intro,
    controls: demo.controls,
    frames,
    longest,
    done,
    last,
    problems,
    code: demo.code(values),
  }),
)
