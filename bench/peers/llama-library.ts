/**
 * llama.cpp's own C functions, called from JavaScript: the prebuilt libraries that come with node-llama-cpp, without the
 * binding. Struct layouts and prototypes are those of include/llama.h, ggml.h and ggml-backend.h of the release the
 * libraries were built from (v0.5.0); a library with other structs is refused when it is loaded.
 * This file declares and loads; llama-c.ts makes models and contexts of it, ggml-quants.ts converts numbers.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import koffi from 'koffi'

/** An address in C memory; null is C's. */
export type Pointer = bigint | null

/** Type numbers of ggml.h, for the cache and the quantisers. */
export const ggmlTypes = {
  f32: 0,
  f16: 1,
  q4_0: 2,
  q4_1: 3,
  q5_0: 6,
  q5_1: 7,
  q8_0: 8,
  q8_1: 9,
  q2_k: 10,
  q3_k: 11,
  q4_k: 12,
  q5_k: 13,
  q6_k: 14,
  q8_k: 15,
  iq4_nl: 20,
  iq4_xs: 23,
  bf16: 30,
  mxfp4: 39,
} as const

export type GgmlType = keyof typeof ggmlTypes

/** `enum llama_ftype`: the recipes of llama_model_quantize. */
export const fileTypes = {
  f32: 0,
  f16: 1,
  q4_0: 2,
  q4_1: 3,
  q8_0: 7,
  q5_0: 8,
  q5_1: 9,
  q2_k: 10,
  q3_k_s: 11,
  q3_k_m: 12,
  q3_k_l: 13,
  q4_k_s: 14,
  q4_k_m: 15,
  q5_k_s: 16,
  q5_k_m: 17,
  q6_k: 18,
  iq4_nl: 25,
  iq4_xs: 30,
  bf16: 32,
  mxfp4_moe: 38,
} as const

export type FileType = keyof typeof fileTypes

koffi.struct('llama_model_params', {
  devices: 'void *',
  tensor_buft_overrides: 'void *',
  n_gpu_layers: 'int32_t',
  split_mode: 'int32_t',
  load_mode: 'int32_t',
  lazy_mode: 'int32_t',
  main_gpu: 'int32_t',
  tensor_split: 'void *',
  progress_callback: 'void *',
  progress_callback_user_data: 'void *',
  kv_overrides: 'void *',
  vocab_only: 'bool',
  check_tensors: 'bool',
  use_extra_bufts: 'bool',
  no_host: 'bool',
  no_alloc: 'bool',
  load_mtp: 'bool',
})
koffi.struct('llama_context_params', {
  n_ctx: 'uint32_t',
  n_batch: 'uint32_t',
  n_ubatch: 'uint32_t',
  n_seq_max: 'uint32_t',
  n_rs_seq: 'uint32_t',
  n_outputs_max: 'uint32_t',
  n_outputs_max_per_seq: 'uint32_t',
  n_threads: 'int32_t',
  n_threads_batch: 'int32_t',
  ctx_type: 'int32_t',
  rope_scaling_type: 'int32_t',
  pooling_type: 'int32_t',
  attention_type: 'int32_t',
  flash_attn_type: 'int32_t',
  rope_freq_base: 'float',
  rope_freq_scale: 'float',
  yarn_ext_factor: 'float',
  yarn_attn_factor: 'float',
  yarn_beta_fast: 'float',
  yarn_beta_slow: 'float',
  yarn_orig_ctx: 'uint32_t',
  defrag_thold: 'float',
  cb_eval: 'void *',
  cb_eval_user_data: 'void *',
  type_k: 'int32_t',
  type_v: 'int32_t',
  abort_callback: 'void *',
  abort_callback_data: 'void *',
  embeddings: 'bool',
  offload_kqv: 'bool',
  no_perf: 'bool',
  op_offload: 'bool',
  swa_full: 'bool',
  kv_unified: 'bool',
  samplers: 'void *',
  n_samplers: 'size_t',
  ctx_other: 'void *',
})
koffi.struct('llama_model_quantize_params', {
  nthread: 'int32_t',
  ftype: 'int32_t',
  output_tensor_type: 'int32_t',
  token_embedding_type: 'int32_t',
  allow_requantize: 'bool',
  quantize_output_tensor: 'bool',
  only_copy: 'bool',
  pure: 'bool',
  keep_split: 'bool',
  dry_run: 'bool',
  imatrix: 'void *',
  kv_overrides: 'void *',
  tt_overrides: 'void *',
  prune_layers: 'void *',
  max_buf_size: 'size_t',
})
koffi.struct('llama_batch', {
  n_tokens: 'int32_t',
  token: 'void *',
  embd: 'void *',
  pos: 'void *',
  n_seq_id: 'void *',
  seq_id: 'void *',
  logits: 'void *',
})
koffi.struct('llama_chat_message', { role: 'const char *', content: 'const char *' })
koffi.struct('ggml_type_traits', {
  type_name: 'const char *',
  blck_size: 'int64_t',
  blck_size_interleave: 'int64_t',
  type_size: 'size_t',
  is_quantized: 'bool',
  to_float: 'void *',
  from_float_ref: 'void *',
})
/** `struct ggml_tensor`, as far as anybody here reads it. */
koffi.struct('ggml_tensor_head', {
  type: 'int32_t',
  buffer: 'void *',
  ne: koffi.array('int64_t', 4, 'Array'),
  nb: koffi.array('size_t', 4, 'Array'),
})

const prototypes = {
  base: [
    'const char * ggml_version()',
    'void ggml_log_set(void * callback, void * data)',
    'void * ggml_get_type_traits(int32_t type)',
    'size_t ggml_quantize_chunk(int32_t type, const void * src, void * dst, int64_t start, int64_t rows, int64_t cols, const void * imatrix)',
    'void quantize_row_q8_0_ref(const void * values, void * out, int64_t count)',
    'void quantize_row_q8_1_ref(const void * values, void * out, int64_t count)',
    'void quantize_row_q8_K_ref(const void * values, void * out, int64_t count)',
    'const char * ggml_get_name(const void * tensor)',
    'size_t ggml_nbytes(const void * tensor)',
    'bool ggml_is_contiguous(const void * tensor)',
    'void ggml_backend_tensor_get(const void * tensor, void * data, size_t offset, size_t size)',
  ],
  ggml: [
    'void ggml_backend_load_all_from_path(const char * folder)',
    'void * ggml_backend_load(const char * path)',
  ],
  llama: [
    'const char * llama_version()',
    'void llama_log_set(void * callback, void * data)',
    'void llama_backend_init()',
    'const char * llama_print_system_info()',
    'llama_model_params llama_model_default_params()',
    'llama_context_params llama_context_default_params()',
    'llama_model_quantize_params llama_model_quantize_default_params()',
    'void * llama_model_load_from_file(const char * path, llama_model_params params)',
    'void llama_model_free(void * model)',
    'void * llama_model_get_vocab(const void * model)',
    'int32_t llama_model_desc(const void * model, void * out, size_t size)',
    'int32_t llama_model_meta_val_str(const void * model, const char * key, void * out, size_t size)',
    'int32_t llama_model_n_ctx_train(const void * model)',
    'int32_t llama_model_n_embd(const void * model)',
    'uint64_t llama_model_n_params(const void * model)',
    'uint64_t llama_model_size(const void * model)',
    'const char * llama_model_chat_template(const void * model, const char * name)',
    'uint32_t llama_model_quantize(const char * from, const char * to, const llama_model_quantize_params * params)',
    'int32_t llama_vocab_n_tokens(const void * vocab)',
    'int32_t llama_vocab_type(const void * vocab)',
    'const char * llama_vocab_get_text(const void * vocab, int32_t token)',
    'float llama_vocab_get_score(const void * vocab, int32_t token)',
    'int32_t llama_vocab_get_attr(const void * vocab, int32_t token)',
    'bool llama_vocab_is_eog(const void * vocab, int32_t token)',
    'bool llama_vocab_is_control(const void * vocab, int32_t token)',
    'int32_t llama_vocab_bos(const void * vocab)',
    'int32_t llama_vocab_eos(const void * vocab)',
    'bool llama_vocab_get_add_bos(const void * vocab)',
    'bool llama_vocab_get_add_eos(const void * vocab)',
    'int32_t llama_tokenize(const void * vocab, const void * text, int32_t bytes, void * out, int32_t size, bool add, bool parse)',
    'int32_t llama_token_to_piece(const void * vocab, int32_t token, void * out, int32_t size, int32_t lstrip, bool special)',
    'int32_t llama_detokenize(const void * vocab, const void * ids, int32_t count, void * out, int32_t size, bool remove, bool unparse)',
    'int32_t llama_chat_apply_template(const char * template, const void * messages, size_t count, bool add, void * out, int32_t size)',
    'void * llama_init_from_model(void * model, llama_context_params params)',
    'void llama_free(void * context)',
    'uint32_t llama_n_ctx(const void * context)',
    'void llama_set_causal_attn(void * context, bool causal)',
    'void * llama_adapter_lora_init(void * model, const char * path)',
    'void llama_adapter_lora_free(void * adapter)',
    'int32_t llama_set_adapters_lora(void * context, const void * adapters, size_t count, const void * scales)',
    'void * llama_get_memory(const void * context)',
    'void llama_memory_clear(void * memory, bool data)',
    'bool llama_memory_seq_rm(void * memory, int32_t sequence, int32_t from, int32_t to)',
    'int32_t llama_decode(void * context, llama_batch batch)',
    'void llama_synchronize(void * context)',
    'void * llama_get_logits(void * context)',
    'void * llama_get_logits_ith(void * context, int32_t i)',
    'void * llama_get_embeddings_seq(void * context, int32_t sequence)',
  ],
}

// biome-ignore lint/suspicious/noExplicitAny: what a C function takes and gives is in its prototype above
type CFunctions = Readonly<Record<string, (...values: any[]) => any>>

export interface LlamaLibrary {
  /** The release, as "llama.cpp v0.5.0". */
  readonly version: string
  /** The file of the CPU backend that was picked for this processor, as "libggml-cpu-zen4.so". */
  readonly cpuLibrary: string
  readonly c: CFunctions
}

let loaded: LlamaLibrary | undefined

/**
 * The libraries, loaded once for the process, with the CPU backend that scores best on this processor, which is how
 * node-llama-cpp picks it; LLAMA_CPU=haswell in the environment takes that one. llama.cpp writes to stderr only with
 * LLAMA_LOG=1.
 * Throws when this platform has no prebuilt library or when the library's structs are not those declared above.
 */
export function loadLlama(): LlamaLibrary {
  if (loaded) return loaded
  const folder = libraryFolder()
  const c: Record<string, (...values: never[]) => unknown> = {}
  const files = readdirSync(folder)
  for (const [start, declared] of [
    ['libggml-base', prototypes.base],
    ['libggml.', prototypes.ggml],
    ['libllama.', prototypes.llama],
  ] as const) {
    const file = files.find((name) => name.startsWith(start))
    if (!file) throw new Error(`${folder} has no ${start}*: install bench again (npm install --no-save)`)
    const library = koffi.load(join(folder, file))
    for (const prototype of declared) {
      const name = /(\w+)\(/.exec(prototype)![1]!
      c[name] = library.func(prototype)
    }
    // A log callback in JavaScript would have to be called from llama.cpp's own threads. One C function that ignores
    // its arguments and does nothing is as silent.
    if (start === 'libllama.' && !process.env.LLAMA_LOG) {
      ;(c as CFunctions).llama_log_set!(library.symbol('llama_time_us'), null)
    }
  }
  const all = c as CFunctions
  checkLayouts(all)
  const variant = process.env.LLAMA_CPU
  if (variant === undefined) all.ggml_backend_load_all_from_path!(folder)
  else if (all.ggml_backend_load!(join(folder, `libggml-cpu-${variant}.so`)) === null) {
    throw new Error(`LLAMA_CPU is ${variant}, which ${folder} does not have or this processor does not run`)
  }
  all.llama_backend_init!()
  const release = /^libllama\.(v[\d.]+)\./m.exec(files.join('\n'))?.[1] ?? all.llama_version!()
  loaded = { version: `llama.cpp ${release}`, cpuLibrary: cpuLibrary(), c: all }
  return loaded
}

function libraryFolder(): string {
  const platform = `${process.platform === 'darwin' ? 'mac' : process.platform}-${process.arch}`
  const bins = fileURLToPath(new URL(`../node_modules/@node-llama-cpp/${platform}/bins/`, import.meta.url))
  try {
    return join(bins, platform)
  } catch (error) {
    throw new Error(`no prebuilt llama.cpp for ${platform}: run this where there is one`, { cause: error })
  }
}

/** A struct that has moved shows in its defaults: each value checked stands behind one that could have moved it. */
function checkLayouts(c: CFunctions): void {
  const model = c.llama_model_default_params!()
  const context = c.llama_context_default_params!()
  const quantize = c.llama_model_quantize_default_params!()
  const right =
    model.n_gpu_layers === -1 &&
    model.load_mode === -1 &&
    model.main_gpu === 0 &&
    model.kv_overrides === null &&
    model.use_extra_bufts === true &&
    model.load_mtp === false &&
    context.n_ctx === 512 &&
    context.n_seq_max === 1 &&
    context.pooling_type === -1 &&
    context.flash_attn_type === -1 &&
    context.defrag_thold === -1 &&
    context.type_k === ggmlTypes.f16 &&
    context.type_v === ggmlTypes.f16 &&
    context.swa_full === true &&
    context.ctx_other === null &&
    quantize.ftype === fileTypes.q8_0 &&
    quantize.quantize_output_tensor === true &&
    quantize.imatrix === null
  if (!right) throw new Error('the llama.cpp library has other structs than v0.5.0: declare them anew')
}

function cpuLibrary(): string {
  const mapped = process.platform === 'linux' ? readFileSync('/proc/self/maps', 'utf8') : ''
  return /libggml-cpu-[\w.-]+/.exec(mapped)?.[0] ?? 'unknown'
}
