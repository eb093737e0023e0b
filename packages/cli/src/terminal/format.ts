// Numbers and verdicts in the terminal and in the report.

/** Formats a duration: `0.4 s`, `12 s`, `3 min 20 s`. */
export function seconds(time: number): string {
  if (time < 10) return `${time.toFixed(1)} s`
  const whole = Math.round(time)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** Returns the word for a claim's verdict. */
export const verdict = (pass: boolean | null): string =>
  pass === true ? 'pass' : pass === false ? 'falls short' : 'reported'

/** Formats a table cell: integers in full, other numbers to four digits. */
export function cellText(cell: string | number): string {
  if (typeof cell === 'string') return cell
  if (Number.isInteger(cell) && Math.abs(cell) < 1e15) return String(cell)
  const size = Math.abs(cell)
  return size >= 1e-3 && size < 1e6 ? String(Number(cell.toPrecision(4))) : cell.toExponential(2).replace('e+', 'e')
}
