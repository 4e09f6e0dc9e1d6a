/**
 * What every plot shares: the SVG element with its title for screen readers, its colours in light and dark, escaped texts, numbers of
 * two decimals, a legend that wraps. A page recolours a plot through `--plot-ink`, `--plot-muted`, `--plot-grid`, `--plot-surface`
 * and `--plot-1` to `--plot-8`. The same input gives the same text.
 */

/** As the text of an element or an attribute; characters that XML cannot hold become U+FFFD. */
export function escapeText(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML cannot hold
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  )
}

/** A length in pixels, two decimals. */
export const px = (value: number): string => String(Math.round(value * 100) / 100 + 0)

export const FONT_SIZE = 12

/** An upper estimate of how wide a text of the plot is, in pixels: nothing here can measure one. */
export const textWidth = (text: string, size: number = FONT_SIZE): number => [...text].length * size * 0.58

/** The text, cut to this many pixels. */
export function shortened(text: string, width: number): string {
  const most = Math.max(1, Math.floor(width / textWidth('x')))
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}

const COLOURS = 8
const light = ['#1f6feb', '#c2570c', '#11845b', '#8250df', '#bf2a3c', '#0b7285', '#8a6d00', '#a8327e']
const dark = ['#6ea8ff', '#f59b54', '#4cc38a', '#b994ff', '#ff7b86', '#45c4d6', '#d9b840', '#ee7fc2']

const colours = (shades: readonly string[]): string =>
  shades.map((shade, i) => `--c${i + 1}:var(--plot-${i + 1},${shade})`).join(';')

const css = [
  `.ew-plot{--ink:var(--plot-ink,#1c2128);--muted:var(--plot-muted,#59636e);--grid:var(--plot-grid,#d9dee4);--surface:var(--plot-surface,#fff);${colours(light)};font:${FONT_SIZE}px system-ui,-apple-system,"Segoe UI","Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}`,
  `@media(prefers-color-scheme:dark){.ew-plot{--ink:var(--plot-ink,#e6e9ed);--muted:var(--plot-muted,#9aa4b0);--grid:var(--plot-grid,#343b45);--surface:var(--plot-surface,#14171c);${colours(dark)}}}`,
  '.ew-plot text{fill:var(--ink)}',
  '.ew-plot .muted{fill:var(--muted)}',
  '.ew-plot .title{font-size:14px;font-weight:600}',
  '.ew-plot .grid{stroke:var(--grid)}',
  '.ew-plot .axis{stroke:var(--muted)}',
].join('')

/** The colour of the series of this index, as a value of `fill` or `stroke`; they repeat after eight. */
export const colourOf = (index: number): string => `var(--c${(index % COLOURS) + 1})`

export interface Frame {
  readonly title: string
  /** Read out instead of the picture, after its title. */
  readonly description: string
  readonly width: number
  readonly height: number
}

/** The whole SVG document; it can stand in a page as it is. */
export function frame({ title, description, width, height }: Frame, content: readonly string[]): string {
  const label = description === '' ? title : `${title}. ${description}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="ew-plot" role="img" aria-label="${escapeText(label)}" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${css}</style>`,
    `<rect width="100%" height="100%" style="fill:var(--surface)"/>`,
    `<text class="title" x="16" y="26">${escapeText(title)}</text>`,
    ...content,
    '</svg>',
    '',
  ].join('\n')
}

export interface LegendEntry {
  readonly name: string
  /** A mark of 22 by 10 pixels, drawn around (0, 0) to (22, 0). */
  readonly mark: string
}

const MARK = 28
const GAP = 18
const ROW = 18

/** The entries side by side, in as many rows as they need: what to draw, and its height. */
export function legend(
  entries: readonly LegendEntry[],
  left: number,
  top: number,
  width: number,
): { readonly content: readonly string[]; readonly height: number } {
  const content: string[] = []
  let x = left
  let row = 0
  for (const { name, mark } of entries) {
    const wide = MARK + textWidth(name)
    if (x > left && x + wide > left + width) {
      x = left
      row++
    }
    const y = top + row * ROW
    content.push(
      `<g transform="translate(${px(x)} ${px(y)})">${mark}<text x="${MARK}" y="4">${escapeText(name)}</text></g>`,
    )
    x += wide + GAP
  }
  return { content, height: entries.length === 0 ? 0 : (row + 1) * ROW }
}
