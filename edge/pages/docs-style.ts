/** The documentation's style sheet: system fonts, light and dark by the reader's setting. */
export const STYLE = `
:root { color-scheme: light dark; --paper: light-dark(#fcfcfb, #131518); --ink: light-dark(#1a1c1f, #e8e9ea);
  --soft: light-dark(#5d636b, #a0a6ae); --line: light-dark(#e2e3e1, #2b2f34); --code: light-dark(#f1f2ef, #1d2024);
  --accent: light-dark(#0b5fb0, #7db7f2); }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 13rem minmax(0, 1fr); }
nav { position: sticky; top: 0; align-self: start; height: 100vh; overflow-y: auto; padding: 2rem 1.5rem;
  border-right: 1px solid var(--line); font-size: .9375rem; }
nav div { padding-top: 1.1rem; }
nav a { display: block; padding: .22rem 0; color: var(--soft); text-decoration: none; }
nav a:hover, nav a:focus-visible { color: var(--accent); }
nav .home { color: var(--ink); font-weight: 650; }
main { max-width: 54rem; padding: 2rem clamp(1rem, 4vw, 3.5rem) 5rem; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -.02em; margin: 0 0 .6rem; }
h2 { font-size: 1.35rem; line-height: 1.3; letter-spacing: -.01em; margin: 0 0 .5rem; }
header h2 { margin-top: 2rem; }
section { border-top: 1px solid var(--line); margin-top: 2.75rem; padding-top: 2rem; }
p { margin: .5rem 0 .8rem; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
table code { white-space: nowrap; }
:not(pre) > code { background: var(--code); padding: .08em .32em; border-radius: 4px; }
p code, dd code { overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 8px; padding: .8rem 1rem; margin: .6rem 0; line-height: 1.5;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.route b { font-size: .8rem; letter-spacing: .04em; color: var(--accent); }
dl { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .55rem 1rem; margin: 0 0 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem; font-size: .94rem; }
th, td { text-align: left; vertical-align: top; padding: .42rem 1rem .42rem 0; border-bottom: 1px solid var(--line); }
thead th { font-weight: 500; color: var(--soft); font-size: .85rem; white-space: nowrap; }
tbody th { font-weight: 400; }
td:last-child { padding-right: 0; } td:empty { padding: 0; }
tr:target { background: var(--code); }
figure { margin: 1.4rem 0 0; }
.starts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 40rem), 1fr)); gap: 0 1.4rem; }
.starts figure { margin-top: .6rem; }
figcaption { color: var(--soft); font-size: .94rem; }
figure img { display: block; max-width: 100%; height: auto; image-rendering: pixelated; border-radius: 6px; margin-top: .7rem; }
@media (min-width: 112em) { html { font-size: 112.5%; } main { max-width: 84rem; } p, dl { max-width: 54rem; } }
@media (min-width: 150em) { html { font-size: 125%; } }
@media (min-width: 200em) { html { font-size: 162.5%; } }
@media (max-width: 47.5em) {
  body { display: block; }
  nav { position: static; height: auto; display: block; border: 0; border-bottom: 1px solid var(--line); padding: 1rem; }
  nav div { padding-top: .4rem; } nav div a { display: inline-block; margin-right: .9rem; }
  dl { display: block; } dd { margin-bottom: .7rem; }
  table:has(thead), table:has(thead) tbody, table:has(thead) tr, table:has(thead) td, table:has(thead) th { display: block; border: 0; padding: 0; }
  table:has(thead) thead { position: absolute; clip-path: inset(50%); }
  table:has(thead) tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  table:has(thead) td:nth-child(3):not(:empty)::before { content: "default "; color: var(--soft); }
}
`
