/** How a matrix is divided for threads that read it. */

/**
 * Rows of a chunk, of the `rowBytes` that a step down the matrix reads. Small enough that threads end together, large enough that
 * taking one and starting its streams of memory is little beside reading it: at 40 KB a model of SmolLM2-135M's shape gave a fifth
 * fewer tokens than at 96 KB (two threads of an AMD EPYC).
 */
export function chunkRows(rows: number, rowBytes: number, threads: number): number {
  if (threads === 1) return rows
  const bytes = Math.min(2 ** 20, Math.max(96_000, (rows * rowBytes) / (4 * threads)))
  return 8 * Math.ceil(bytes / rowBytes / 8)
}
