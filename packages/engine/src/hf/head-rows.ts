/**
 * The order of rows in query and key matrices. Hugging Face's checkpoints turn (i, i + headDim / 2) of a head together in all families;
 * GGUF's "llama" order turns neighbours, so its rows are interleaved (`permute` in llama.cpp's converter). A bias has rows too, and so has
 * the second matrix of an adapter.
 */

/** values [heads * headDim, cols]: within each head, row 2 * pair + half takes what was row half * headDim / 2 + pair. */
export function interleaveHeads(values: Float32Array, headDim: number, cols: number): Float32Array {
  const out = new Float32Array(values.length)
  const rows = values.length / cols
  for (let row = 0; row < rows; row++) {
    const inHead = row % headDim
    const half = inHead % 2
    const pair = (inHead - half) / 2
    const from = row - inHead + (half * headDim) / 2 + pair
    out.set(values.subarray(from * cols, (from + 1) * cols), row * cols)
  }
  return out
}
