/**
 * Rows of a table that is kept as text: one a line, cells between ` | `, so that a change of one figure is a change of one line. A row
 * with too many or too few cells is a mistake of whoever edited it, and throws a plain Error as the module is loaded.
 */
export function readTable(text: string, columns: number): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim())
      if (cells.length !== columns)
        throw new Error(`${cells[0]}: ${cells.length} cells, not ${columns}: give each row every cell`)
      return cells
    })
}
