// Says what a machine lacks on which no adapter was found: Dawn, the Vulkan loader, a driver, or a card.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

/** Why a shared library cannot be loaded; null if it can, though it is no module of Node. */
function whyNot(library) {
  try {
    process.dlopen({ exports: {} }, library)
  } catch ({ message }) {
    if (!message.startsWith('Module did not self-register')) return message
  }
  return null
}

const list = (folder, form) => (existsSync(folder) ? readdirSync(folder).filter((name) => form.test(name)) : [])

/** The manifests of Vulkan's drivers, where its loader looks for them. */
function manifests() {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES, XDG_DATA_DIRS } = process.env
  const named = VK_DRIVER_FILES ?? VK_ICD_FILENAMES
  if (named) return named.split(delimiter)
  const data = (XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(delimiter)
  return ['/etc', ...data, join(homedir(), '.local/share')]
    .map((folder) => join(folder, 'vulkan/icd.d'))
    .flatMap((folder) => list(folder, /\.json$/).map((name) => join(folder, name)))
}

/** Whether the driver of a manifest can be loaded, in a sentence. */
function driver(manifest) {
  try {
    const { library_path: library } = JSON.parse(readFileSync(manifest, 'utf8')).ICD
    const why = whyNot(library.includes('/') ? join(dirname(manifest), library) : library)
    return `driver ${manifest}: ${why ?? `${library} loads`}`
  } catch (error) {
    return `driver ${manifest}: ${error.message}`
  }
}

/** Returns what is there and what is not, a line each. */
export async function missing() {
  const dawn = await import('webgpu').then(
    () => 'loads',
    ({ message }) => message.split('\n')[0],
  )
  const lines = [`npm package webgpu: ${dawn}`]
  if (process.platform !== 'linux') return lines
  const loader = whyNot('libvulkan.so.1')
  lines.push(`Vulkan loader: ${loader ? `${loader} (install libvulkan1)` : 'libvulkan.so.1 loads'}`)
  const drivers = manifests().map(driver)
  lines.push(
    ...(drivers.length > 0 ? drivers : ['driver: no manifest in any vulkan/icd.d; VK_DRIVER_FILES can name one']),
  )
  const cards = [...list('/dev', /^nvidia\d/), ...list('/dev/dri', /^render/)]
  lines.push(`cards: ${cards.join(', ') || 'none in /dev/nvidia* and /dev/dri'}`)
  return lines
}
