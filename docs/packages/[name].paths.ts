import { bundledBytes, packagePage, sitePackages } from '../.vitepress/packages.ts'

export default {
  watch: ['../../packages/*/README.md', '../../packages/papers/*/README.md', '../../packages/**/package.json'],
  paths: () =>
    Promise.all(
      sitePackages().map(async (entry) => {
        const { folder, ...shown } = entry
        return { params: { ...shown, bytes: await bundledBytes(folder) }, content: packagePage(entry) }
      }),
    ),
}
