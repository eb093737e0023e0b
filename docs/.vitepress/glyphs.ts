// MathJax writes the outline of a letter wherever the letter occurs; here a page has each outline once.
import type { MarkdownRenderer } from 'vitepress'

const GLYPH = /<path data-c="[^"]*" (d="[^"]*"[^>]*?)\/>/g

function shareGlyphs(html: string): string {
  const glyphs = new Map<string, number>()
  const shared = html.replace(GLYPH, (_, outline: string) => {
    if (!glyphs.has(outline)) glyphs.set(outline, glyphs.size)
    return `<use href="#glyph-${glyphs.get(outline)}"/>`
  })
  if (glyphs.size === 0) return html
  const paths = [...glyphs].map(([outline, k]) => `<path id="glyph-${k}" ${outline}/>`)
  return `${shared}<svg class="glyphs" aria-hidden="true"><defs>${paths.join('')}</defs></svg>`
}

/** Makes the formulas of a page share the outlines of their letters. */
export function withSharedGlyphs(md: MarkdownRenderer): void {
  const render = md.render.bind(md)
  md.render = (source, env) => shareGlyphs(render(source, env))
}
