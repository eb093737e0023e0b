import { demoStart } from '../.vitepress/demo-start.ts'
import { bundledBytes, packagePage, sitePackages } from '../.vitepress/packages.ts'

export default {
  watch: ['../../packages/*/{README.md,package.json}', '../../packages/papers/*/{README.md,package.json,demo/*.ts}'],
  paths: () =>
    Promise.all(
      sitePackages().map(async (entry) => {
        const { folder, ...shown } = entry
        const [bytes, start] = [await bundledBytes(folder), shown.demo ? await demoStart(folder) : null]
        return { params: { ...shown, bytes, start }, content: packagePage(entry) }
      }),
    ),
}
