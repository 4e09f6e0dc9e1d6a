/** How a matrix is divided for threads that read it. */

/**
 * Rows of a chunk: a multiple of 8, as kernels walk through up to eight rows at once. Small enough that threads end together,
 * large enough that taking one (some 0.2 us) and starting its streams is nothing beside reading it.
 */
export function chunkRows(rows: number, rowBytes: number, threads: number): number {
  if (threads === 1) return rows
  const bytes = Math.min(2 ** 20, Math.max(96_000, (rows * rowBytes) / (4 * threads)))
  return 8 * Math.ceil(bytes / rowBytes / 8)
}
