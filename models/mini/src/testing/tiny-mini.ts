/**
 * A random model of a few thousand numbers with mini's vocabulary in small, made the way the real one is: safetensors,
 * tokenizer.json, convert. Its markers have long embedding rows, so that decoders really mark and correct.
 */
import { seededRandom } from '@edgewise/engine'
import { writeSafetensors } from '../../../../packages/engine/src/testing/safetensors-writer.ts'
import { type Checkpoint, convert, type HfConfig } from '../convert.ts'
import { type Mini, openMini } from '../mini.ts'
import { miniTasks } from '../tasks.ts'

const markers = [
  ...['<none>', '<wrong>', '<join>'],
  ...[
    '<intent:oos>',
    '<intent:alarm>',
    '<intent:weather>',
    '<intent:balance>',
    '<intent:music>',
    '<intent:joke>',
  ],
  ...['<snips:PlayMusic>', '<snips:GetWeather>'],
  ...['<slot:artist>', '<slot:city>', '<slot:year>', '<slot+:artist>', '<slot+:city>', '<slot+:year>'],
  ...['<pii:PERSON>', '<pii:PHONE_NUMBER>', '<pii+:PERSON>', '<pii+:PHONE_NUMBER>'],
]
const control = ['<|pad|>', '<|im_start|>', '<|im_end|>', ...miniTasks.map((task) => `<|${task}|>`)]
const merges: [string, string][] = [
  ['t', 'h'],
  ['th', 'e'],
  ['Ġ', 'the'],
  ['a', 'n'],
]

export const tinyWords = [
  'the',
  'then',
  'word',
  'world',
  'of',
  'an',
  'and',
  'pay',
  "don't",
  'march',
  'am',
  'pm',
]

export const tinyConfig: HfConfig = {
  hidden_size: 64,
  intermediate_size: 96,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 192,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  vocab_size: control.length + markers.length + 256 + merges.length,
}

/** Tensor names and shapes of a Hugging Face Llama with a tied head. */
export function tensorShapes(config: HfConfig): [string, number[]][] {
  const { hidden_size: width, intermediate_size: inner } = config
  const kvWidth = (width / config.num_attention_heads) * config.num_key_value_heads
  const layers = Array.from({ length: config.num_hidden_layers }, (_, i): [string, number[]][] => [
    [`model.layers.${i}.input_layernorm.weight`, [width]],
    [`model.layers.${i}.self_attn.q_proj.weight`, [width, width]],
    [`model.layers.${i}.self_attn.k_proj.weight`, [kvWidth, width]],
    [`model.layers.${i}.self_attn.v_proj.weight`, [kvWidth, width]],
    [`model.layers.${i}.self_attn.o_proj.weight`, [width, width]],
    [`model.layers.${i}.post_attention_layernorm.weight`, [width]],
    [`model.layers.${i}.mlp.gate_proj.weight`, [inner, width]],
    [`model.layers.${i}.mlp.up_proj.weight`, [inner, width]],
    [`model.layers.${i}.mlp.down_proj.weight`, [width, inner]],
  ])
  return [
    ['model.embed_tokens.weight', [config.vocab_size, width]],
    ...layers.flat(),
    ['model.norm.weight', [width]],
  ]
}

export function tinyCheckpoint(seed: number): Checkpoint {
  const random = seededRandom(seed)
  const tensors = tensorShapes(tinyConfig).map(([name, shape]) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).map(() =>
      shape.length === 1 ? 1 : (random() - 0.5) / 3,
    )
    return { name, shape, values }
  })
  const embedding = tensors[0]!.values
  const width = tinyConfig.hidden_size
  const markerRows = [control.length * width, (control.length + markers.length) * width] as const
  embedding.subarray(...markerRows).forEach((value, i, rows) => {
    rows[i] = value * 6
  })
  const special = [...control, ...markers]
  const names = [...special, ...byteLetters(), ...merges.map((pair) => pair.join(''))]
  return {
    config: tinyConfig,
    tokenizer: {
      model: { vocab: Object.fromEntries(names.map((name, id) => [name, id])), merges },
      added_tokens: special.map((content, id) => ({ id, content })),
    },
    tokenizerConfig: { chat_template: '{{ messages }}' },
    words: tinyWords,
    weights: writeSafetensors(tensors),
  }
}

export function tinyMini(seed: number): Promise<Mini> {
  return openMini(convert(tinyCheckpoint(seed), 'f32'))
}

/** GPT-2's bytes_to_unicode: printable bytes stand for themselves, the others for letters from U+0100 on. */
function byteLetters(): string[] {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255)
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++))
}

/** Runs to the end: the joined text and the result. */
export async function finish<T extends { text: string }, R>(
  run: AsyncGenerator<T, R>,
): Promise<{ text: string; parts: T[]; result: R }> {
  const parts: T[] = []
  for (;;) {
    const step = await run.next()
    if (step.done) return { text: parts.map((part) => part.text).join(''), parts, result: step.value }
    parts.push(step.value)
  }
}
