/**
 * The embedded model as the Hugging Face folder that MLX, LiteRT and ExecuTorch read: the weights of the shipped GGUF as f32, with
 * the rows of queries and keys back in that world's order, beside the configuration and tokenizer that lie in models/mini.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dequantize, readGguf, tensorBytes } from '@edgewise/engine'

const mini = new URL('../models/mini/', import.meta.url)

export const ggufFile: URL = new URL('edgewise-mini.gguf', mini)

const names: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}

function hfName(name: string): string {
  if (name === 'token_embd.weight') return 'model.embed_tokens.weight'
  if (name === 'output_norm.weight') return 'model.norm.weight'
  const [, layer, part] = /^blk\.(\d+)\.(\w+)\.weight$/.exec(name) ?? []
  const hf = part === undefined ? undefined : names[part]
  if (hf === undefined) throw new Error(`the tensor ${name} has no name in a Llama folder`)
  return `model.layers.${layer}.${hf}.weight`
}

/** Undoes llama.cpp's order of rotary pairs: within each head, what is row 2 * pair + half goes to half * headDim / 2 + pair. */
function rotateHalf(values: Float32Array, headDim: number, cols: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let row = 0; row < values.length / cols; row++) {
    const inHead = row % headDim
    const half = inHead % 2
    const to = row - inHead + (half * headDim) / 2 + (inHead - half) / 2
    out.set(values.subarray(row * cols, (row + 1) * cols), to * cols)
  }
  return out
}

/** The model's own template, which takes a text, for a runtime that gives each message as a list of parts. */
const template = `{% set ns = namespace(task='complete') %}{% for m in messages %}\
{% if m['content'] is string %}{% set ns.text = m['content'] %}{% else %}{% set ns.text = m['content'][0]['text'] %}{% endif %}\
{% if m['role'] == 'system' %}{% set ns.task = ns.text | trim %}\
{% elif m['role'] == 'user' %}{{ '<|im_start|>user\\n<|' ~ ns.task ~ '|> ' ~ (ns.text | trim) ~ '<|im_end|>\\n' }}\
{% else %}{{ '<|im_start|>assistant\\n' ~ ns.text ~ '<|im_end|>\\n' }}{% endif %}{% endfor %}\
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`

/** Writes the folder. */
export async function writeHfFolder(folder: string): Promise<void> {
  const bytes = await readFile(ggufFile)
  const config = JSON.parse(await readFile(new URL('config.json', mini), 'utf8'))
  const header: Record<string, unknown> = {}
  const data: Float32Array[] = []
  let end = 0
  for (const [name, tensor] of readGguf(bytes).tensors) {
    const shape = [...tensor.dims].reverse()
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
    dequantize(tensor.type, tensorBytes(bytes, tensor), values)
    const isRotated = name.includes('attn_q') || name.includes('attn_k')
    data.push(isRotated ? rotateHalf(values, config.head_dim, shape[1]!) : values)
    header[hfName(name)] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] }
    end += values.byteLength
  }
  const text = JSON.stringify(header)
  const padded = new TextEncoder().encode(text + ' '.repeat((8 - (text.length % 8)) % 8))
  const length = new BigUint64Array([BigInt(padded.length)])
  await mkdir(folder, { recursive: true })
  const all = [length, padded, ...data].map((part) =>
    Buffer.from(part.buffer, part.byteOffset, part.byteLength),
  )
  await writeFile(join(folder, 'model.safetensors'), Buffer.concat(all))
  for (const name of ['config', 'generation_config', 'tokenizer']) {
    await cp(new URL(`${name}.json`, mini), join(folder, `${name}.json`))
  }
  const tokenizer = JSON.parse(await readFile(new URL('tokenizer_config.json', mini), 'utf8'))
  await writeFile(
    join(folder, 'tokenizer_config.json'),
    JSON.stringify({ ...tokenizer, chat_template: template }),
  )
}
