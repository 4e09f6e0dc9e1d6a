/** A call that its client leaves, or that the server gives up: it cost something, and its receipt says so. */
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Receipt } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import type { Gateway } from './gateway.ts'
import { serverClosing } from './http/admission.ts'
import { createKey } from './keys/api-key.ts'
import { embeddingModel, hello, receipt, textParts } from './testing/models.ts'
import { bodyOf, gatewayOf, MODEL, until } from './testing/server.ts'

const paid: Receipt = { ...receipt, id: 'rcpt_paid', place: 'cloud', costUsd: 0.5, error: 'aborted' }
const { secret, key } = createKey({ name: 'a' })
const authorization = `Bearer ${secret}`

interface Leaving {
  readonly app: Gateway
  /** Whether the model was asked. */
  readonly asked: () => boolean
}

/** In front of a model that writes the receipt of a call some time after it was told to stop. */
function leaving(modelOf: (stopped: () => Promise<void>, ask: () => void) => LanguageModelV4): Leaving {
  let written = false
  let asked = false
  const stopped = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    written = true
  }
  const ledger = { get: () => (written ? paid : undefined), recent: () => [], judge: () => {} }
  const model = modelOf(stopped, () => {
    asked = true
  })
  const embeddings = [
    embeddingModel({
      doEmbed: async ({ abortSignal }) => {
        asked = true
        await aborted(abortSignal)
        await stopped()
        throw cancelled()
      },
    }),
  ]
  return { app: gatewayOf(model, { ledger, keys: () => [key], embeddings }), asked: () => asked }
}

const cancelled = (): Error => Object.assign(new Error('x'), { code: 'cancelled', receiptId: paid.id })

const aborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => signal!.addEventListener('abort', () => resolve(), { once: true }))

/** Says these parts and then nothing. */
const silent = (parts: readonly LanguageModelV4StreamPart[]) =>
  function model(stopped: () => Promise<void>, ask: () => void): LanguageModelV4 {
    return {
      ...hello(),
      doStream: async () => {
        ask()
        const stream = new ReadableStream<LanguageModelV4StreamPart>({
          start: (controller) => {
            for (const part of parts) controller.enqueue(part)
          },
          cancel: stopped,
        })
        return { stream }
      },
      doGenerate: async ({ abortSignal }) => {
        ask()
        await aborted(abortSignal)
        await stopped()
        throw cancelled()
      },
    }
  }

const metadata = { type: 'response-metadata' as const, id: paid.id }
const begun = [...textParts(['x']).slice(0, 1), metadata, ...textParts(['x']).slice(2, 4)]

test.each([
  ['whole', [], bodyOf(), '/v1/chat/completions'],
  ['a stream before its first output', [metadata], bodyOf({ stream: true }), '/v1/chat/completions'],
  ['a stream in its middle', begun, bodyOf({ stream: true }), '/v1/chat/completions'],
  ['collected', begun, bodyOf({ logprobs: true }), '/v1/chat/completions'],
  ['a response', [metadata], { model: MODEL, input: 'hi', stream: true }, '/v1/responses'],
  ['embeddings', [], { model: MODEL, input: 'hi' }, '/v1/embeddings'],
])('%s, left by its client or given up: its cost is counted and its key has its receipt', async (...of) => {
  const [, parts, body, path] = of
  for (const who of ['client', 'server'] as const) {
    const { app, asked } = leaving(silent(parts))
    const [client, closing] = [new AbortController(), new AbortController()]
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify(body),
      signal: client.signal,
    }
    const answered = Promise.resolve(app.request(path, init, { closing: closing.signal })).then((response) =>
      response.text(),
    )
    await until(asked)
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (who === 'client') client.abort()
    else closing.abort(serverClosing())
    await answered.catch(() => {})
    const outcome = who === 'client' ? 'aborted' : 'error'
    const metrics = async (): Promise<string> =>
      (await app.request('/metrics', { headers: { authorization } })).text()
    await expect
      .poll(metrics, { timeout: 4000 })
      .toContain(`edgewise_calls_total{task="summary",place="cloud",outcome="${outcome}"} 1\n`)
    expect(await metrics()).toContain('edgewise_cost_usd_total 0.5\n')
    const own = await app.request('/v1/receipts', { headers: { authorization } })
    expect(await own.json()).toMatchObject({ data: [{ id: paid.id }] })
  }
})
