/**
 * What a real server answered -> a rule that answers the same again: the pieces as they came, tool calls,
 * log-probabilities, usage and pace.
 */
import * as z from 'zod'
import { pieces } from '../chat/answer.ts'
import type { ScriptedAnswer, ScriptedUsage, ScriptRule } from '../script/types.ts'
import { hideKeys } from './hide-keys.ts'

const toolCall = z.looseObject({
  index: z.int().optional(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }),
})

const said = z.looseObject({ content: z.string().nullish(), tool_calls: z.array(toolCall).nullish() })

const frame = z.looseObject({
  choices: z.array(
    z.looseObject({
      delta: said.nullish(),
      message: said.nullish(),
      finish_reason: z.string().nullish(),
      logprobs: z
        .looseObject({
          content: z.array(z.looseObject({ token: z.string(), logprob: z.number() })).nullish(),
        })
        .nullish(),
    }),
  ),
  usage: z
    .looseObject({
      prompt_tokens: z.number(),
      completion_tokens: z.number(),
      prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
})

const FINISH = ['stop', 'length', 'tool_calls', 'content_filter'] as const

/** Collects one answer, of the first choice. `add` takes a stream's frames or the one body of a whole answer. */
export class AnswerCollector {
  #pieces: string[] = []
  #logprobs: number[] = []
  #tools: { name: string; arguments: string }[] = []
  #finish: NonNullable<ScriptedAnswer['finishReason']> | null = null
  #usage: ScriptedUsage | null = null
  #firstMs: number | null = null
  #lastMs = 0

  /** @param ms since the request was sent */
  add(value: unknown, ms: number): void {
    const parsed = frame.safeParse(value)
    if (!parsed.success) return
    const { choices, usage } = parsed.data
    if (usage)
      this.#usage = {
        input: usage.prompt_tokens,
        cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
        output: usage.completion_tokens,
      }
    const [choice] = choices
    if (choice === undefined) return
    const finish = FINISH.find((reason) => reason === choice.finish_reason)
    if (finish !== undefined) this.#finish = finish
    const { content, tool_calls } = choice.message ?? choice.delta ?? {}
    const tokens = choice.logprobs?.content ?? []
    if (content) {
      const joined = tokens.map(({ token }) => token).join('')
      if (joined === content) {
        this.#pieces.push(...tokens.map(({ token }) => token))
        this.#logprobs.push(...tokens.map(({ logprob }) => Math.min(0, logprob)))
      } else this.#pieces.push(...(choice.message ? pieces(content) : [content]))
    }
    for (const [at, call] of (tool_calls ?? []).entries()) {
      const tool = (this.#tools[call.index ?? at] ??= { name: '', arguments: '' })
      tool.name += call.function.name ?? ''
      tool.arguments += call.function.arguments ?? ''
    }
    if (!content && !tool_calls?.length) return
    this.#firstMs ??= ms
    this.#lastMs = ms
  }

  /** The rule, or null when no whole answer came. */
  rule(digest: string, secrets: readonly string[]): ScriptRule | null {
    if (this.#firstMs === null || this.#finish === null) return null
    const text = this.#pieces.join('')
    const shown = hideKeys(text, secrets)
    const kept = shown === text ? this.#pieces : pieces(shown)
    const hasLogprobs = kept === this.#pieces && this.#logprobs.length === kept.length && kept.length > 0
    const gaps = Math.max(1, kept.length - 1)
    return {
      when: { digest },
      answer: {
        ...(kept.length === 0 ? {} : { text: kept }),
        ...(this.#tools.length === 0
          ? {}
          : {
              toolCalls: this.#tools
                .filter(Boolean)
                .map((call) => ({ name: call.name, arguments: hideKeys(call.arguments, secrets) })),
            }),
        ...(hasLogprobs ? { logprobs: this.#logprobs } : {}),
        finishReason: this.#finish,
      },
      usage: this.#usage,
      firstTokenMs: Math.round(this.#firstMs),
      tokenMs: Math.round(((this.#lastMs - this.#firstMs) / gaps) * 10) / 10,
    }
  }
}
