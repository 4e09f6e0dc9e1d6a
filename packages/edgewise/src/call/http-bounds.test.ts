/** A real cloud without bounds: an answer that never stops growing, a name that does not resolve, headers that never come. */
import { describe, expect, test } from 'vitest'
import { MOST_ANSWER_BYTES } from '../cloud/limit-answer.ts'
import { answers, type Handler } from '../testing/cloud-server.ts'
import { call, onlyReceipt, setup, textOf } from '../testing/router-http-setup.ts'

const SIZE = 100 * 1024 * 1024

/** 100 MB, as fast as the reader takes it. */
function pours(head: string, piece: string): Handler {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(head)
    let sent = 0
    const pour = (): void => {
      while (sent < SIZE && !response.destroyed) {
        sent += piece.length
        if (!response.write(piece)) return void response.once('drain', pour)
      }
      response.end()
    }
    pour()
  }
}

const text = `data: ${JSON.stringify({ id: '1', choices: [{ index: 0, delta: { content: 'x'.repeat(60_000) } }] })}\n\n`

describe('an answer of 100 MB', () => {
  test('in one endless frame: the device answers instead', async () => {
    const { model, ledger } = await setup(pours('data: {"x":"', 'x'.repeat(65_536)), {
      rule: { place: 'prefer-cloud' },
      cloud: { firstTokenMs: 15_000 },
    })
    expect(await textOf(model)).toBe('from device')
    expect(await onlyReceipt(ledger)).toMatchObject({ attempts: [{ code: 'answer_too_large' }, {}] })
  })

  test('in good frames: what came stays, then an error', async () => {
    const { model, ledger } = await setup(pours('', text), { rule: { place: 'cloud-only' } })
    let seen = 0
    let error: unknown
    for await (const part of (await model.doStream(call)).stream) {
      if (part.type === 'text-delta') seen += part.delta.length
      if (part.type === 'error') error = part.error
    }
    expect(seen).toBeGreaterThan(1_000_000)
    expect(seen).toBeLessThan(MOST_ANSWER_BYTES)
    expect(error).toMatchObject({ code: 'cloud_broken' })
    expect(await onlyReceipt(ledger)).toMatchObject({
      error: 'cloud_broken',
      attempts: [{ code: 'answer_too_large' }],
    })
  })
})

test('a name that does not resolve: nothing left, and the device answers', async () => {
  const { model, ledger } = await setup(answers('x'), {
    rule: { place: 'prefer-cloud' },
    // RFC 6761: this name never resolves.
    cloud: { baseURL: 'http://nowhere.invalid/v1', retries: 1 },
  })
  expect(await textOf(model)).toBe('from device')
  expect(await onlyReceipt(ledger)).toMatchObject({
    bytesOut: 0,
    attempts: [
      { note: expect.stringMatching(/^the connection failed \((ENOTFOUND|EAI_AGAIN)\)$/), tries: 2 },
      {},
    ],
  })
})

test('headers that never come: the deadline of the call holds', async () => {
  const { model, ledger, server } = await setup(() => {}, {
    rule: { place: 'cloud-only', deadlineMs: { total: 80 } },
  })
  await expect(model.doGenerate(call)).rejects.toMatchObject({ code: 'deadline_exceeded' })
  expect(await onlyReceipt(ledger)).toMatchObject({ error: 'deadline_exceeded' })
  await expect.poll(() => server.abandoned()).toBe(1)
})
