/**
 * A report as one page that needs nothing else: no script, no request, its plots in it. Whatever a name holds is text there, and the
 * page's own policy (Content-Security-Policy) allows nothing but its style: a name that were more than text could do nothing.
 */
import { barChart } from '../plot/bar-chart.ts'
import { escapeText } from '../plot/frame.ts'
import { lineChart } from '../plot/line-chart.ts'
import { type Block, type Column, type KeyFigure, plain, type Section, type Table } from './document.ts'
import { documentOf } from './sections/index.ts'
import { style } from './style.ts'
import type { Report } from './types.ts'
import { count, percentOf, UNKNOWN } from './words.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

export function reportHtml(report: Report): string {
  const { title, subtitle, sections } = documentOf(report)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeText(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${safe(`Edgewise: ${title.toLowerCase()}`)}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="brand">Edgewise</p>
<h1>${safe(title)}</h1>
<p class="subtitle">${safe(subtitle)}</p>
<nav>${sections.map(({ id, title }) => `<a href="#${id}">${safe(title)}</a>`).join('')}</nav>
</header>
<main>
${sections.map(section).join('\n')}
</main>
</body>
</html>
`
}

/** Escaped, and no line ends between a number and its unit. */
const safe = (text: string): string =>
  escapeText(plain(text)).replace(/(?<=\d) (?=(?:%|ms|s|min|B|kB|MB|GB)(?![\w]))/g, '\u00a0')

const section = ({ id, title, lead, blocks }: Section): string => `<section id="${id}">
<h2>${safe(title)}</h2>
${lead === '' ? '' : `<p class="lead">${safe(lead)}</p>`}
${blocks.map(written).join('\n')}
</section>`

function written(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p class="text ${block.tone}">${safe(block.text)}</p>`
    case 'figures':
      return `<dl class="figures">${block.figures.map(keyFigure).join('')}</dl>`
    case 'parts':
      return parts(block)
    case 'table':
      return tabled(block)
    case 'terms':
      return `<dl class="terms">${block.terms.map(([term, meaning]) => `<dt>${safe(term)}</dt><dd>${safe(meaning)}</dd>`).join('')}</dl>`
    case 'bars': {
      const bars = block.chart.bars.map((bar) => ({ ...bar, label: plain(bar.label) }))
      return plot(
        barChart({ ...block.chart, bars }),
        `--plot-1:color-mix(in oklab,var(--${block.tone}) 60%,var(--surface))`,
      )
    }
    case 'lines':
      // The colours of its series are those of what they tell of.
      return plot(
        lineChart(block.chart),
        block.tones.map((tone, i) => `--plot-${i + 1}:var(--${tone})`).join(';'),
      )
  }
}

const keyFigure = ({ label, value, note, tone }: KeyFigure): string =>
  `<div class="${tone}"><dt>${safe(label)}</dt><dd><b${value === UNKNOWN ? ' class="unknown"' : ''}>${safe(value)}</b>${note === '' ? '' : `<small>${safe(note)}</small>`}</dd></div>`

const plot = (svg: string, colours: string): string =>
  `<figure class="plot" style="${colours}">${svg.trim()}</figure>`

function parts({ caption, parts }: Extract<Block, { kind: 'parts' }>): string {
  const all = parts.reduce((sum, { value }) => sum + value, 0)
  const shown = parts.filter(({ value }) => value > 0)
  const bar = shown.map(({ value, tone }) => `<span class="${tone}" style="flex-grow:${value / all}"></span>`)
  const legend = shown.map(
    ({ label, value, tone }) =>
      `<li class="${tone}"><b>${safe(label)}</b> ${percentOf(value, all)} <small>${count(value)}</small></li>`,
  )
  return `<figure class="parts"><figcaption>${safe(caption)}</figcaption><div class="bar" aria-hidden="true">${bar.join('')}</div><ul>${legend.join('')}</ul></figure>`
}

function tabled({ caption, columns, rows }: Table): string {
  const heads = columns.map(({ head, align }) => `<th scope="col" class="${align}">${safe(head)}</th>`)
  const body = rows.map((row) => {
    const [name, ...cells] = row.map((cell, i) =>
      i === 0 ? `<th scope="row"><bdi>${safe(cell)}</bdi></th>` : cellOf(cell, columns[i]!.align),
    )
    return `<tr>${name}${cells.join('')}</tr>`
  })
  const size = columns.length < 4 ? 'table narrow' : 'table'
  return `<div class="${size}" tabindex="0"><table><caption>${safe(caption)}</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

/** A number's interval, or what is said of it, stands smaller under it. */
function cellOf(cell: string, align: Column['align']): string {
  if (align === 'left') return `<td><bdi>${safe(cell)}</bdi></td>`
  const [, value, aside] = /^(.+?) \((.+)\)$/.exec(cell) ?? [null, cell, null]
  return `<td class="right">${safe(value!)}${aside === null ? '' : `<small>${safe(aside!)}</small>`}</td>`
}
