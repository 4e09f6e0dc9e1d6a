/**
 * What a script says, as types: rules that are tried in order for each call. How a file is read is in parse-script.ts,
 * which rule a call gets in choose-rule.ts. A recording is a script, too: its rules know a call by its digest.
 */
import type { Fault } from './faults.ts'

/** Conditions on a call; all that are given must hold. */
export interface When {
  /** Stands in any message of the call, whatever the case; in any input of an embeddings call. */
  readonly contains?: string
  /** The model that the call names. */
  readonly model?: string
  /** `requestDigest` of the call, 64 hex digits: what a recording writes. */
  readonly digest?: string
  /** Only the nth call for which the other conditions hold, from 1. */
  readonly nth?: number
  /** Every nth call for which the other conditions hold: 3 is the 3rd, 6th, ... */
  readonly every?: number
}

export interface ScriptedToolCall {
  readonly name: string
  /** A JSON value, or text that is sent as it is, broken JSON too. */
  readonly arguments: unknown
}

export interface ScriptedAnswer {
  /**
   * `{{user}}` in a text stands for the text of the call's last user message. A list is sent as it is, a piece a token;
   * a text is cut into pieces of at most four characters, so that words and placeholders are split.
   */
  readonly text?: string | readonly string[]
  /** Sent as its JSON text; instead of `text`. */
  readonly json?: unknown
  readonly toolCalls?: readonly ScriptedToolCall[]
  /** Of the tokens in turn, the last one for all that follow; natural logarithms. Sent when the call asks for them. */
  readonly logprobs?: readonly number[]
  /** Default: `tool_calls` with tool calls, `length` where max_tokens cut the text, else `stop`. */
  readonly finishReason?: 'stop' | 'length' | 'tool_calls' | 'content_filter'
}

export interface ScriptedUsage {
  readonly input?: number
  /** Of the input tokens, those the cloud had cached. */
  readonly cached?: number
  readonly output?: number
}

export interface ScriptRule {
  readonly when?: When
  /** Default: a text that says it is a rehearsal, an example of the schema asked for, or a call of the tool required. */
  readonly answer?: string | ScriptedAnswer
  /** Tokens to report. Default: counted, four characters a token in, one a piece out. `null`: none is reported. */
  readonly usage?: ScriptedUsage | null
  /** Milliseconds to the first token; the server's own when absent. */
  readonly firstTokenMs?: number
  /** Milliseconds from one token to the next; the server's own when absent. */
  readonly tokenMs?: number
  readonly fault?: Fault
}

export interface Script {
  readonly version: 1
  readonly rules: readonly ScriptRule[]
}
