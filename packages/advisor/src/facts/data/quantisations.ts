/**
 * How weights are stored: id, bits a weight of the body and of the head in models whose rows are multiples of 256, and in the narrow ones,
 * basis, source. Blocks and mixes of the GGUF types are those of packages/engine/src/quant (llama.cpp's, release v0.5.0, without an
 * importance matrix). A mix gives some matrices more bits, by layer: in Q4_K_M the values and the downward matrices of the first and last
 * eighth of the layers and every third between are Q6_K. How much that is hangs on the shape: the numbers are means over the models here,
 * none of which is off by more than 1.5 %.
 */
import type { Quantisation, Source } from '../types.ts'
import { readTable } from './table.ts'

const table = `
F16 | 16 | 16 | - | - | computed | two bytes a weight
BF16 | 16 | 16 | - | - | computed | two bytes a weight
Q8_0 | 8.5 | 8.5 | - | - | computed | blocks of 32 in 34 bytes
Q6_K | 6.5625 | 6.5625 | 7.924 | 8.5 | computed | blocks of 256 in 210 bytes
Q5_K_M | 5.654 | 6.5625 | 6.018 | 8.5 | computed | Q5_K, half of the values and downward matrices Q6_K
Q5_K_S | 5.5 | 6.5625 | 5.851 | 8.5 | computed | blocks of 256 in 176 bytes, the head Q6_K
Q5_1 | 6 | 6.5625 | 6 | 8.5 | computed | blocks of 32 in 24 bytes, the head Q6_K
Q5_0 | 5.5 | 6.5625 | 5.5 | 8.5 | computed | blocks of 32 in 22 bytes, the head Q6_K
Q4_K_M | 4.799 | 6.5625 | 5.505 | 8.5 | computed | Q4_K, half of the values and downward matrices Q6_K
Q4_K_S | 4.534 | 6.5625 | 5.235 | 8.5 | computed | Q4_K, values of the first four layers and downward matrices of the first eighth Q5_K
Q4_1 | 5 | 6.5625 | 5 | 8.5 | computed | blocks of 32 in 20 bytes, the head Q6_K
Q4_0 | 4.5 | 6.5625 | 4.5 | 8.5 | computed | blocks of 32 in 18 bytes, the head Q6_K
IQ4_NL | 4.538 | 6.5625 | 4.545 | 8.5 | computed | blocks of 32 in 18 bytes, downward matrices of the first eighth Q5_K
IQ4_XS | 4.298 | 6.5625 | 4.478 | 8.5 | computed | blocks of 256 in 136 bytes, downward matrices of the first eighth Q5_K
Q3_K_L | 4.201 | 6.5625 | 4.903 | 8.5 | computed | Q3_K, values, outputs and downward matrices Q5_K
Q3_K_M | 3.846 | 6.5625 | 4.583 | 8.5 | computed | Q3_K, values, outputs and downward matrices Q4_K, the first ones Q5_K
Q3_K_S | 3.4375 | 6.5625 | 4.184 | 8.5 | computed | blocks of 256 in 110 bytes, the head Q6_K
Q2_K | 2.934 | 6.5625 | 4.194 | 8.5 | computed | Q2_K, values Q4_K or Q3_K, outputs and downward matrices Q3_K
MLX-4bit | 4.5 | 4.5 | - | - | computed | groups of 64 with a scale and an offset of 16 bits, the embedding too
MLX-8bit | 8.5 | 8.5 | - | - | computed | groups of 64 with a scale and an offset of 16 bits, the embedding too
8da4w | 4.5 | 4.5 | - | - | claimed | ExecuTorch: groups of 32 with a scale of 16 bits, as far as the sizes of published files tell
SpinQuant | 5 | 8 | - | - | computed | ExecuTorch: groups of 32 with a scale of 32 bits, head 8 bits a row; gives the published 1.136 GB of Llama 3.2 1B within 0.3 % where the embedding is stored beside the head
`

/** As computed on 2026-11-26. */
export const quantisations: readonly Quantisation[] = readTable(table, 7).map(
  ([id, body, head, narrowBody, narrowHead, basis, source]) => ({
    id: id!,
    bodyBits: Number(body),
    headBits: Number(head),
    narrow: narrowBody === '-' ? null : { bodyBits: Number(narrowBody), headBits: Number(narrowHead) },
    source: source!,
    asOf: '2026-11-26',
    basis: basis as Source['basis'],
  }),
)
