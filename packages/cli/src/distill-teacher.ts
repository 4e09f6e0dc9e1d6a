/**
 * The policy's cloud as a teacher: asked through the router under the task's own rule, so that nothing leaves that the policy forbids. What a call
 * can cost at most is known before it: no token is shorter than a byte, and the answer's length is bounded.
 */
import { facts, priceOf } from '@edgewise/advisor'
import { StudentError, type Teacher } from '@edgewise/student'
import type { Price } from 'edgewise'
import { type EvaluatedTask, type OpenCandidate, openCloudCandidate } from './evaluate-systems.ts'

export interface OpenTeacher extends Disposable {
  readonly teacher: Teacher
  readonly price: Price | null
}

/** Tokens that a provider's chat form may add to a prompt. */
const FORM_TOKENS = 256
/** What redaction may make of a byte: placeholders are longer than what they stand for. */
const REDACTED = 8
/** Ends of an answer that is not whole: a student would learn to stop there. */
const cutOff: ReadonlySet<string> = new Set(['length', 'content-filter', 'error'])
/** As the policy has it where it says nothing (docs/policy.md). */
const RETRIES = 2

/** `task.instructions`: what the teacher is told. Throws EvaluateError where there is no cloud, or nothing may leave. */
export async function openTeacher(task: EvaluatedTask, maxTokens: number): Promise<OpenTeacher> {
  const opened: OpenCandidate = await openCloudCandidate(task)
  const { model } = opened
  const price = task.policy.cloud?.price ?? knownPrice(model.modelId)
  const tries = 1 + (task.policy.cloud?.retries ?? RETRIES)
  const longer = (task.rule.privacy ?? 'anything') === 'anything' ? 1 : REDACTED
  const bytes = (text: string): number => Buffer.byteLength(text)
  return {
    price,
    teacher: {
      name: model.modelId,
      mostUsd(text) {
        if (price === null) return null
        const input = FORM_TOKENS + longer * (bytes(text) + bytes(task.instructions ?? ''))
        return tries * usd(price, input, maxTokens)
      },
      async ask(text, _sample, abortSignal) {
        const { content, usage, finishReason, providerMetadata } = await model.doGenerate({
          prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
          maxOutputTokens: maxTokens,
          abortSignal,
        })
        const [input, output] = [usage.inputTokens.total ?? null, usage.outputTokens.total ?? null]
        const told = providerMetadata?.edgewise?.costUsd
        const costUsd =
          typeof told === 'number'
            ? told
            : price === null || input === null || output === null
              ? null
              : usd(price, input, output)
        if (cutOff.has(finishReason.unified))
          throw Object.assign(
            new StudentError(
              'answer_cut_off',
              `an answer of ${output ?? 'unknown many'} tokens ended by ${JSON.stringify(finishReason.unified)} before it was whole: raise --max-tokens (${maxTokens})`,
            ),
            { costUsd },
          )
        return {
          answer: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
          inputTokens: input,
          outputTokens: output,
          costUsd,
        }
      },
    },
    [Symbol.dispose]: () => opened[Symbol.dispose](),
  }
}

/** US dollars. */
const usd = ({ inputPerMTok, outputPerMTok }: Price, input: number, output: number): number =>
  (input * inputPerMTok + output * outputPerMTok) / 1e6

/** Of the facts, where the policy has none. */
function knownPrice(model: string): Price | null {
  if (!facts.prices.some(({ id }) => id === model)) return null
  const { inputPerMTok, outputPerMTok } = priceOf(facts, model)
  return { inputPerMTok, outputPerMTok }
}
