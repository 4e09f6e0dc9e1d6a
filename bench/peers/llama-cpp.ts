/**
 * llama.cpp as the judge: the prebuilt CPU library through node-llama-cpp, greedy token ids for prompt ids.
 * Key/value cache in f16, as ours is, and no flash attention, which would round other numbers besides.
 */
import { getLlama, LlamaLogLevel } from 'node-llama-cpp'

export interface Judge {
  /** The library's version, for the record. */
  readonly version: string
  /** Token ids of `text`, special tokens parsed when `special`. */
  tokenize(text: string, special: boolean): number[]
  /** At most `count` greedy ids after `prompt`; ends early at an end-of-generation token (which is not included). */
  greedy(prompt: readonly number[], count: number): Promise<number[]>
  /** Decodes `count` greedy tokens, end-of-generation or not; the time from the first token to the last. */
  timed(prompt: readonly number[], count: number): Promise<{ ids: number; decodeMs: number }>
  [Symbol.asyncDispose](): Promise<void>
}

export async function openJudge(modelPath: string, contextSize = 512): Promise<Judge> {
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error })
  const model = await llama.loadModel({ modelPath })
  const context = await model.createContext({
    contextSize,
    threads: 1,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F16',
    experimentalKvCacheValueType: 'F16',
  })
  const sequence = context.getSequence()
  return {
    version: `llama.cpp ${llama.llamaCppRelease.release}`,
    tokenize: (text, special) => model.tokenize(text, special).map(Number),
    async greedy(prompt, count) {
      await sequence.clearHistory()
      const ids: number[] = []
      for await (const token of sequence.evaluate(prompt as never, { temperature: 0 })) {
        if (model.isEogToken(token)) break
        ids.push(Number(token))
        if (ids.length === count) break
      }
      return ids
    },
    async timed(prompt, count) {
      await sequence.clearHistory()
      let ids = 0
      let began = 0
      for await (const _ of sequence.evaluate(prompt as never, { temperature: 0, yieldEogToken: true })) {
        if (++ids === 1) began = performance.now()
        if (ids === count) break
      }
      return { ids, decodeMs: performance.now() - began }
    },
    async [Symbol.asyncDispose]() {
      await context.dispose()
      await model.dispose()
      await llama.dispose()
    },
  }
}
