/**
 * Changelog lines for changesets, without commit hashes and network: the change, and the
 * dependencies that were updated.
 */
module.exports = {
  getReleaseLine: async ({ summary }) => {
    const [first, ...rest] = summary.split('\n').map((line) => line.trimEnd())
    return [`- ${first}`, ...rest.map((line) => `  ${line}`)].join('\n').trimEnd()
  },
  getDependencyReleaseLine: async (_changesets, dependencies) =>
    dependencies.map(({ name, newVersion }) => `- Updated \`${name}\` to ${newVersion}`).join('\n'),
}
