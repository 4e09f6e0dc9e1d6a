/** llama.cpp through node-llama-cpp, as those have it who use it from JavaScript: its cost per token is in the figure. */
import { getLlama, type LlamaContextSequence, LlamaLogLevel } from 'node-llama-cpp'
import { serveParent } from './child.ts'
import { textOf } from './runner.ts'

let sequence: LlamaContextSequence
let length: number

serveParent({
  async open({ source, threads, context }) {
    const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error })
    const model = await llama.loadModel({ modelPath: source })
    const made = await model.createContext({ contextSize: Math.max(1024, context + 512), threads })
    sequence = made.getSequence()
    length = context
    return { note: `${llama.llamaCppRelease.release}` }
  },
  async decode(count) {
    await sequence.clearHistory()
    return { count, ms: await timed(textOf(length), count) }
  },
  async prefill(count, round) {
    await sequence.clearHistory()
    const began = performance.now()
    await timed(textOf(count, round), 0)
    return { count, ms: performance.now() - began }
  },
})

/** From the first token after the prompt to `count` more. */
async function timed(prompt: readonly number[], count: number): Promise<number> {
  let given = 0
  let began = 0
  for await (const _ of sequence.evaluate(prompt as never, { temperature: 0, yieldEogToken: true })) {
    if (given++ === 0) began = performance.now()
    if (given > count) break
  }
  return performance.now() - began
}
