import { escapeHtml } from '../src/report/html.ts'
import { nameable, printable } from '../src/terminal/printable.ts'
import { table } from '../src/terminal/table.ts'
import { memoryTerminal } from './terminal.ts'

const EVIL = '\u001b[2Jname\u009b31m\u202etxt.exe\u0007\r\u007f\u0000'
const SHOWN = '\\u001b[2Jname\\u009b31m\\u202etxt.exe\\u0007\\u000d\\u007f\\u0000'

test('control characters are escaped, other text is unchanged', () => {
  expect(printable(EVIL)).toBe(SHOWN)
  const text = 'tab\tand\nnewline, "é", 日本, 👩‍🔬, می‌خواهم, η → 0'
  expect(printable(text)).toBe(text)
  expect(nameable('two\nlines\t👩‍🔬')).toBe('two\\u000alines\\u0009👩‍🔬')
})

test('in JSON they remain valid escapes', () => {
  expect(JSON.parse(printable(JSON.stringify({ a: EVIL })))).toEqual({ a: EVIL })
})

test('in HTML they are plain text', () => {
  expect(escapeHtml(`<b>${EVIL}</b>`)).toBe(`&#60;b&#62;${SHOWN}&#60;/b&#62;`)
})

test('tables are as wide as their contents, with a bold head', () => {
  const bold = { ...memoryTerminal(), paint: (_: unknown, text: string) => `<${text}>` }
  const lines = table(bold, ['name', 'n'], [[EVIL, 1]]).split('\n')
  expect(lines[1]).toMatch(/^│< name +>│< +n >│$/)
  expect(lines[3]).toContain(SHOWN)
  expect(new Set([lines[0], lines[2], lines[3]].map((line) => line!.length)).size).toBe(1)
})
