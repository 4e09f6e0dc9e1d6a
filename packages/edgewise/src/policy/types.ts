/**
 * What a policy says, as types: the settings of the cloud, and a rule a task. Their shape as a file is in schema.ts, what
 * contradicts itself in contradictions.ts, defaults in rule-defaults.ts; what a rule means for a call is decided by
 * `decide` (place.ts). docs/policy.md is the page for those who write one.
 */

/** US dollars per million tokens. */
export interface Price {
  readonly inputPerMTok: number
  /** Of input tokens that the provider had cached; `inputPerMTok` when absent. */
  readonly cachedInputPerMTok?: number
  readonly outputPerMTok: number
  /** The day the price was true, `2026-08-05`, and where it was read: both go on the receipt. */
  readonly asOf?: string
  readonly source?: string
}

/** A published price, to say what an answer on the device would have cost. */
export interface Reference extends Price {
  readonly model: string
  readonly asOf: string
  readonly source: string
}

export interface CloudSettings {
  /** Of an OpenAI-compatible API, with the version: `https://api.openai.com/v1`. */
  readonly baseURL: string
  readonly model: string
  /** The NAME of the environment variable that holds the key; without it, no key is sent. */
  readonly apiKeyEnv?: string
  /** Milliseconds until the first output, retries included; then the cloud counts as failed. Default 10,000. */
  readonly firstTokenMs?: number
  /**
   * Milliseconds until the end of an answer that is asked for in one piece: nobody waits for its first word and no other place could
   * answer (`cloud-only`, a device that is not there). Default 120,000.
   */
  readonly wholeMs?: number
  /** Milliseconds between two parts of the answer; then it counts as broken. Default 15,000. */
  readonly idleMs?: number
  /** How often a call that failed before its first output is sent again, where sending again can help. Default 2. */
  readonly retries?: number
  readonly price?: Price
  /** A model of the same API for embeddings, and US dollars per million of its tokens. */
  readonly embedding?: { readonly model: string; readonly inputPerMTok?: number }
  /** It is a rehearsal (`edgewise rehearse`): every receipt says so and nothing counts as saved. */
  readonly rehearsal?: true
}

/**
 * - `nothing-leaves`: no connection is opened for the call, whatever fails. What `device-only` means.
 * - `structured-only`: identifiers leave as placeholders, free text does not leave at all: of a message that is JSON the
 *   numbers, booleans and placeholders for its texts go up; a message of plain text stays on the device.
 * - `redacted`: e-mail, phone, card, ... and names, places, organisations leave as placeholders. Fails closed.
 * - `anything`: the call leaves as it is.
 */
export type Privacy = 'nothing-leaves' | 'structured-only' | 'redacted' | 'anything'

export type PlaceRule = 'device-only' | 'prefer-device' | 'prefer-cloud' | 'cloud-only' | 'race'

/**
 * When the caller may see the first word, and with it the last moment another place can answer: after the first output, after
 * N tokens of the device, when the whole answer is there, or when the whole answer is valid JSON (of the call's schema).
 */
export type Commit = 'first-output' | { readonly tokens: number } | 'whole-answer' | 'valid-json'

/** A bar the device's answer must reach; under it the call goes to the cloud. */
export interface Escalate {
  /** One of the built-in signals, or the name of a function the host registers (`signals` of `edgewise()`). */
  readonly signal: 'meanLogprob' | 'minLogprob' | 'margin' | 'length' | 'schema' | 'agreement' | (string & {})
  /** `length`: tokens at most. `schema`: none. All others must have one, or a `certificate`: the least value that passes. */
  readonly threshold?: number
  /** `agreement` alone: how many short samples are drawn beside the answer. Default 3. */
  readonly samples?: number
  /**
   * The certificate this threshold was proven with: it goes on the receipt, and without a `threshold` its own is taken. While it is not
   * in force (another device model, drift), the rule sends its calls to the cloud first.
   */
  readonly certificate?: string
}

export interface Rule {
  readonly place: PlaceRule
  /** Default: `nothing-leaves` for `device-only`, else `anything`. */
  readonly privacy?: Privacy
  /** What the device model is asked to do; the task's own name when absent (`complete` under `default`). */
  readonly deviceTask?: string
  /**
   * The model of this task alone: the file that the host opens for it, by its path from the policy (a student, docs/distillation.md). Default: the
   * host's one device model.
   */
  readonly deviceModel?: string
  /** A system message for the cloud, and for a device model that reads one; used when the caller sent none. */
  readonly instructions?: string
  /** Milliseconds from the call to the first output the caller sees, and to the end. After them the call ends with an error. */
  readonly deadlineMs?: { readonly firstToken?: number; readonly total?: number }
  /** The second place starts when the first has not committed after so many milliseconds; who commits first answers. */
  readonly hedgeAfterMs?: number
  /** US dollars of the cloud a UTC day, over all callers and for each `user`; then it is not asked any more. */
  readonly budget?: { readonly perDayUsd?: number; readonly perUserPerDayUsd?: number }
  /** Longer inputs go to the cloud first, tokens of the device model. For `prefer-device` and `race`, as are bars. */
  readonly maxInputTokens?: number
  /** The bars of the device's answer, all of which it must reach. */
  readonly escalate?: readonly Escalate[]
  /**
   * Of this share of calls the device's answer is compared with the cloud's, after the caller has his. What the cloud costs for that
   * alone is held to `perDayUsd`, US dollars a UTC day; it must be there where the cloud has a price. For `prefer-device` and `race`.
   */
  readonly audit?: { readonly share: number; readonly perDayUsd?: number }
  /** Default: `whole-answer` with `escalate`, else `first-output`. */
  readonly commit?: Commit
  /**
   * When the cloud cannot be had (no network, no budget, its breaker is open, it failed): `device` takes the device's answer, also
   * one that did not reach its bars; `fail` ends with an error. Default `device`; `fail` for `cloud-only`.
   */
  readonly offline?: 'device' | 'fail'
  /** Answers are kept on the device and given again: to the same call, and with `semantic` to a call that means the same. */
  readonly cache?: {
    readonly ttlSeconds: number
    /** The least cosine similarity at which two texts mean the same. */
    readonly semantic?: { readonly minSimilarity: number }
  }
  /** Of a long context only the passages that the question needs go up, in their order, at most so many tokens. */
  readonly select?: { readonly maxTokens: number }
  /** Tokens of low information are dropped from what goes up, down to this share; only with a certificate for the task. */
  readonly compress?: { readonly keep: number; readonly certificate: string }
  /** Prompts and answers of this task may be stored, redacted, for so many days, because its users agreed. */
  readonly store?: { readonly consented: true; readonly days: number }
}

/** Conditions on a call that names no task; all that are given must hold. Texts are compared without regard to case. */
export interface MatchRule {
  readonly task: string
  readonly when: {
    /** Any of these stands in the system message. */
    readonly systemContains?: readonly string[]
    /** Any of these stands in the last user message. */
    readonly userContains?: readonly string[]
    /** Characters of all messages, at least and at most. */
    readonly minChars?: number
    readonly maxChars?: number
    readonly hasTools?: boolean
    /** Whether a JSON answer is asked for. */
    readonly wantsJson?: boolean
  }
}

export interface Policy {
  /** Of the JSON Schema, for editors. */
  readonly $schema?: string
  readonly version: 1
  readonly cloud?: CloudSettings
  /** The price behind `avoidedUsd` when `cloud.price` is absent. */
  readonly reference?: Reference
  readonly tasks: { readonly [name: string]: Rule }
  /** For calls that name no task: the first whose conditions hold names it. */
  readonly match?: readonly MatchRule[]
  /** For calls that name no task and match none. */
  readonly default: Rule
}
