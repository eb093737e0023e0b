import { printable } from '../terminal/printable.ts'
import { STYLE } from './style.ts'

/** Escapes text for use between tags and in quoted attributes; control characters are escaped too. */
export const escapeHtml = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** Returns a self-contained page, without scripts, fonts or requests; all but the title is HTML. */
export const htmlPage = (
  title: string,
  { header, main, footer }: Record<'header' | 'main' | 'footer', string>,
): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="@opt/cli">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
${header}
</header>
${main}
<footer>${footer}</footer>
</main>
</body>
</html>
`
