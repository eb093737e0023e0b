import { jest } from '@jest/globals'
import { runOutput } from '../src/reproduce/output.ts'
import { memoryTerminal, screenTerminal } from './terminal.ts'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

/** Lets the bars be drawn. */
const later = () => jest.advanceTimersByTime(1000)

describe('on a terminal', () => {
  test('each running paper has a line, below everything else', () => {
    const { terminal, text } = screenTerminal()
    const output = runOutput(terminal, ['one', 'second', 'third'])
    output.start('one')
    output.start('second')
    output.progress('one', 0.5, 'half')
    later()
    const empty = '░'.repeat(30)
    const half = '█'.repeat(15) + '░'.repeat(15)
    expect(text()).toBe(`one    ${half}  50%  half\nsecond ${empty}   0%  \n`)

    output.print('one', 'One prints\n')
    expect(text()).toBe(`One prints\none    ${half}  50%  half\nsecond ${empty}   0%  \n`)

    output.end('second', 'Result of the second')
    output.start('third')
    later()
    expect(text()).toBe(`One prints\none    ${half}  50%  half\nthird  ${empty}   0%  \n`)

    output.end('one', 'Result of one')
    expect(text()).toBe(`One prints\nResult of one\nResult of the second\nthird  ${empty}   0%  \n`)

    output.say('Stopping')
    output.end('third', 'Result of the third')
    later()
    expect(text()).toBe('One prints\nResult of one\nResult of the second\nStopping\nResult of the third\n')
  })

  test('what the terminal itself echoes, such as ^C, is overwritten', () => {
    const { terminal, write, text } = screenTerminal()
    const output = runOutput(terminal, ['one'])
    output.start('one')
    later()
    write('^C')
    output.say('Stopping')
    expect(text()).toBe(`Stopping\none ${'░'.repeat(30)}   0%  \n`)
  })

  test('long labels are cut, control characters escaped, and fractions kept between 0 and 1', () => {
    const { terminal, text } = screenTerminal(40)
    const output = runOutput(terminal, ['one'])
    output.start('one')
    output.progress('one', 7, `a\nb\u001b[2J${'c'.repeat(99)}`)
    later()
    expect(text()).toBe(`one ${'█'.repeat(10)} 100%  a\\u000ab\\u001b[2Jcc\n`)
    output.progress('one', NaN, '')
    later()
    expect(text()).toBe(`one ${'░'.repeat(10)}   0%  \n`)
  })

  test('more papers than the screen has lines', () => {
    const { terminal, text } = screenTerminal(80, 4)
    const names = ['p1', 'p2', 'p3', 'p4', 'p5']
    const output = runOutput(terminal, names)
    names.forEach(output.start)
    later()
    output.say('Said')
    later()
    const line = (name: string) => `${name} ${'░'.repeat(30)}   0%  \n`
    expect(text()).toBe(`Said\n${line('p1')}${line('p2')}and 3 more\n`)
    for (const name of ['p5', 'p2']) output.end(name)
    later()
    expect(text()).toBe(`Said\n${line('p1')}${line('p3')}${line('p4')}`)
  })

  test('nothing is drawn once all have ended', () => {
    const { terminal, text } = screenTerminal()
    const output = runOutput(terminal, ['one'])
    output.start('one')
    output.end('one', 'Result')
    expect(jest.getTimerCount()).toBe(0)
    expect(text()).toBe('Result\n')
  })
})

test('without a terminal, every paper has its lines together, in order, with the times at which steps ended', () => {
  const terminal = memoryTerminal()
  const [written, now] = [[] as string[], jest.spyOn(performance, 'now')]
  const record = (text: string) => void written.push(text)
  const output = runOutput({ ...terminal, out: record, err: record }, ['one', 'second', 'third'])
  const at = (seconds: number, event: () => void) => {
    now.mockReturnValue(1000 * seconds)
    event()
  }
  at(0, () => ['one', 'second'].forEach(output.start))
  at(1, () => output.progress('second', 0.1, 'load'))
  at(2, () => output.progress('one', 0.1, 'read'))
  at(3, () => output.progress('second', 0.2, 'load'))
  at(4, () => output.print('second', 'printed by the second\n'))
  at(5, () => output.progress('second', 0.9, 'solve'))
  at(6, () => output.end('second', 'Result of the second'))
  at(7, () => output.start('third'))
  at(8, () => output.progress('third', 0, 'think'))
  at(9, () => output.progress('one', 0.5, 'write'))
  expect(written).toEqual(['one: read (7.0 s)'])
  at(10, () => output.end('one', 'Result of one'))
  at(11, () => output.end('third'))
  expect(written).toEqual([
    'one: read (7.0 s)',
    'one: write (1.0 s)',
    'Result of one',
    'printed by the second',
    'second: load (4.0 s)',
    'second: solve (1.0 s)',
    'Result of the second',
    'third: think (3.0 s)',
  ])
})

test('when a paper never ran, those after it are still shown', () => {
  const terminal = memoryTerminal()
  const output = runOutput(terminal, ['one', 'stopped', 'third', 'fourth'])
  for (const name of ['one', 'third', 'fourth']) output.start(name)
  for (const name of ['one', 'fourth', 'third']) output.end(name, `Result of ${name}`)
  expect(terminal.stdout()).toBe('Result of one')
  output.finish()
  output.finish()
  expect(terminal.stdout()).toBe('Result of one\nResult of third\nResult of fourth')
})
