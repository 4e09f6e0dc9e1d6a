/**
 * What each runtime's OpenAI-compatible server takes, gives and leaves out: a row each. The client reads rows and knows no
 * runtime by name. What was started for real, with versions, is in docs/runtimes.md.
 */

/** A setting of a call that some servers ignore without a word. */
export type Setting =
  | 'topK'
  | 'seed'
  | 'stopSequences'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'toolChoice'

export interface Quirks {
  /** For people. */
  readonly name: string
  /** A path under the server's origin that says 200 once the model is loaded; null when only a call can tell. */
  readonly readyPath: string | null
  /** A path under the origin whose JSON says the context of one call at `default_generation_settings.n_ctx`. */
  readonly propsPath: string | null
  /** The model to name when the host names none: the first that is listed, or a word of the server's own. */
  readonly model: { readonly listed: true } | { readonly word: string }
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens'
  /**
   * Where log-probabilities come: with the tokens of a stream, the second most probable one's too; with a whole answer alone,
   * without the second; nowhere.
   */
  readonly logprobs: 'stream' | 'whole' | 'none'
  /** Whether a call with tools must not ask for log-probabilities: it would be refused. */
  readonly toolsWithoutLogprobs: boolean
  /** How JSON is asked for: by its schema, as any object, or in words alone, which nothing enforces. */
  readonly json: 'schema' | 'object' | 'words'
  readonly tools: boolean
  /** Whether `stream_options.include_usage` is known; a server without it gives the counts by itself or never. */
  readonly includeUsage: boolean
  /** It says `stop` also where the answer was cut at the limit. */
  readonly hidesLength: boolean
  /** Calls it works on at a time; the rest wait here, where they can be given up. */
  readonly atOnce: number
  /** What it takes without using it. */
  readonly ignores: readonly Setting[]
  /** Names of models that it does not run itself but sends to a cloud of its maker. */
  readonly sentOn: RegExp
}

const plain: Quirks = {
  name: 'an OpenAI-compatible server',
  readyPath: null,
  propsPath: null,
  model: { listed: true },
  maxTokens: 'max_tokens',
  logprobs: 'none',
  toolsWithoutLogprobs: false,
  json: 'schema',
  tools: true,
  includeUsage: true,
  hidesLength: false,
  atOnce: 64,
  ignores: [],
  sentOn: /[:-]cloud$/,
}

export type ServerKind =
  | 'llama-server'
  | 'mlx-lm'
  | 'litert-lm'
  | 'executorch'
  | 'ollama'
  | 'lm-studio'
  | 'vllm'
  | 'generic'

export const serverKinds: Readonly<Record<ServerKind, Quirks>> = {
  'llama-server': {
    ...plain,
    name: 'llama-server',
    readyPath: '/health',
    propsPath: '/props',
    logprobs: 'stream',
    toolsWithoutLogprobs: true,
  },
  // `logprobs` are dropped from streams; whatever is not its own model's word is loaded from a hub.
  'mlx-lm': {
    ...plain,
    name: 'mlx_lm.server',
    logprobs: 'whole',
    model: { word: 'default_model' },
    json: 'words',
    ignores: ['toolChoice'],
  },
  // One thread: a second call, even for the list of models, waits until the first has ended.
  'litert-lm': {
    ...plain,
    name: 'litert-lm serve',
    maxTokens: 'max_completion_tokens',
    hidesLength: true,
    atOnce: 1,
    ignores: ['stopSequences', 'presencePenalty', 'frequencyPenalty', 'toolChoice'],
  },
  // Answers 400 to what it does not know.
  executorch: {
    ...plain,
    name: "ExecuTorch's server",
    readyPath: '/health',
    json: 'words',
    atOnce: 1,
    ignores: ['topK', 'seed', 'presencePenalty', 'frequencyPenalty', 'toolChoice'],
  },
  // Its models may be its maker's cloud, by the same address.
  ollama: { ...plain, name: 'Ollama', logprobs: 'stream', ignores: ['topK'] },
  'lm-studio': { ...plain, name: 'LM Studio' },
  vllm: { ...plain, name: 'vLLM', readyPath: '/health', logprobs: 'stream' },
  generic: plain,
}

/** The kind a server is by `owned_by` of its first model; `generic` for words that tell nothing. */
export function kindOf(ownedBy: unknown): ServerKind {
  return typeof ownedBy === 'string' ? (owners[ownedBy] ?? 'generic') : 'generic'
}

const owners: Readonly<Record<string, ServerKind>> = {
  llamacpp: 'llama-server',
  library: 'ollama',
  organization_owner: 'lm-studio',
  vllm: 'vllm',
}
