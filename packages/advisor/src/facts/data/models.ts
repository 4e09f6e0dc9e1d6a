/**
 * Models: id, name, layers, hidden, heads, heads of keys and values, head size, feed-forward, vocabulary, whether the embedding is the
 * head, context, window (tokens in so many layers), parameters, those of the body, basis, scores, source. `computed`: the shape, as its
 * maker's configuration has it, gives the published number of parameters to the last one. What does not is not here, but for the two
 * models with embeddings a layer, whose published numbers are rounded: they are claimed.
 */
import type { ModelShape, Source } from '../types.ts'
import { readTable } from './table.ts'

const table = `
llama-3.2-1b | Llama 3.2 1B Instruct | 16 | 2048 | 32 | 8 | 64 | 8192 | 128256 | tied | 131072 | - | 1235814400 | 973146112 | computed | mmlu 49.3, ifeval 59.5, gsm8k 44.4, math 30.6, arc-c 59.4, gpqa 27.2, bfcl-v2 25.7, humaneval-plus-q4_k_m 32.9 | scores of the card in github.com/meta-llama/llama-models @1156e86, models/llama3_2/MODEL_CARD.md; HumanEval+ of mac-llm-bench
llama-3.2-3b | Llama 3.2 3B Instruct | 28 | 3072 | 24 | 8 | 128 | 8192 | 128256 | tied | 131072 | - | 3212749824 | 2818747392 | computed | mmlu 63.4, ifeval 77.4, gsm8k 77.7, math 47.3, arc-c 78.6, gpqa 32.8, bfcl-v2 67.0, humaneval-plus-q4_k_m 60.4 | scores of the card in github.com/meta-llama/llama-models @1156e86, models/llama3_2/MODEL_CARD.md; HumanEval+ of mac-llm-bench
gemma-3-270m | Gemma 3 270M IT | 18 | 640 | 4 | 1 | 256 | 2048 | 262144 | tied | 32768 | 512 in 15 | 268098176 | 100326016 | computed | ifeval 51.2, bbh 26.7 | shape of github.com/google-deepmind/gemma, Gemma3_270M; scores of its maker by github.com/jakemanger/whatmodel, pages/model/gemma-3-270m.md
gemma-3-1b | Gemma 3 1B IT | 26 | 1152 | 4 | 1 | 256 | 6912 | 262144 | tied | 32768 | 512 in 22 | 999885952 | 697896064 | computed | ifeval 55, gsm8k 42, mmlu-pro 15, bfcl-v3 16.3, bbh 38, truthfulqa 31, humaneval-plus-q4_k_m 34.2 | scores run again by embedl/Edge-Inference-Benchmarks, data/acc-Gemma-3.csv; HumanEval+ of mac-llm-bench
smollm2-135m | SmolLM2 135M Instruct | 30 | 576 | 9 | 3 | 64 | 1536 | 49152 | tied | 8192 | - | 134515008 | 106203456 | computed | - | no scores were found
smollm2-360m | SmolLM2 360M Instruct | 32 | 960 | 15 | 5 | 64 | 2560 | 49152 | tied | 8192 | - | 361821120 | 314635200 | computed | - | no scores were found
smollm2-1.7b | SmolLM2 1.7B Instruct | 24 | 2048 | 32 | 32 | 64 | 8192 | 49152 | tied | 8192 | - | 1711376384 | 1610713088 | computed | humaneval 28.1 | score of its maker by github.com/jakemanger/whatmodel, pages/model/smollm2-1-7b.md
qwen3-0.6b | Qwen3 0.6B | 28 | 1024 | 16 | 8 | 128 | 3072 | 151936 | tied | 40960 | - | 596049920 | 440467456 | computed | - | no scores were found
qwen3-1.7b | Qwen3 1.7B | 28 | 2048 | 16 | 8 | 128 | 6144 | 151936 | tied | 40960 | - | 1720574976 | 1409410048 | computed | - | no scores were found
qwen3-4b | Qwen3 4B | 36 | 2560 | 32 | 8 | 128 | 9728 | 151936 | tied | 40960 | - | 4022468096 | 3633511936 | computed | - | no scores were found
phi-4-mini | Phi-4-mini-instruct | 32 | 3072 | 24 | 8 | 128 | 8192 | 200064 | tied | 131072 | - | 3836021760 | 3221425152 | computed | mmlu 66.73, gsm8k 81.88, mmlu-pro 46.43, arc-c 56.91, gpqa 30.13, humaneval-plus-q4_k_m 70.7 | scores of the card of pytorch/Phi-4-mini-instruct-FP8 @f961b02; HumanEval+ of mac-llm-bench
qwen2.5-0.5b | Qwen2.5 0.5B | 24 | 896 | 14 | 2 | 64 | 4864 | 151936 | tied | 32768 | - | 494032768 | 357898112 | computed | - | no scores were found
qwen2.5-1.5b | Qwen2.5 1.5B | 28 | 1536 | 12 | 2 | 128 | 8960 | 151936 | tied | 32768 | - | 1543714304 | 1310340608 | computed | - | no scores were found
llama-3.1-8b | Llama 3.1 8B Instruct | 32 | 4096 | 32 | 8 | 128 | 14336 | 128256 | untied | 131072 | - | 8030261248 | 6979588096 | computed | mmlu 69.4, ifeval 80.4, gsm8k 84.5 | scores of the card in github.com/meta-llama/llama-models @1156e86, models/llama3_2/MODEL_CARD.md
gemma-4-e2b | Gemma 4 E2B IT | 35 | 1536 | 8 | 1 | 256 | 6144 | 262144 | tied | 131072 | 512 in 28 | 4650000000 | 1898536576 | claimed | mmlu 62.33, gsm8k 73.67, arc-c 56.47, gpqa 34.34, humaneval 54.88 | shape of github.com/google/gemma.cpp/pull/919, heads as remembered; 4.65 B by github.com/ggml-org/llama.cpp/pull/26373; scores of github.com/cactus-compute/cactus @009d8de, README.md. Head 512 in the 7 layers that see all; ffn 12288 in the last 20 layers, which keep no keys and values of their own
gemma-3n-e2b | Gemma 3n E2B IT | 30 | 2048 | 8 | 2 | 256 | 8192 | 262400 | tied | 32768 | 512 in 24 | 5440000000 | 1910000000 | claimed | humaneval 66.5, mbpp 56.6, mgsm 53.1, livecodebench-v5 18.6 | shape as remembered; 5.44 B with sight and hearing by github.com/jakemanger/whatmodel, pages/model/gemma-3n-e2b.md; body of google/gemma3n-slicing-configs; scores of its maker
qwen2.5-3b | Qwen2.5 3B | 36 | 2048 | 16 | 2 | 128 | 11008 | 151936 | tied | 32768 | - | 3085938688 | 2774773760 | computed | - | no scores were looked up
qwen2.5-7b | Qwen2.5 7B | 28 | 3584 | 28 | 4 | 128 | 18944 | 152064 | untied | 32768 | - | 7615616512 | 6525621760 | computed | - | no scores were looked up
qwen2.5-14b | Qwen2.5 14B | 48 | 5120 | 40 | 8 | 128 | 13824 | 152064 | untied | 32768 | - | 14770033664 | 13212898304 | computed | - | no scores were looked up
qwen3-8b | Qwen3 8B | 36 | 4096 | 32 | 8 | 128 | 12288 | 151936 | untied | 40960 | - | 8190735360 | 6946075648 | computed | - | no scores were looked up
qwen3-14b | Qwen3 14B | 40 | 5120 | 40 | 8 | 128 | 17408 | 151936 | untied | 40960 | - | 14768307200 | 13212482560 | computed | - | no scores were looked up
gemma-3-4b | Gemma 3 4B IT | 34 | 2560 | 8 | 4 | 256 | 10240 | 262208 | tied | 131072 | 1024 in 29 | 3880263168 | 3209010688 | computed | - | text only: sight has 0.42 B more; no scores were looked up
gemma-3-12b | Gemma 3 12B IT | 48 | 3840 | 16 | 8 | 256 | 15360 | 262208 | tied | 131072 | 1024 in 40 | 11766034176 | 10759155456 | computed | - | text only: sight has 0.42 B more; no scores were looked up
gemma-2-2b | Gemma 2 2B IT | 26 | 2304 | 8 | 4 | 256 | 9216 | 256000 | tied | 8192 | 4096 in 13 | 2614341888 | 2024517888 | computed | - | no scores were looked up
gemma-2-9b | Gemma 2 9B IT | 42 | 3584 | 16 | 8 | 256 | 14336 | 256000 | tied | 8192 | 4096 in 21 | 9241705984 | 8324201984 | computed | - | no scores were looked up
llama-2-7b | Llama 2 7B | 32 | 4096 | 32 | 32 | 128 | 11008 | 32000 | untied | 4096 | - | 6738415616 | 6476271616 | computed | - | no scores were looked up
mistral-7b | Mistral 7B Instruct v0.3 | 32 | 4096 | 32 | 8 | 128 | 14336 | 32768 | untied | 32768 | - | 7248023552 | 6979588096 | computed | - | no scores were looked up
phi-3.5-mini | Phi-3.5-mini-instruct | 32 | 3072 | 32 | 32 | 96 | 8192 | 32064 | untied | 131072 | - | 3821079552 | 3624078336 | computed | - | no scores were looked up
tinyllama-1.1b | TinyLlama 1.1B | 22 | 2048 | 32 | 4 | 64 | 5632 | 32000 | untied | 2048 | - | 1100048384 | 968976384 | computed | - | no scores were looked up
`

/** As read on 2026-11-22. */
export const models: readonly ModelShape[] = readTable(table, 17).map((row) => {
  const [id, name, , , , , , , , tied, , window, , , basis, scores, source] = row
  const number = (column: number): number => Number(row[column])
  return {
    id: id!,
    name: name!,
    layers: number(2),
    hidden: number(3),
    heads: number(4),
    kvHeads: number(5),
    headDim: number(6),
    ffn: number(7),
    vocab: number(8),
    tied: tied === 'tied',
    context: number(10),
    window: readWindow(window!),
    parameters: number(12),
    bodyParameters: number(13),
    scores: readScores(scores!),
    source: basis === 'computed' ? `shape of its maker's configuration, counted; ${source}` : source!,
    asOf: '2026-11-22',
    basis: basis as Source['basis'],
  }
})

function readWindow(cell: string): ModelShape['window'] {
  if (cell === '-') return null
  const [tokens, layers] = cell.split(' in ').map(Number)
  return { tokens: tokens!, layers: layers! }
}

function readScores(cell: string): ModelShape['scores'] {
  if (cell === '-') return {}
  return Object.fromEntries(
    cell.split(', ').map((score) => {
      const [benchmark, value] = score.split(' ')
      return [benchmark!, Number(value)]
    }),
  )
}
