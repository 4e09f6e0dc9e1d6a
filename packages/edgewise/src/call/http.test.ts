/** A real cloud that answers: what it is sent, and what the receipt says of tokens, cost, time and bytes. */
import type { Receipt } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import { answers, endStream, type Handler, startStream, writeText } from '../testing/cloud-server.ts'
import { prompt } from '../testing/models.ts'
import { call, onlyReceipt, setup, textOf } from '../testing/router-http-setup.ts'

describe('a cloud that answers', () => {
  test('the request, the receipt', async () => {
    const { model, ledger, server } = await setup(answers('from ', 'cloud'), {
      rule: { place: 'cloud-only', instructions: 'be brief' },
      cloud: { apiKeyEnv: 'KEY' },
    })
    expect(await textOf(model)).toBe('from cloud')
    const body = JSON.parse(server.bodies[0]!)
    expect(body).toEqual({
      model: 'cloud-model',
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'the secret prompt' },
      ],
    })
    expect(server.headers[0]!.authorization).toBe('Bearer sk-test')
    const receipt = await onlyReceipt(ledger)
    expect(receipt).toMatchObject({
      place: 'cloud',
      model: 'cloud-model',
      inputTokens: 100,
      outputTokens: 20,
      costUsd: (100 * 1 + 20 * 10) / 1e6,
      avoidedUsd: 0,
      bytesOut: Buffer.byteLength(server.bodies[0]!),
    })
    expect(JSON.stringify(receipt)).not.toContain('sk-test')
  })

  test('without usage its tokens are unknown and its cost is estimated', async () => {
    const handler: Handler = (response) => {
      startStream(response)
      writeText(response, 'x')
      endStream(response, null)
    }
    const { model, ledger } = await setup(handler, { rule: { place: 'cloud-only' } })
    await model.doGenerate(call)
    expect(await onlyReceipt(ledger)).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      costUsd: expect.any(Number),
      avoidedUsd: null,
      tokensPerSecond: null,
      attempts: [{ estimated: true, outputTokens: 1 }],
    })
  })

  test('slowly: longer than each limit, but within both', async () => {
    const handler: Handler = async (response) => {
      startStream(response)
      for (const piece of 'abcdefghijkl') {
        await new Promise((resolve) => setTimeout(resolve, 100))
        writeText(response, piece)
      }
      endStream(response, { input: 1, output: 12 })
    }
    const { model, ledger } = await setup(handler, {
      rule: { place: 'prefer-cloud' },
      cloud: { firstTokenMs: 1000, idleMs: 1000 },
    })
    expect(await textOf(model)).toBe('abcdefghijkl')
    const receipt = await onlyReceipt(ledger)
    expect(receipt.place).toBe('cloud')
    expect(receipt.firstTokenMs!).toBeGreaterThan(80)
    expect(receipt.totalMs).toBeGreaterThan(1100)
    expect(receipt.tokensPerSecond!).toBeGreaterThan(1)
    expect(receipt.tokensPerSecond!).toBeLessThan(11)
  })

  test('a slow reader is no stall', async () => {
    const { model, ledger } = await setup(answers('a', 'b', 'c'), {
      rule: { place: 'prefer-cloud' },
      cloud: { idleMs: 300 },
    })
    let seen = ''
    for await (const part of (await model.doStream(call)).stream) {
      if (part.type !== 'text-delta') continue
      seen += part.delta
      await new Promise((resolve) => setTimeout(resolve, 350))
    }
    expect(seen).toBe('abc')
    expect((await onlyReceipt(ledger)).error).toBeNull()
  })

  test('calls side by side have their own receipts, texts and bytes', async () => {
    const echo: Handler = (response, body) => {
      const { messages } = JSON.parse(body)
      startStream(response)
      setTimeout(() => {
        writeText(response, messages[0].content)
        endStream(response, { input: 1, output: 1 })
      }, 20)
    }
    const { model, ledger, server } = await setup(echo, { rule: { place: 'cloud-only' } })
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        model.doGenerate({ ...call, prompt: prompt('x'.repeat(index + 1)) }),
      ),
    )
    results.forEach(({ content, response }, index) => {
      expect(content).toEqual([{ type: 'text', text: 'x'.repeat(index + 1) }])
      const receipt = ledger.get(response!.id!) as Receipt
      const body = server.bodies.find((body) => body.includes(`"${'x'.repeat(index + 1)}"`))!
      expect(receipt.bytesOut).toBe(Buffer.byteLength(body))
    })
  })
})
