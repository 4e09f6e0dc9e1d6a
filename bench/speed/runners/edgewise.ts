/**
 * Edgewise as its users have it: `generate`, with sampling, log-probability and text of every token in the time.
 * Without drafts: tokens of random weights repeat, which drafts would make look like speed.
 */
import { generate, type Model, openModel, type SourceLike } from '../../../packages/engine/src/index.ts'
import type { Session } from '../../../packages/engine/src/model/session.ts'
import { type Runner, textOf } from './runner.ts'

export function edgewise(
  sourceOf: (source: string) => Promise<SourceLike>,
  read: NonNullable<Runner['read']>,
): Runner {
  let model: Model
  let session: Session
  let context: number[]
  return {
    read,
    async open({ source, threads, context: length }) {
      model = await openModel(await sourceOf(source), { backend: 'wasm', threads })
      if (model.backend.threads !== threads) {
        throw new Error(`${threads} threads were asked for, ${model.backend.threads} is what this host gives`)
      }
      session = model.session()
      context = textOf(length)
      return {}
    },
    async decode(count) {
      // The first token comes of prefill: `count` are decoded after it.
      const { decodeMs } = await run(session, context, count + 1)
      return { count, ms: decodeMs }
    },
    async prefill(count, round) {
      const { prefillMs } = await run(model, textOf(count, round), 1)
      return { count, ms: prefillMs }
    },
  }
}

async function run(
  source: Model | Session,
  prompt: readonly number[],
  maxTokens: number,
): Promise<{ prefillMs: number; decodeMs: number }> {
  const tokens = generate(source, prompt, { maxTokens, temperature: 0, stopTokens: [], draft: false })
  let step = await tokens.next()
  while (!step.done) step = await tokens.next()
  return step.value
}
