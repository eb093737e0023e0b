#!/usr/bin/env node
import { papers } from './catalogue.ts'
import { main } from './main.ts'
import { processTerminal } from './terminal.ts'

// A reader that closes early (`opt list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

void main(process.argv.slice(2), { papers, terminal: processTerminal() }).then((code) => {
  process.exitCode = code
})
