/**
 * The browser's Prompt API in types of our own, as Chrome ships it to pages: names of today, without what only extensions have. A
 * type test holds them to @types/dom-chromium-ai, which nobody who uses this package has to install.
 */

export type Availability = 'unavailable' | 'downloadable' | 'downloading' | 'available'

export type SamplingMode = 'most-predictable' | 'predictable' | 'balanced' | 'creative' | 'most-creative'

export interface PromptContent {
  readonly type: 'text' | 'image' | 'audio'
  /** A text, or what the browser takes as an image or a sound. */
  readonly value: unknown
}

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string | readonly PromptContent[]
  /** On the last message, an assistant's: the answer goes on from it. */
  readonly prefix?: boolean
}

export type PromptInput = string | readonly PromptMessage[]

export interface Expected {
  readonly type: 'text' | 'image' | 'audio'
  readonly languages?: readonly string[]
}

export interface PromptTool {
  readonly name: string
  readonly description: string
  /** JSON schema of the one argument. */
  readonly inputSchema: object
  // biome-ignore lint/suspicious/noExplicitAny: the arguments are what the schema says, as in the browser's own type.
  execute(...args: any[]): Promise<string>
}

export interface AvailabilityOptions {
  readonly expectedInputs?: readonly Expected[]
  readonly expectedOutputs?: readonly Expected[]
  readonly tools?: readonly PromptTool[]
  readonly samplingMode?: SamplingMode
}

export interface CreateOptions extends AvailabilityOptions {
  readonly initialPrompts?: readonly PromptMessage[]
  readonly signal?: AbortSignal
  /** Is given a target of `downloadprogress` events, whose `loaded` is a share from 0 to 1. */
  readonly monitor?: (monitor: EventTarget) => void
}

export interface PromptOptions {
  /** JSON schema of the answer. */
  readonly responseConstraint?: Record<string, unknown>
  readonly omitResponseConstraintInput?: boolean
  readonly signal?: AbortSignal
}

export interface Signalled {
  readonly signal?: AbortSignal
}

export interface PromptSession extends EventTarget {
  prompt(input: PromptInput, options?: PromptOptions): Promise<string>
  /** Pieces of the answer, each what is new. */
  promptStreaming(input: PromptInput, options?: PromptOptions): ReadableStream<string>
  append(input: PromptInput, options?: Signalled): Promise<undefined>
  measureContextUsage(input: PromptInput, options?: PromptOptions): Promise<number>
  /** Tokens. */
  readonly contextUsage: number
  readonly contextWindow: number
  clone(options?: Signalled): Promise<PromptSession>
  destroy(): undefined
}

/** What `globalThis.LanguageModel` is. */
export interface PromptApi {
  availability(options?: AvailabilityOptions): Promise<Availability>
  create(options?: CreateOptions): Promise<PromptSession>
}
