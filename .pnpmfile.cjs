// Adds to each packed package.json the repository that the root's names, once it is a real address.
const { readFileSync } = require('node:fs')
const { join, relative } = require('node:path')

function beforePacking(manifest, folder) {
  const { repository } = JSON.parse(readFileSync(join(__dirname, 'package.json'), 'utf8'))
  if (new URL(repository).hostname.endsWith('.invalid')) return manifest
  const directory = relative(__dirname, folder).replaceAll('\\', '/')
  return { ...manifest, repository: { type: 'git', url: `git+${repository}.git`, directory } }
}

module.exports = { hooks: { beforePacking } }
