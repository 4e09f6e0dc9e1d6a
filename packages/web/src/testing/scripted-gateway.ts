/**
 * The real gateway in front of a scripted model: every task answers at once with the kind of data the embedded model
 * gives, and writes its receipt into the ledger as the router does. So the page is tested against the gateway's own
 * HTTP, headers and security policy, with answers that are known. Words in the text choose what happens: `cloud` goes
 * up after a try on the device, `race` is won by a cloud that is a rehearsal, `broken` fails, `slow` streams until it is
 * stopped.
 */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type Ledger, memoryLedger, type Receipt } from '@edgewise/evidence'
import { createGateway, type Page, serveGateway } from '@edgewise/gateway'
import type { TaskName } from '../tasks.ts'
import { attempts, makeReceipt } from './scripted-receipts.ts'

type Json = ReturnType<typeof JSON.parse>

interface Script {
  readonly pieces: readonly string[]
  readonly data: Json
}

const mime: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.gguf': 'application/octet-stream',
}

/** Serves the built page and the scripted answers on a free port. */
export async function startScriptedGateway(
  port = 0,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const ledger = memoryLedger()
  const app = createGateway({
    model: scriptedModel(ledger),
    ledger,
    models: [{ id: 'edgewise' }],
    page: builtPage,
  })
  return serveGateway(app, { port })
}

const builtPage: Page = async (path) => {
  const name = path === '/' ? 'index.html' : path.slice(1)
  const type = mime[extname(name)]
  if (type === undefined) return undefined
  try {
    return { body: new Uint8Array(await readFile(new URL(`../../dist/${name}`, import.meta.url))), type }
  } catch {
    return undefined
  }
}

/** The stretch of `text` that `word` fills. */
const place = (text: string, word: string): { start: number; end: number } => {
  const start = text.indexOf(word)
  return { start, end: start + word.length }
}

const scripts: Record<TaskName, (text: string) => Script> = {
  intent: () => ({
    pieces: ['card_declined'],
    data: {
      label: 'card_declined',
      probability: 0.962,
      oos: 0.002,
      top: [
        { label: 'card_declined', probability: 0.962 },
        { label: 'damaged_card', probability: 0.021 },
        { label: 'report_fraud', probability: 0.006 },
        { label: 'new_card', probability: 0.004 },
        { label: 'oos', probability: 0.002 },
      ],
    },
  }),
  json: (text) => {
    const slot = (name: string, value: string) => ({ name, value, ...place(text, value) })
    const slots = [
      slot('party_size_number', 'four'),
      slot('served_dish', 'sushi'),
      slot('restaurant_type', 'restaurant'),
      slot('city', 'Lisbon'),
      slot('timeRange', 'tomorrow at 8 pm'),
    ]
    const shown = slots.map(({ name, value }) => ({ name, value }))
    return {
      pieces: [JSON.stringify({ intent: 'BookRestaurant', slots: shown })],
      data: { intent: 'BookRestaurant', slots },
    }
  },
  redact: (text) => {
    const found: [string, string][] = [
      ['PERSON', 'Maria Jensen'],
      ['EMAIL_ADDRESS', 'maria.jensen@example.com'],
      ['PHONE_NUMBER', '+1 212 555 0147'],
      ['CREDIT_CARD', '4111 1111 1111 1111'],
    ]
    const safe = found.reduce((out, [type, value]) => out.replace(value, `[${type}_1]`), text)
    const data = found.map(([type, value]) => ({ type, placeholder: `[${type}_1]`, ...place(text, value) }))
    return { pieces: [safe], data }
  },
  fix: (text) => {
    const wrong: [string, string][] = [
      ['recieved', 'received'],
      ['adress', 'address'],
      ['compleatly', 'completely'],
    ]
    const right = wrong.reduce((out, [from, to]) => out.replace(from, to), text)
    return { pieces: [right], data: wrong.map(([from, to]) => ({ from, to, ...place(text, from) })) }
  },
  complete: () => ({
    pieces: [' you', ' are', ' a', ' citizen', ' and', ' your', ' old', ' passport', ' has', ' expired', '.'],
    data: null,
  }),
}

function scriptedModel(ledger: Ledger): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'edgewise',
    modelId: 'edgewise',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('the page streams')),
    async doStream({ prompt, providerOptions, abortSignal }) {
      const task = String(providerOptions?.edgewise?.task) as TaskName
      const text = JSON.stringify(prompt)
      const source = prompt
        .flatMap((m) => (m.role === 'user' ? m.content : []))
        .find((p) => p.type === 'text')!.text
      if (text.includes('broken')) {
        const receipt = makeReceipt(task, 'broken')
        ledger.put(receipt)
        throw Object.assign(
          new Error('the cloud is not set up: set OPENAI_API_KEY, or keep the task on the device'),
          {
            code: 'cloud_unavailable',
            receiptId: receipt.id,
          },
        )
      }
      const way = text.includes('cloud') ? 'escalated' : text.includes('race') ? 'rehearsed' : 'device'
      const receipt = makeReceipt(task, way)
      const script = scripts[task](source)
      const parts = play(script, receipt, ledger, text.includes('slow') ? abortSignal : undefined)
      return { stream: streamOf(parts) }
    },
  }
}

async function* play(
  { pieces, data }: Script,
  receipt: Receipt,
  ledger: Ledger,
  endless: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] }
  yield { type: 'response-metadata', id: receipt.id, modelId: receipt.model! }
  yield { type: 'text-start', id: 't', providerMetadata: { edgewise: { place: receipt.place! } } }
  let stopped = true
  try {
    do {
      for (const delta of pieces) {
        await new Promise((resolve) => setTimeout(resolve, 15))
        endless?.throwIfAborted()
        yield { type: 'text-delta', id: 't', delta }
      }
    } while (endless)
    stopped = false
  } finally {
    // A reader that goes away ends the generator here, without an error.
    ledger.put(
      stopped
        ? { ...receipt, place: null, model: null, attempts: [attempts.stopped], error: 'aborted' }
        : receipt,
    )
  }
  yield { type: 'text-end', id: 't' }
  yield {
    type: 'finish',
    finishReason: { unified: 'stop', raw: undefined },
    usage: {
      inputTokens: { total: 31, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: pieces.length, text: undefined, reasoning: undefined },
    },
    providerMetadata: {
      edgewise: JSON.parse(JSON.stringify({ ...receipt, ...(receipt.place === 'device' && { data }) })),
    },
  }
}

function streamOf<T>(parts: AsyncGenerator<T>): ReadableStream<T> {
  return new ReadableStream<T>({
    async pull(controller) {
      const { value, done } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await parts.return(undefined)),
  })
}
