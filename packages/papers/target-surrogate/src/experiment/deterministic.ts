import { type ExperimentContext, lbfgs, random, sigmoid } from '@opt/core'
import { a9a, ifPresent, type SparseClassification } from '@opt/datasets'
import { armijoEta, armijoSteps, exactSolve, gradientSteps, linearSmoothness, type MinimizeReport } from '../index.ts'
import { adam, follow, LOOKS, type Method, objective, type Problem } from './logistic-regression.ts'
import { parameterSearch } from './parameter-search.ts'

const RATES = [0.03, 0.1, 0.3]

/** Experiment A: logistic regression on all examples, by the number of gradients. Nothing is drawn but the data. */
export async function deterministic(context: ExperimentContext, from: number, to: number): Promise<void> {
  const { scale, claim, table, figure } = context
  const problem = await problemOf(context)
  const { name, inputs, features } = problem
  const surrogates: Method[] = [
    { name: 'surrogate, m = 1', steps: 1, inner: armijoSteps() },
    { name: 'surrogate, m = 5', steps: 5, inner: armijoSteps() },
    { name: 'surrogate, m = 20', steps: 20, inner: armijoSteps() },
    { name: 'surrogate, exact', steps: 1, inner: exactSolve() },
    { name: 'surrogate, exact, Armijo eta', steps: 1, inner: exactSolve(), rule: armijoEta() },
  ]
  const start = new Float64Array(features)
  const h = objective(problem)
  const best = lbfgs(h, start, { tolerance: 1e-9, maxIterations: 5000, history: false }).value
  const scratch = new Float64Array(features)
  const valueAt = (theta: Float64Array) => h(theta, scratch)
  const beta = linearSmoothness(inputs, { eta: 4, features })
  const methods: Method[] = [
    { name: 'gradient descent, 1/L', steps: 1, inner: gradientSteps({ stepSize: 1 / beta }) },
    { name: 'gradient descent, Armijo', steps: 1, inner: parameterSearch(valueAt, 0.5) },
    ...RATES.map(adam),
    ...(scale === 'quick' ? surrogates.slice(2) : surrogates),
  ]
  const runs = new Map<string, MinimizeReport[]>()
  for (const [k, method] of methods.entries()) {
    await context.progress(from + ((to - from) * k) / methods.length, `A: ${method.name}`)
    runs.set(method.name, follow(problem, method))
  }
  const gap = (method: string, gradients: number) => runs.get(method)![gradients].objective! - best
  const tuned = (gradients: number) => Math.min(...RATES.map((rate) => gap(`Adam ${rate}`, gradients)))
  const text = (value: number) => value.toPrecision(3)

  const guaranteed = methods.filter((method) => method.name.startsWith('surrogate') && method.rule === undefined)
  const rises = guaranteed.flatMap((method) => {
    const history = runs.get(method.name)!
    return history.slice(1).map(({ objective, surrogate }, t) => {
      const before = history[t].objective!
      return Math.max(objective! - before, objective! - before - surrogate!) / before
    })
  })
  claim({
    claim: `A: with eta = 1/L the loss never rises, and is below loss + surrogate at each of ${rises.length} steps`,
    paper: 'monotone for any number of inner steps',
    ours: `largest excess ${Math.max(...rises).toExponential(1)}`,
    pass: Math.max(...rises) <= 1e-12,
  })
  claim({
    claim: 'A: after 10 gradients, 20 inner steps are at most half as far from the optimum as the best Adam',
    paper: 'more inner steps, fewer gradients',
    ours: `${text(gap('surrogate, m = 20', 10))} against ${text(tuned(10))}`,
    pass: gap('surrogate, m = 20', 10) <= 0.5 * tuned(10),
  })
  claim({
    claim: 'A: after 50 gradients, exact surrogates are at most a tenth as far as the best Adam',
    paper: 'more inner steps, fewer gradients',
    ours: `${text(gap('surrogate, exact', 50))} against ${text(tuned(50))}`,
    pass: gap('surrogate, exact', 50) <= 0.1 * tuned(50),
  })
  table({
    title: `A: ${name}, distance from the smallest loss`,
    columns: ['method', ...LOOKS.map((look) => `${look} gradients`), 'gradients of the model'],
    rows: methods.map((method) => [
      method.name,
      ...LOOKS.map((look) => text(gap(method.name, look))),
      String(runs.get(method.name)!.at(-1)!.vjps),
    ]),
  })
  figure({
    kind: 'line',
    title: 'A: logistic regression by expensive gradients',
    caption: `${name}; all examples in each gradient, nothing of the surrogates is tuned.`,
    x: { label: 'gradients of the loss', scale: 'log' },
    y: { label: 'distance from the smallest loss', scale: 'log' },
    series: methods.map((method) => {
      const history = runs.get(method.name)!.slice(1)
      return {
        label: method.name,
        dashed: !method.name.startsWith('surrogate'),
        x: history.map((_, t) => t + 1),
        y: history.map(({ objective }) => Math.max(objective! - best, 1e-16)),
      }
    }),
  })
}

/** The paper's data where they are, else generated ones of that kind. */
async function problemOf({ dataFolder, seed, scale }: ExperimentContext): Promise<Problem> {
  const table = dataFolder === undefined || scale === 'quick' ? undefined : await ifPresent(a9a({ folder: dataFolder }))
  return table ? adults(table, 4000) : census(1500, seed)
}

function adults({ columns, indptr, indices, values, labels }: SparseClassification, count: number): Problem {
  const inputs = Array.from({ length: count }, (_, i) => {
    const row = new Float64Array(columns + 1)
    for (let k = indptr[i]; k < indptr[i + 1]; k++) row[indices[k]] = values[k]
    row[columns] = 1
    return row
  })
  return {
    name: `a9a.t, first ${count} rows`,
    inputs,
    labels: labels.slice(0, count).map((label) => (label > 0 ? 1 : 0)),
    features: columns + 1,
  }
}

/** Draws people with 12 answers of 3 to 9 choices, some of them rare, in columns of 0 and 1, and a constant. */
function census(count: number, seed: number): Problem {
  const rng = random(1000 + seed)
  const questions = Array.from({ length: 12 }, (_, k) => {
    const choices = 3 + (k % 7)
    const weights = Array.from({ length: choices }, (_, c) => 1 / ((1 + c) * Math.sqrt(1 + c)))
    const total = weights.reduce((sum, weight) => sum + weight)
    return weights.map((weight) => ({ share: weight / total, effect: 0.4 * rng.normal() }))
  })
  const features = 1 + questions.reduce((sum, choices) => sum + choices.length, 0)
  const labels = new Float64Array(count)
  const inputs = Array.from({ length: count }, (_, i) => {
    const row = new Float64Array(features)
    row[features - 1] = 1
    let logit = 0
    let at = 0
    for (const choices of questions) {
      let rest = rng.uniform()
      const found = choices.findIndex(({ share }) => (rest -= share) < 0)
      const choice = Math.max(found, 0)
      row[at + choice] = 1
      logit += choices[choice].effect
      at += choices.length
    }
    labels[i] = rng.uniform() < sigmoid(logit) ? 1 : 0
    return row
  })
  return { name: `${count} generated answers, ${features} features`, inputs, labels, features }
}
