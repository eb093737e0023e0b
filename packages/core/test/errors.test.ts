import { printable, quoted } from '../src/index.ts'

test('what a terminal obeys or does not show is spelled out', () => {
  expect(printable('\u001b[2Jname\u009b31m\u202etxt.exe\u0007\r\n\t\u007f\u0000')).toBe(
    '\\u001b[2Jname\\u009b31m\\u202etxt.exe\\u0007\\u000d\\u000a\\u0009\\u007f\\u0000',
  )
  expect(printable('a\u200db\u200b\u00ad\u2028\u2029\ufeff\u{e0041}')).toBe(
    'a\\u200db\\u200b\\u00ad\\u2028\\u2029\\ufeff\\udb40\\udc41',
  )
  const characters = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
  const hidden = characters.filter((character) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character))
  expect(hidden.filter((character) => !/^\\u[0-9a-f]{4}$/.test(printable(character)))).toEqual([])
})

test('what can be seen stays, and joiners where they join', () => {
  const text = '"é", e\u0301, 日本, 👩‍🔬, 👩🏽‍🔬, 🏳️‍🌈, می‌خواهم, क्‍ष, η → 0'
  expect(printable(text)).toBe(text)
})

test('a quotation is JSON of the same text', () => {
  const text = 'a "name"\u001b[2J\u202e\u{e0041}'
  expect(quoted(text)).toMatch(/^"a \\"name\\"\\u001b\[2J\\u202e\\udb40\\udc41"$/)
  expect(JSON.parse(quoted(text))).toBe(text)
})
