/**
 * Many streams at once through the gateway, edgewise() and a rehearsal cloud that hands out each answer at a pace of its own:
 * none is lost, none is mixed up with another, each leaves one receipt. `bench/gateway/soak.ts` does it for longer and
 * watches memory.
 */
import { memoryLedger } from '@edgewise/evidence'
import { startRehearsal } from '@edgewise/rehearsal'
import { edgewise } from 'edgewise'
import { expect, test } from 'vitest'
import { createGateway } from './gateway.ts'
import { serveGateway } from './serve.ts'
import { framesOf } from './testing/responses.ts'

const STREAMS = 50
const CALLS_EACH = 6

interface Frame {
  readonly choices: readonly {
    readonly delta: { readonly content?: string }
    readonly finish_reason: string | null
  }[]
}

test('300 streams, 50 at once: every one is whole, and its own', async () => {
  await using cloud = await startRehearsal({
    script: { version: 1, rules: [{ answer: `You are {{user}}. ${'Still {{user}}. '.repeat(10)}` }] },
    firstTokenMs: 20,
    tokenMs: 4,
    jitter: 1,
  })
  const ledger = memoryLedger()
  const model = edgewise({
    policy: {
      version: 1,
      cloud: { baseURL: cloud.baseURL, model: 'cloud-rehearsal', rehearsal: true },
      tasks: {},
      default: { place: 'cloud-only' },
    },
    device: null,
    ledger,
  })()
  const app = createGateway({ model, ledger, models: [{ id: 'edgewise' }] })
  await using server = Object.assign(await serveGateway(app, { port: 0 }), {
    [Symbol.asyncDispose]: () => server.close(),
  })

  const ask = async (word: string): Promise<string> => {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'edgewise',
        stream: true,
        messages: [{ role: 'user', content: word }],
      }),
    })
    const frames = await framesOf(response)
    expect(frames.at(-1)).toBe('[DONE]')
    const chunks = (frames.slice(0, -1) as Frame[]).flatMap(({ choices }) => choices)
    expect(chunks.filter(({ finish_reason }) => finish_reason === 'stop')).toHaveLength(1)
    return chunks.map(({ delta }) => delta.content ?? '').join('')
  }

  const wrong: string[] = []
  const client = async (number: number): Promise<void> => {
    for (let turn = 0; turn < CALLS_EACH; turn++) {
      const word = `w${number}-${turn}`
      const text = await ask(word)
      if (text !== `You are ${word}. ${`Still ${word}. `.repeat(10)}`) wrong.push(`${word}: ${text}`)
    }
  }
  await Promise.all(Array.from({ length: STREAMS }, (_, number) => client(number)))

  expect(wrong).toEqual([])
  expect(cloud.counts).toMatchObject({ answered: STREAMS * CALLS_EACH, abandoned: 0 })
  const receipts = await ledger.recent(1000)
  expect(receipts).toHaveLength(STREAMS * CALLS_EACH)
  expect(
    receipts.every(
      ({ place, rehearsal, avoidedUsd }) => place === 'cloud' && rehearsal && avoidedUsd === null,
    ),
  ).toBe(true)
})
