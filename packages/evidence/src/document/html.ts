/**
 * A document as one page that needs nothing else: no script, no request, its plots in it. Whatever a name holds is text there, and the
 * page's own policy (Content-Security-Policy) allows nothing but its style: a name that were more than text could do nothing.
 */
import { barChart } from '../plot/bar-chart.ts'
import { dotChart } from '../plot/dot-chart.ts'
import { escapeText } from '../plot/frame.ts'
import { lineChart } from '../plot/line-chart.ts'
import {
  type Block,
  type Cell,
  type Column,
  type Derived,
  type Document,
  type KeyFigure,
  plain,
  plainLines,
  type Run,
  runsOf,
  type Section,
  type Table,
  type Tone,
  textOf,
} from './document.ts'
import { style } from './style.ts'
import { count, percentOf, UNKNOWN } from './words.ts'

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

export function documentHtml({ name, title, subtitle, sections }: Document): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeText(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${safe(`Edgewise: ${name}`)}</title>
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

/** A mark is no name, but nothing of an address depends on that. */
const idOf = (mark: string): string => `m-${mark.replace(/[^\w.]/g, '_')}`

/** The text, with links where it leads somewhere; on paper marks stand behind it. */
const linked = (cell: Cell): string => runsOf(cell).map(linkedRun).join('')

function linkedRun(run: Run): string {
  if (typeof run === 'string') return safe(run)
  return `<a class="to" href="#${idOf(run.mark)}" data-mark="${safe(run.mark)}">${safe(run.text)}</a>`
}

const section = ({ id, title, lead, blocks }: Section): string => `<section id="${id}">
<h2>${safe(title)}</h2>
${lead === '' ? '' : `<p class="lead">${safe(lead)}</p>`}
${blocks.map(written).join('\n')}
</section>`

function written(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p class="text ${block.tone}">${linked(block.text)}</p>`
    case 'list':
      return `<ul class="list ${block.tone}">${block.items.map((item) => `<li>${linked(item)}</li>`).join('')}</ul>`
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
    case 'dots':
      return plot(dotChart(block.chart), coloursOf(block.tones))
    case 'steps':
      return `<figure class="steps" id="${idOf(block.mark)}"><figcaption><span class="mark">${safe(block.mark)}</span>${safe(block.caption)}</figcaption><ol>${block.steps.map(step).join('')}</ol></figure>`
    case 'code':
      return `<figure class="code"><figcaption>${safe(block.caption)}</figcaption><pre tabindex="0"><code>${escapeText(plainLines(block.text))}</code></pre></figure>`
    case 'lines':
      return plot(lineChart(block.chart), coloursOf(block.tones))
  }
}

/** The colours of its series are those of what they tell of. */
const coloursOf = (tones: readonly Tone[]): string =>
  tones.map((tone, i) => `--plot-${i + 1}:var(--${tone})`).join(';')

const step = ({ mark, what, formula, value, from }: Derived): string =>
  `<li id="${idOf(mark)}"><span class="mark">${safe(mark)}</span><div><b>${safe(what)}</b> <span class="value">${safe(value)}</span><p>${safe(formula)}</p>${from.length === 0 ? '' : `<small>${from.map((cell) => linked(cell)).join('; ')}</small>`}</div></li>`

const keyFigure = ({ label, value, note, tone }: KeyFigure): string =>
  `<div class="${tone}"><dt>${safe(label)}</dt><dd><b${textOf(value) === UNKNOWN ? ' class="unknown"' : ''}>${linked(value)}</b>${note === '' ? '' : `<small>${safe(note)}</small>`}</dd></div>`

const plot = (svg: string, colours: string): string =>
  `<figure class="plot" style="${colours}">${svg.trim()}</figure>`

function parts({ caption, parts, areShares }: Extract<Block, { kind: 'parts' }>): string {
  const all = parts.reduce((sum, { value }) => sum + value, 0)
  const shown = parts.filter(({ value }) => value > 0)
  const bar = shown.map(({ value, tone }) => `<span class="${tone}" style="flex-grow:${value / all}"></span>`)
  const legend = shown.map(
    ({ label, value, tone }) =>
      `<li class="${tone}"><b>${safe(label)}</b> ${percentOf(value, all)}${areShares ? '' : ` <small>${count(value)}</small>`}</li>`,
  )
  return `<figure class="parts"><figcaption>${safe(caption)}</figcaption><div class="bar" aria-hidden="true">${bar.join('')}</div><ul>${legend.join('')}</ul></figure>`
}

/** Characters of a cell that is prose. */
const LONG = 48
/** Columns from which on a table needs its room. */
const DENSE = 7
/** Characters of a cell that stays on one line. */
const SHORT = 24

function tabled({ caption, columns, rows, marks }: Table): string {
  const heads = columns.map(({ head, align }) => `<th scope="col" class="${align}">${safe(head)}</th>`)
  const body = rows.map((row, i) => {
    const [name, ...cells] = row.map((cell, i) =>
      i === 0 ? `<th scope="row"><bdi>${linked(cell)}</bdi></th>` : cellOf(cell, columns[i]!.align),
    )
    return `<tr${marks === undefined ? '' : ` id="${idOf(marks[i]!)}"`}>${name}${cells.join('')}</tr>`
  })
  const isLong = rows.some((row) => row.some((cell) => textOf(cell).length > LONG))
  const size =
    columns.length < 4 && !isLong ? 'table narrow' : columns.length > DENSE ? 'table dense' : 'table'
  return `<div class="${size}" tabindex="0"><table><caption>${safe(caption)}</caption><thead><tr>${heads.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

/** A number's interval, or what is said of it, stands smaller under it. */
function cellOf(cell: Cell, align: Column['align']): string {
  if (align === 'left') {
    const isShort = textOf(cell).length <= SHORT
    return `<td class="${isShort ? 'left short' : 'left'}"><bdi>${linked(cell)}</bdi></td>`
  }
  const text = textOf(cell)
  const [, value, aside] = /^(.+?) \((.+)\)$/.exec(text) ?? [null, text, null]
  return `<td class="right">${linked(typeof cell === 'string' || !('mark' in cell) ? value! : { ...cell, text: value! })}${aside === null ? '' : `<small>${safe(aside!)}</small>`}</td>`
}
