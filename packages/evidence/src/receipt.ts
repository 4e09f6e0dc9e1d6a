/**
 * The receipt of a call: where it ran, why, how fast, what it cost and what left the device. Plain data, the same
 * on the page, in HTTP headers and in the ledger. It never holds the prompt, the answer or a value that was redacted.
 * Money is in US dollars, times in milliseconds, sizes in bytes; a value nobody knows is null, never 0.
 */

/** Where a call can run. */
export type Place = 'device' | 'cloud'

/** One try at one place, in the order they were begun. */
export interface Attempt {
  readonly place: Place
  readonly model: string
  /**
   * answered: its text went to the caller. rejected: it answered, the check did not pass it. failed: it gave an error.
   * cancelled: another place answered first, or the caller left.
   */
  readonly outcome: 'answered' | 'rejected' | 'failed' | 'cancelled'
  /** The stable code of the error it failed with, or null. */
  readonly code: string | null
  /** For people: the error's message, or what the check saw. Empty when there is nothing to add. */
  readonly note: string
  /** From the call to the start of this attempt. */
  readonly startMs: number
  /** From its start to its first output; null when none came. */
  readonly firstOutputMs: number | null
  readonly ms: number
  /** How often the call was sent: 1, and one more for each retry. */
  readonly tries: number
  readonly inputTokens: number | null
  /** Of them, those that an earlier call had left ready. */
  readonly cachedTokens: number | null
  readonly outputTokens: number | null
  readonly costUsd: number | null
  /** Whether tokens and cost are estimates: an attempt that was stopped reports none, and is billed all the same. */
  readonly estimated: boolean
  /** Bytes of request bodies sent to another machine; 0 on the device. */
  readonly bytesOut: number
}

/** What the check looked at, and the bar it had to reach. */
export interface Signal {
  /** meanLogprob, minLogprob, margin, length, schema, agreement, or the name of the caller's own function. */
  readonly name: string
  readonly value: number
  /** null when the task's policy sets none: the signal is recorded, not judged. */
  readonly threshold: number | null
  /** null where it is not judged. */
  readonly pass: boolean | null
  /** It was read off the beginning of an answer: judged by its first tokens, or stopped. Of whole answers it says nothing. */
  readonly early?: true
}

/** One decision on the way of the call, in order. */
export interface Step {
  /** What decided: `task`, `privacy`, `place`, `budget`, `breaker`, `cache`, `hedge`, `signal`, `deadline`, `select`, ... */
  readonly rule: string
  /** What it saw and what it was held against; null where there is no number or name to give. */
  readonly value: number | string | null
  readonly threshold: number | string | null
  /** A clause for people, without any text of the call. */
  readonly then: string
}

/** Tokens at one side, summed over its attempts; null when an attempt did not say. */
export interface Tokens {
  readonly input: number | null
  readonly cached: number | null
  readonly output: number | null
}

/** What the money on the receipt was computed with. */
export interface PriceUsed {
  readonly model: string
  readonly inputPerMTok: number
  readonly cachedInputPerMTok: number
  readonly outputPerMTok: number
  readonly asOf: string | null
  readonly source: string | null
}

/** How what went up was made smaller or safer. Counts, never values. */
export interface Prepared {
  /** Placeholders put in, by type: `{ EMAIL_ADDRESS: 1, PERSON: 2 }`; null when the policy asks for no redaction. */
  readonly redacted: { readonly [type: string]: number } | null
  /** Of the finder of names: the share of names it found on a labelled set, and which; null when none ran. */
  readonly nameRecall: { readonly recall: number; readonly measuredOn: string } | null
  /** Passages and tokens of a long context before and after; null when nothing was selected. */
  readonly selected: {
    readonly passages: number
    readonly keptPassages: number
    readonly tokens: number
    readonly keptTokens: number
  } | null
  readonly compressed: { readonly tokens: number; readonly keptTokens: number } | null
}

export interface Receipt {
  readonly id: string
  /** ISO 8601, UTC, the moment the call came in. */
  readonly at: string
  readonly task: string
  /** Who named the task. */
  readonly taskFrom: 'caller' | 'match' | 'default'
  /**
   * The `user` of the call as the first 16 hex digits of its SHA-256, or null. It has no salt, so who can guess a name can check
   * the guess: it hides an opaque id, and no e-mail address.
   */
  readonly user: string | null
  /** Where the answer came from; null when no place could answer. */
  readonly place: Place | null
  readonly model: string | null
  /** One sentence for people: why it ran there. */
  readonly why: string
  /** The decisions that led there, in order. */
  readonly path: readonly Step[]
  readonly attempts: readonly Attempt[]
  readonly signals: readonly Signal[]
  /**
   * Of the device model that was asked, what a certificate is bound to beside its name: how its weights are stored, and the digest of
   * its instructions and chat template. null when no device was asked or it does not say; absent on receipts of earlier versions.
   */
  readonly setup?: { readonly quantisation: string | null; readonly template: string | null } | null
  /** The certificate of the threshold that let the device's answer pass, or null. */
  readonly certificate: string | null
  /** An answer that was kept: of which call, how old in seconds; null when the call was run. */
  readonly cache: {
    readonly kind: 'exact' | 'semantic'
    readonly of: string
    readonly ageSeconds: number
    readonly similarity: number
  } | null
  /** Until the answering place began to work on it. */
  readonly queueMs: number | null
  /** To the first output the caller could see. */
  readonly firstTokenMs: number | null
  readonly totalMs: number
  readonly inputTokens: number | null
  /** Of them, those that an earlier call had left ready at the answering place. */
  readonly cachedTokens: number | null
  readonly outputTokens: number | null
  readonly tokens: { readonly device: Tokens; readonly cloud: Tokens }
  /** Decoding speed of the answering place: output tokens after the first, per second between first and last. */
  readonly tokensPerSecond: number | null
  /** Sum over all attempts, losers of a race included; null when the cloud was asked and its price is not in the policy. */
  readonly costUsd: number | null
  /**
   * What the same call would have cost in the cloud alone, minus `costUsd`: below 0 where a lost race cost more. null when
   * there is no price, when the call failed, and in a rehearsal.
   */
  readonly avoidedUsd: number | null
  readonly price: PriceUsed | null
  readonly privacy: 'nothing-leaves' | 'structured-only' | 'redacted' | 'anything'
  /** Sum over all attempts: what left this device. */
  readonly bytesOut: number
  /** SHA-256 of the bodies that left, one after the other, in hex; null when nothing left. */
  readonly sentDigest: string | null
  readonly prepared: Prepared
  /** Of the device, in joules; null where nobody measures it. */
  readonly deviceEnergyJ: number | null
  /** The cloud was a rehearsal: nothing was bought, nothing saved. */
  readonly rehearsal: boolean
  /** A stable error code when the call failed or was aborted by the caller (`aborted`). */
  readonly error: string | null
}
