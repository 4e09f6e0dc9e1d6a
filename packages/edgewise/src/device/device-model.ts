/**
 * What a device model is: any `LanguageModelV4`. It gets the job in `providerOptions.edgewise.task` and may report, in
 * `providerMetadata.edgewise` of its finish part, `meanLogprob` (the signal) and `data` (structured results), and of a
 * `text-delta`, what TokenFacts says of its token. A model that also has `facts` lets the router see before the call what would
 * not fit.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'

/** `providerMetadata.edgewise` of a text delta that is one token. */
export type TokenFacts = {
  /** Natural logarithm of its probability; 0 where a constraint left no choice. */
  readonly logprob: number
  /** By how much the logarithm of the most probable token is above the second's; left out where there was no choice, or nobody knows. */
  readonly margin?: number
  /** Most probable tokens, best first, where `providerOptions.edgewise.topLogprobs` asked for so many (0 to 20); none where there was no choice. */
  readonly topLogprobs?: { readonly token: string; readonly logprob: number; readonly bytes: number[] }[]
}

export interface DeviceFacts {
  /** Tokens it can hold. */
  readonly contextLength: number
  /** Whether it reads system messages, so that a rule's `instructions` are for it, too. */
  readonly followsInstructions?: boolean
  /**
   * What is sent to it leaves this machine, so a policy of `nothing-leaves` must not use it. Its streams then come with
   * `request.body`, the text that leaves. Absent: nothing does.
   */
  readonly leavesDevice?: true
  /** How its weights are stored, `Q4_K_M`. Absent: it does not say. */
  readonly quantisation?: string
  /** What its prompts are written with: the text of a chat template, or any text that changes when they do. Absent: it does not say. */
  readonly chatTemplate?: string
  /** False: its answers come without log-probabilities, so that signals made of them cannot be judged. Absent: they come. */
  readonly givesLogprobs?: false
  /** Tokens of the call's prompt as the model reads it; null when it cannot say. */
  countTokens(task: string, call: LanguageModelV4CallOptions): number | null
  /** What the call has that the model does not take: `tools`, `files`. Empty: it takes all of it. */
  lacks(task: string, call: LanguageModelV4CallOptions): readonly string[]
}

export type DeviceModel = LanguageModelV4 & {
  readonly facts?: DeviceFacts
  /** A vector of length 1 for each text. Rejects with the signal's reason, and with what the model throws. */
  embed?(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>
}
