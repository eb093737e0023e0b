import type { Claim, Table } from '@opt/core'
import { citation, type Paper } from '../paper.ts'
import { exitCode, type PaperResult, type Reproduction, tally } from '../reproduce/reproduce.ts'
import { reproduction as reproductionShape } from '../reproduce/shapes.ts'
import { cellText, seconds, verdict } from '../terminal/format.ts'
import { figureHtml } from './figure.ts'
import { escapeHtml, htmlPage } from './html.ts'

/**
 * Renders a run as a self-contained HTML page, without scripts, fonts or requests, for light and dark, phones
 * and print.
 *
 * @throws TypeError or RangeError naming the part that is wrong.
 */
export async function renderReport(reproduction: Reproduction): Promise<string> {
  reproductionShape(reproduction, 'renderReport: reproduction')
  const { results } = reproduction
  const names = results.map(({ paper }) => paper.name)
  const title = names.length === 1 ? `Reproduction of ${names[0]}` : `Reproduction of ${names.length} papers`
  const articles: string[] = []
  for (const result of results) articles.push(await article(result))
  return htmlPage(title, {
    header: header(reproduction),
    main: [results.length > 1 ? contents(results) : '', ...articles].join('\n'),
    footer:
      'Written by <code>opt reproduce</code>. Times depend on the machine; everything else repeats bit for bit with the same seed.',
  })
}

function header(reproduction: Reproduction): string {
  const { date, machine, scale, seed, results } = reproduction
  const facts = [
    ['Date', `${date.slice(0, 10)} ${date.slice(11, 16)} UTC`],
    ['Machine', `${machine.cpu}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}, ${machine.platform}`],
    ['Node', machine.node],
    ['Scale', scale],
    ['Seed', String(seed)],
    ['Time', seconds(reproduction.seconds)],
  ]
  const run = facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value!)}</dd></div>`).join('')
  const partial =
    exitCode(reproduction) === 130
      ? '<p class="alert">This run was interrupted: the report is partial and holds what was known by then.</p>'
      : ''
  return `<dl class="run">${run}</dl>\n${badges(results)}\n${partial}`
}

function badges(results: readonly PaperResult[]): string {
  const { pass, short, reported } = tally(results)
  const count = (outcome: PaperResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  const all = [
    [pass, `${pass} ${pass === 1 ? 'claim passes' : 'claims pass'}`, 'pass'],
    [short, `${short} ${short === 1 ? 'falls' : 'fall'} short`, 'short'],
    [reported, `${reported} reported`, 'said'],
    [count('failed'), `${count('failed')} failed`, 'short'],
    [count('absent'), `${count('absent')} without data`, 'said'],
  ] as const
  const shown = all.filter(([n]) => n > 0).map(([, text, kind]) => `<li class="badge ${kind}">${text}</li>`)
  return shown.length > 0 ? `<ul class="verdicts">${shown.join('')}</ul>` : ''
}

function contents(results: readonly PaperResult[]): string {
  const rows = results.map((result) => {
    const { paper } = result
    return `<tr><td><a href="#${escapeHtml(paper.name)}">${escapeHtml(paper.name)}</a></td><td>${escapeHtml(paper.title)}</td><td>${ended(result)}</td></tr>`
  })
  return `<nav aria-label="Papers"><div class="scroll"><table><thead><tr><th>Name</th><th>Paper</th><th>Result</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></nav>`
}

/** Renders how one paper ended as a badge. */
function ended(result: PaperResult): string {
  const { pass, short } = tally([result])
  const badge = (kind: string, text: string) => `<span class="badge ${kind}">${text}</span>`
  if (result.outcome === 'failed') return badge('short', 'failed')
  if (result.outcome === 'absent') return badge('said', 'not run')
  if (result.outcome === 'interrupted' || result.outcome === 'waiting') return badge('said', 'interrupted')
  if (short > 0) return badge('short', `${short} of ${pass + short} ${short === 1 ? 'falls' : 'fall'} short`)
  return pass > 0 ? badge('pass', `all ${pass} pass`) : badge('said', 'reported')
}

async function article(result: PaperResult): Promise<string> {
  const { paper, claims, tables, figures, notes } = result
  const drawn: string[] = []
  for (const figure of figures) drawn.push(await figureHtml(figure))
  const parts = [
    `<h2>${escapeHtml(paper.title)}</h2>`,
    `<p class="cite">${cite(paper)}</p>`,
    paper.summary && `<p class="summary">${escapeHtml(paper.summary)}</p>`,
    ending(result),
    claims.length > 0 && `<h3>Claims</h3>\n${claimsTable(claims)}`,
    drawn.length > 0 && `<h3>Figures</h3>\n<div class="figures">${drawn.join('\n')}</div>`,
    ...tables.map((table) => `<h3>${escapeHtml(table.title)}</h3>\n${tableHtml(table)}`),
    notes.length > 0 &&
      `<h3>Notes</h3>\n<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`,
  ]
  return `<article id="${escapeHtml(paper.name)}">\n${parts.filter(Boolean).join('\n')}\n</article>`
}

function cite(paper: Paper): string {
  const text = escapeHtml(citation(paper))
  if (!paper.arXiv) return text
  const label = escapeHtml(`arXiv:${paper.arXiv}`)
  return text.replace(label, () => `<a href="https://arxiv.org/abs/${escapeHtml(paper.arXiv)}">${label}</a>`)
}

function ending({ outcome, failure }: PaperResult): string {
  const why = escapeHtml(failure?.message ?? '')
  if (outcome === 'failed') return `<p class="alert" role="alert"><strong>The experiment failed:</strong> ${why}</p>`
  if (outcome === 'absent') return `<p class="alert calm"><strong>Not run:</strong> ${why}</p>`
  if (outcome === 'interrupted') return '<p class="alert calm">Interrupted: what follows is partial.</p>'
  return outcome === 'waiting' ? '<p class="alert calm">Not run: the run was interrupted before its turn.</p>' : ''
}

function claimsTable(claims: readonly Claim[]): string {
  const rows = claims.map(({ claim, paper, ours, pass }) => {
    const kind = pass === true ? 'pass' : pass === false ? 'short' : 'said'
    const word = `<span class="badge ${kind}">${verdict(pass)}</span>`
    return `<tr><td>${escapeHtml(claim)}</td><td data-label="The paper">${escapeHtml(paper) || '–'}</td><td data-label="Here">${escapeHtml(ours)}</td><td class="verdict">${word}</td></tr>`
  })
  return `<table class="claims"><thead><tr><th>Claim</th><th>The paper</th><th>Here</th><th class="verdict">Verdict</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`
}

function tableHtml({ title, columns, rows }: Table): string {
  const numeric = columns.map((_, j) => rows.some((row) => typeof row[j] === 'number'))
  const kind = (j: number) => (numeric[j] ? ' class="number"' : '')
  const head = columns.map((column, j) => `<th${kind(j)}>${escapeHtml(column)}</th>`).join('')
  const body = rows.map(
    (row) => `<tr>${columns.map((_, j) => `<td${kind(j)}>${escapeHtml(cellText(row[j] ?? ''))}</td>`).join('')}</tr>`,
  )
  return `<div class="scroll" role="region" aria-label="${escapeHtml(title)}" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`
}
