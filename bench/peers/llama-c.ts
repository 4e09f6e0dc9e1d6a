/**
 * llama.cpp at the C level as the judge of the engine: the same prompt ids in, token ids and every logit out.
 * Defaults are those that make a fair comparison: key/value cache in f32, no flash attention, one thread. Calls block.
 * Models and contexts are held with `using`; a context must not outlive its model.
 *   using model = openLlama('model.gguf')
 *   using context = model.context({ contextLength: 512 })
 *   const { ids, logits } = context.greedy(model.tokenize('Hello'), 64)
 */
import koffi from 'koffi'
import {
  type FileType,
  fileTypes,
  type GgmlType,
  ggmlTypes,
  loadLlama,
  type Pointer,
} from './llama-library.ts'

import { LlamaVocabulary, text } from './llama-vocabulary.ts'

export { type FileType, fileTypes, type GgmlType, ggmlTypes, loadLlama } from './llama-library.ts'

export interface LlamaOptions {
  /** Loads the tokenizer alone. */
  readonly vocabOnly?: boolean
  /** Whether weights may be rearranged for faster kernels of llama.cpp, which sum in another order; true as there. */
  readonly repack?: boolean
}

/** Throws when llama.cpp refuses the file; LLAMA_LOG=1 in the environment shows why. */
export function openLlama(path: string, options: LlamaOptions = {}): LlamaModel {
  return new LlamaModel(path, options)
}

export interface ChatMessage {
  readonly role: string
  readonly content: string
}

export class LlamaModel implements Disposable {
  readonly path: string
  /** Numbers in all tensors, and their bytes. */
  readonly parameters: number
  readonly bytes: number
  /** As llama.cpp names it: "llama ?B Q4_K - Medium". */
  readonly description: string
  readonly vocabulary: LlamaVocabulary
  /** Numbers of a state. */
  readonly dim: number
  readonly #c = loadLlama().c
  #model: Pointer

  /** Made by `openLlama`. */
  constructor(path: string, options: LlamaOptions) {
    const c = this.#c
    const params = c.llama_model_default_params!()
    params.vocab_only = options.vocabOnly ?? false
    params.use_extra_bufts = options.repack ?? true
    this.path = path
    this.#model = c.llama_model_load_from_file!(path, params)
    if (this.#model === null) {
      throw new Error(`llama.cpp does not load ${path}: LLAMA_LOG=1 in the environment shows why`)
    }
    this.parameters = Number(c.llama_model_n_params!(this.#model))
    this.bytes = Number(c.llama_model_size!(this.#model))
    this.dim = c.llama_model_n_embd!(this.#model)
    this.description = text((out, size) => c.llama_model_desc!(this.#model, out, size))
    this.vocabulary = new LlamaVocabulary(c.llama_model_get_vocab!(this.#model))
  }

  /** A metadata value that is no array, as text. */
  metadata(key: string): string | undefined {
    const out = new Uint8Array(1 << 16)
    const length = this.#c.llama_model_meta_val_str!(this.#model, key, out, out.length)
    return length < 0 ? undefined : new TextDecoder().decode(out.subarray(0, length))
  }

  /** Token ids; `add` puts the begin and end tokens that the file asks for, `parse` reads special tokens in the text. */
  tokenize(input: string, options: { add?: boolean; parse?: boolean } = {}): number[] {
    return this.vocabulary.tokenize(input, options)
  }

  /** The text of `ids`; `special` writes control tokens out, `strip` leaves away the begin token and its like. */
  detokenize(ids: readonly number[], options: { special?: boolean; strip?: boolean } = {}): string {
    return this.vocabulary.detokenize(ids, options)
  }

  /** The file's chat template, if it has one. */
  get chatTemplate(): string | undefined {
    return this.#c.llama_model_chat_template!(this.#model, null) ?? undefined
  }

  /**
   * `messages` as a prompt. llama.cpp knows a list of templates by their marks and has code for each: it does not run the
   * template. `template` is Jinja source or a name it knows ("chatml"); the file's when not given.
   */
  chat(messages: readonly ChatMessage[], options: { add?: boolean; template?: string } = {}): string {
    const template = options.template ?? this.chatTemplate
    if (template === undefined) throw new Error(`${this.path} has no chat template: give one`)
    const chat = koffi.as(messages, 'llama_chat_message *')
    const add = options.add ?? true
    return text((out, size) => {
      const length = this.#c.llama_chat_apply_template!(template, chat, messages.length, add, out, size)
      if (length < 0) throw new Error('llama.cpp does not know this chat template')
      return length
    })
  }

  context(options: ContextOptions = {}): LlamaContext {
    return new LlamaContext(this.#model, this, options)
  }

  [Symbol.dispose](): void {
    if (this.#model !== null) this.#c.llama_model_free!(this.#model)
    this.#model = null
  }
}

export interface ContextOptions {
  /** 512 when not given. */
  readonly contextLength?: number
  /** Type of both caches: f32 when not given. */
  readonly cache?: GgmlType
  /** 1 when not given. */
  readonly threads?: number
  /** Tokens computed together in prefill, llama.cpp's n_ubatch: 512 when not given. */
  readonly batch?: number
  /** Whether attention is one fused step; false when not given, `auto` as llama.cpp chooses. */
  readonly flashAttention?: boolean | 'auto'
  /** Whether layers that see a window keep all positions, so that any may be rewound to; true when not given. */
  readonly fullWindows?: boolean
  /** For `embedding`, which needs a batch that holds the whole text; then there are no logits. */
  readonly pooling?: 'mean' | 'last'
  /** False: every token of a batch sees all of it; true when not given. */
  readonly causal?: boolean
  /** LoRA adapters as GGUF files, each in full. */
  readonly adapters?: readonly string[]
  /** Called with every contiguous f32 tensor of the graph whose name matches, as it is computed. Slow; to find a difference. */
  readonly trace?: { readonly names: RegExp; readonly seen: (tensor: TracedTensor) => void }
}

export interface TracedTensor {
  /** As llama.cpp names it: "attn_norm-0", "Qcur-0", "l_out-3", "result_norm", "result_output". */
  readonly name: string
  /** The fastest dimension first, as ggml has it. */
  readonly dims: readonly number[]
  readonly values: Float32Array
}

export interface Greedy {
  readonly ids: number[]
  /** [vocab] of each id: those it was chosen from. */
  readonly logits: Float32Array[]
  readonly prefillMs: number
  /** From the first id to the last. */
  readonly decodeMs: number
}

/** `enum llama_pooling_type` */
const poolingTypes = { mean: 1, last: 3 } as const

const evalCallback = koffi.proto('bool edgewise_eval(void * tensor, bool ask, void * data)')

export class LlamaContext implements Disposable {
  readonly contextLength: number
  readonly #c = loadLlama().c
  readonly #vocabulary: LlamaVocabulary
  readonly #dim: number
  /** int32 [batch] and int8 [batch] in C memory: a batch points at them. */
  readonly #tokens: bigint
  readonly #outputs: bigint
  readonly #batch: number
  readonly #traced: bigint | undefined
  readonly #adapters: readonly Pointer[] = []
  #context: Pointer
  #length = 0

  /** Made by `model.context()`. */
  constructor(model: Pointer, { vocabulary, dim }: LlamaModel, options: ContextOptions) {
    const c = this.#c
    const cache = ggmlTypes[options.cache ?? 'f32']
    const batch = options.batch ?? 512
    const contextLength = options.contextLength ?? 512
    const params = c.llama_context_default_params!()
    params.n_ctx = contextLength
    params.n_batch = params.n_ubatch = batch
    // 0: as many outputs as a batch has tokens.
    params.n_outputs_max_per_seq = 0
    params.n_threads = params.n_threads_batch = options.threads ?? 1
    params.flash_attn_type = options.flashAttention === 'auto' ? -1 : options.flashAttention ? 1 : 0
    params.swa_full = options.fullWindows ?? true
    params.type_k = params.type_v = cache
    if (options.pooling) {
      params.embeddings = true
      params.pooling_type = poolingTypes[options.pooling]
    }
    if (options.trace) {
      this.#traced = koffi.register(this.#tracer(options.trace), koffi.pointer(evalCallback))
      params.cb_eval = this.#traced
    }
    this.#context = c.llama_init_from_model!(model, params)
    if (this.#context === null) {
      throw new Error('llama.cpp makes no context: LLAMA_LOG=1 in the environment shows why')
    }
    c.llama_set_causal_attn!(this.#context, options.causal ?? true)
    if (options.adapters) this.#adapters = this.#apply(model, options.adapters)
    this.#vocabulary = vocabulary
    this.#dim = dim
    this.#batch = batch
    this.#tokens = koffi.alloc('int32_t', batch)
    this.#outputs = koffi.alloc('int8_t', batch)
    this.contextLength = c.llama_n_ctx!(this.#context)
  }

  /** Positions filled. */
  get length(): number {
    return this.#length
  }

  /** Forgets all tokens. */
  clear(): void {
    this.#c.llama_memory_clear!(this.#c.llama_get_memory!(this.#context), true)
    this.#length = 0
  }

  /** Forgets all but the first `length` tokens. */
  rewind(length: number): void {
    const memory = this.#c.llama_get_memory!(this.#context)
    if (length > this.#length || !this.#c.llama_memory_seq_rm!(memory, 0, length, -1)) {
      throw new Error(`llama.cpp cannot go back to position ${length} of ${this.#length}`)
    }
    this.#length = length
  }

  /** Appends one token; its logits are computed and not read, as llama-bench has it. */
  step(token: number): void {
    this.#decode([token], 'last')
    this.#c.llama_synchronize!(this.#context)
  }

  /** Appends `tokens` and returns logits: those of the last position [vocab], or of every new one [n, vocab]. A copy. */
  forward(tokens: readonly number[], every = false): Float32Array {
    if (tokens.length === 0) throw new Error('there is no token to run')
    const { size } = this.#vocabulary
    const result = new Float32Array((every ? tokens.length : 1) * size)
    for (let from = 0; from < tokens.length; from += this.#batch) {
      const part = tokens.slice(from, from + this.#batch)
      const isLast = from + part.length === tokens.length
      this.#decode(part, every ? 'every' : isLast ? 'last' : 'none')
      if (!every && !isLast) continue
      const outputs = every ? part.length : 1
      const logits = koffi.view(this.#c.llama_get_logits!(this.#context), 4 * outputs * size)
      result.set(new Float32Array(logits), every ? from * size : 0)
    }
    return result
  }

  /**
   * `count` greedy ids after `prompt` in an empty context; an end of generation does not end it, since it is a token like
   * others to a model of random weights. Of equal logits the first wins.
   */
  greedy(prompt: readonly number[], count: number): Greedy {
    this.clear()
    const ids: number[] = []
    const logits: Float32Array[] = []
    const began = performance.now()
    let row = this.forward(prompt)
    const prefilled = performance.now()
    for (;;) {
      const id = best(row)
      ids.push(id)
      logits.push(row)
      if (ids.length === count) break
      row = this.forward([id])
    }
    return { ids, logits, prefillMs: prefilled - began, decodeMs: performance.now() - prefilled }
  }

  /** [tokens, vocab]: the logits after each of `tokens` in an empty context, computed in batches as a prompt is. */
  logitsOf(tokens: readonly number[]): Float32Array {
    this.clear()
    return this.forward(tokens, true)
  }

  /** The pooled states [dim] of `tokens` in an empty context made with `pooling`; of any length, as llama.cpp leaves them. A copy. */
  embedding(tokens: readonly number[]): Float32Array {
    if (tokens.length > this.#batch)
      throw new Error(`${tokens.length} tokens do not fit a batch of ${this.#batch}`)
    this.clear()
    this.#decode(tokens, 'every')
    const pooled = this.#c.llama_get_embeddings_seq!(this.#context, 0)
    if (pooled === null) throw new Error('llama.cpp pools nothing: make the context with pooling')
    return new Float32Array(koffi.view(pooled, 4 * this.#dim).slice(0))
  }

  [Symbol.dispose](): void {
    if (this.#context === null) return
    this.#c.llama_free!(this.#context)
    for (const adapter of this.#adapters) this.#c.llama_adapter_lora_free!(adapter)
    this.#context = null
    koffi.free(this.#tokens)
    koffi.free(this.#outputs)
    if (this.#traced !== undefined) koffi.unregister(this.#traced)
  }

  #apply(model: Pointer, paths: readonly string[]): Pointer[] {
    const adapters = paths.map((path) => {
      const adapter: Pointer = this.#c.llama_adapter_lora_init!(model, path)
      if (adapter === null) throw new Error(`llama.cpp does not load the adapter ${path}`)
      return adapter
    })
    const pointers = koffi.as(adapters, 'void **')
    const scales = Float32Array.from(adapters, () => 1)
    const code = this.#c.llama_set_adapters_lora!(this.#context, pointers, adapters.length, scales)
    if (code !== 0) throw new Error(`llama.cpp does not apply the adapters (${code})`)
    return adapters
  }

  #decode(tokens: readonly number[], outputs: 'every' | 'last' | 'none'): void {
    const n = tokens.length
    const flags = tokens.map((_, i) => Number(outputs === 'every' || (outputs === 'last' && i === n - 1)))
    koffi.encode(this.#tokens, 'int32_t', tokens, n)
    koffi.encode(this.#outputs, 'int8_t', flags, n)
    const code = this.#c.llama_decode!(this.#context, {
      n_tokens: n,
      token: this.#tokens,
      embd: null,
      pos: null,
      n_seq_id: null,
      seq_id: null,
      logits: this.#outputs,
    })
    if (code !== 0) throw new Error(`llama_decode gives ${code} at position ${this.#length}`)
    this.#length += n
  }

  #tracer({ names, seen }: NonNullable<ContextOptions['trace']>) {
    return (tensor: bigint, ask: boolean): boolean => {
      const name: string = this.#c.ggml_get_name!(tensor)
      if (!names.test(name)) return !ask
      if (ask) return true
      const { type, ne } = koffi.decode(tensor, 'ggml_tensor_head')
      if (type !== ggmlTypes.f32 || !this.#c.ggml_is_contiguous!(tensor)) return true
      const values = new Float32Array(Number(this.#c.ggml_nbytes!(tensor)) / 4)
      this.#c.ggml_backend_tensor_get!(tensor, values, 0, values.byteLength)
      seen({ name, dims: ne.map(Number), values })
      return true
    }
  }
}

export interface QuantizeOptions {
  readonly threads?: number
  /** All tensors in the file type's own type, without the recipe's exceptions. */
  readonly pure?: boolean
  readonly allowRequantize?: boolean
  readonly outputType?: GgmlType
  readonly embeddingType?: GgmlType
}

/** llama_model_quantize: the file `from` (f32, f16 or bf16) in the recipe `type` as the file `to`. */
export function quantizeFile(from: string, to: string, type: FileType, options: QuantizeOptions = {}): void {
  const { c } = loadLlama()
  const params = c.llama_model_quantize_default_params!()
  params.nthread = options.threads ?? 1
  params.ftype = fileTypes[type]
  params.pure = options.pure ?? false
  params.allow_requantize = options.allowRequantize ?? false
  if (options.outputType) params.output_tensor_type = ggmlTypes[options.outputType]
  if (options.embeddingType) params.token_embedding_type = ggmlTypes[options.embeddingType]
  const code = c.llama_model_quantize!(from, to, params)
  if (code !== 0) throw new Error(`llama.cpp does not quantise ${from} to ${type} (${code})`)
}

/** The index of the largest value; the first of several. */
export function best(logits: Float32Array): number {
  let found = 0
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[found]!) found = i
  return found
}
