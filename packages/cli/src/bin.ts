#!/usr/bin/env node
import { papers } from './catalogue.ts'
import { main } from './main.ts'
import { processTerminal } from './terminal/terminal.ts'

void main(process.argv.slice(2), { papers, terminal: processTerminal() }).then((code) => {
  // A terminal that could not write has set it already.
  if (code !== 0) process.exitCode = code
})
