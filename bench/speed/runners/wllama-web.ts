/** llama.cpp as WebAssembly in a browser: wllama, on processors alone. Times are those that it gives itself. */
import { Wllama } from '@wllama/wllama'
import { servePage } from './page.ts'
import { textOf } from './runner.ts'

const wllama = new Wllama({ default: '/wllama.wasm' }, { suppressNativeLog: true })
let length: number

await servePage({
  async open({ source, threads, context }) {
    length = context
    // By itself it would keep a copy on the disk.
    await wllama.loadModel([await (await fetch(source)).blob()], {
      n_ctx: Math.max(1024, context + 512),
      n_gpu_layers: 0,
      n_threads: threads,
      n_parallel: 1,
    })
    return { note: `on llama.cpp ${Wllama.getLibllamaVersion()}` }
  },
  async decode(count) {
    const { predicted_n, predicted_ms } = await complete(digitsOf(length), count + 1)
    // The first token comes of the prompt.
    return { count: predicted_n - 1, ms: predicted_ms }
  },
  async prefill(count, round) {
    const { prompt_n, prompt_ms } = await complete(digitsOf(count, round), 1)
    return { count: prompt_n, ms: prompt_ms }
  },
})

/** It takes texts alone. A digit is a token in every vocabulary here. */
function digitsOf(count: number, round?: number): string {
  return textOf(count, round)
    .map((token) => token % 10)
    .join('')
}

async function complete(prompt: string, tokens: number) {
  const { timings } = await wllama.createCompletion({
    prompt,
    max_tokens: tokens,
    temperature: 0,
    ignore_eos: true,
  })
  if (!timings) throw new Error('wllama gives no timings')
  return timings
}
