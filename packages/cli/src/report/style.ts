/** The stylesheet of the report: system fonts, light and dark, phone and print. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbf9; --card: #ffffff; --text: #1d2126; --muted: #59616b; --line: #e2e3df; --grid: #ecece8; --link: #0b5a9c;
  --pass: #0a6e4d; --pass-soft: #e2f3ec; --short: #ad3a00; --short-soft: #fceae0; --said: #59616b; --said-soft: #eeefed;
  --series-1: #0b62a8; --series-2: #c8500a; --series-3: #0a8060; --series-4: #b0508c;
  --series-5: #8f6a00; --series-6: #2b90c9; --series-7: #6b4fa0; --series-8: #5a5f66;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181c; --card: #1c2025; --text: #e6e8ea; --muted: #a3acb5; --line: #32383f; --grid: #2a3036; --link: #7cc0f5;
    --pass: #5fd3a6; --pass-soft: #17362c; --short: #ff9d6b; --short-soft: #42261a; --said: #a3acb5; --said-soft: #2a3036;
    --series-1: #5fb0f0; --series-2: #f58a4b; --series-3: #3fc79a; --series-4: #e59ac5;
    --series-5: #e0b445; --series-6: #8fd3ff; --series-7: #b7a0ea; --series-8: #a9b0b8;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 40px 24px 64px; }
h1, h2, h3, h4, p { margin: 0; }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { font-size: 23px; line-height: 1.3; letter-spacing: -0.005em; text-wrap: balance; }
h3 { font-size: 16px; margin: 36px 0 12px; }
h4 { font-size: 15px; line-height: 1.35; }
a { color: var(--link); text-underline-offset: 0.15em; }
.run { display: flex; flex-wrap: wrap; gap: 4px 32px; margin: 20px 0 0; }
.run div { display: flex; gap: 8px; }
.run dt { color: var(--muted); }
.run dd { margin: 0; }
.verdicts { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 20px; padding: 0; list-style: none; }
.badge { display: inline-block; padding: 1px 10px; border-radius: 99px; font-size: 14px; font-weight: 600; white-space: nowrap; }
.pass { color: var(--pass); background: var(--pass-soft); }
.short { color: var(--short); background: var(--short-soft); }
.said { color: var(--said); background: var(--said-soft); }
.alert { margin-top: 20px; padding: 12px 16px; border-left: 4px solid var(--short); background: var(--short-soft); border-radius: 4px; overflow-wrap: anywhere; }
.alert.calm { border-color: var(--said); background: var(--said-soft); }
nav { margin-top: 28px; }
article { margin-top: 56px; padding-top: 36px; border-top: 1px solid var(--line); }
.cite { margin-top: 8px; color: var(--muted); max-width: 75ch; }
.summary { margin-top: 12px; max-width: 75ch; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 15px; }
th { text-align: left; font-weight: 600; color: var(--muted); vertical-align: bottom; }
th, td { padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
td { vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.claims td:first-child { width: 50%; }
.claims .verdict { text-align: right; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 20px; }
figure { margin: 0; padding: 18px 20px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; max-width: 620px; min-width: 0; }
figure.wide { grid-column: 1 / -1; max-width: none; }
figcaption { margin-bottom: 12px; }
figcaption p { margin-top: 4px; font-size: 14px; color: var(--muted); }
.plot { display: block; width: 100%; height: auto; overflow: visible; font-family: inherit; }
.plot text { white-space: pre; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 10px; padding: 0; list-style: none; font-size: 14px; }
.legend li { display: flex; align-items: center; gap: 7px; }
.legend svg { flex: none; overflow: visible; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--cell)), 1fr)); gap: 12px; margin: 0; padding: 0; list-style: none; font-size: 13px; color: var(--muted); }
.pictures span { display: block; margin-top: 3px; overflow-wrap: anywhere; }
img { display: block; width: 100%; height: auto; border-radius: 3px; }
.pixels { image-rendering: pixelated; }
.heatmap { max-width: 460px; }
.key { display: flex; align-items: center; gap: 8px; margin-top: 8px; font-size: 13px; color: var(--muted); }
.key i { width: 140px; height: 10px; border-radius: 2px; background: linear-gradient(90deg, #440154, #3b528b, #21918c, #5ec962, #fde725); }
.notes { margin: 0; padding-left: 20px; max-width: 75ch; }
.notes li + li { margin-top: 6px; }
.empty { color: var(--muted); }
footer { margin-top: 64px; padding-top: 20px; border-top: 1px solid var(--line); font-size: 14px; color: var(--muted); }
@media (max-width: 640px) {
  main { padding: 24px 16px 48px; }
  h1 { font-size: 25px; }
  h2 { font-size: 20px; }
  .run { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; }
  .run div { display: contents; }
  article { margin-top: 40px; padding-top: 28px; }
  figure { padding: 14px 12px 12px; }
  .claims thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .claims tr { display: grid; grid-template-columns: 1fr 1fr auto; gap: 4px 16px; padding: 12px 0; border-bottom: 1px solid var(--line); }
  .claims td { display: block; width: auto; padding: 0; border: 0; }
  .claims td:first-child { grid-column: 1 / -1; width: auto; }
  .claims td[data-label]::before { content: attr(data-label); display: block; font-size: 13px; color: var(--muted); }
  .claims .verdict { align-self: end; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --text: #000; --muted: #444; --line: #ccc; --grid: #e5e5e5; --link: #000;
    --pass: #0a6e4d; --pass-soft: #e2f3ec; --short: #ad3a00; --short-soft: #fceae0; --said: #444; --said-soft: #eee;
    --series-1: #0b62a8; --series-2: #c8500a; --series-3: #0a8060; --series-4: #b0508c;
    --series-5: #8f6a00; --series-6: #2b90c9; --series-7: #6b4fa0; --series-8: #5a5f66;
  }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  .figures { grid-template-columns: 1fr 1fr; }
  .scroll { overflow: visible; }
  figure, tr, .alert { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
