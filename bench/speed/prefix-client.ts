/** A client of a gateway on a thread of its own, so that the server's work does not delay what it reads. */
import { parentPort } from 'node:worker_threads'

export interface Question {
  readonly url: string
  readonly system: string
  readonly content: string
}

export interface Answered {
  /** From asking to the first text. */
  readonly ms: number
  readonly promptTokens: number
  readonly cachedTokens: number
}

parentPort!.on('message', async (question: Question) => parentPort!.postMessage(await ask(question)))

async function ask({ url, system, content }: Question): Promise<Answered> {
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content },
  ]
  const stream_options = { include_usage: true }
  const body = JSON.stringify({ model: 'edgewise', messages, stream: true, stream_options, max_tokens: 2 })
  const began = performance.now()
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })
  let ms = 0
  let text = ''
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece
    if (ms === 0 && text.includes('"content"')) ms = performance.now() - began
  }
  const usage = /"usage":(\{"prompt_tokens".*?\}\})/.exec(text)?.[1]
  if (!usage) throw new Error(`no usage in the answer: ${text}`)
  const { prompt_tokens, prompt_tokens_details } = JSON.parse(usage)
  return { ms, promptTokens: prompt_tokens, cachedTokens: prompt_tokens_details.cached_tokens }
}
