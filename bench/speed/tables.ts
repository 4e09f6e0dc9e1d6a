/** Tables in Markdown, and their places in a document: between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`. */

/** The first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) =>
    Math.max(3, ...[title, ...rows.map((row) => row[i]!)].map((cell) => cell.length)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** Sentences as a paragraph of lines that are no wider than a document's. */
export function paragraph(sentences: readonly string[]): string {
  const lines = ['']
  for (const word of sentences.join(' ').split(/\s+/)) {
    const line = lines.at(-1)!
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= 120) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}

/** `document` with `content` at the place of that name. Throws when the document has no such place. */
export function place(document: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const from = document.indexOf(open)
  const to = document.indexOf(close, from)
  if (from < 0 || to < 0) {
    throw new Error(
      `the document has no place for ${name}: put ${open} and ${close} where the table shall stand`,
    )
  }
  return `${document.slice(0, from + open.length)}\n\n${content.trim()}\n\n${document.slice(to)}`
}
