/**
 * The table of faults in docs/calls.md, each row played by a real server: what the caller sees, what the receipt says, that
 * nothing comes twice, and that the deadline of the call holds over it.
 */
import { readFileSync } from 'node:fs'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import type { CloudSettings } from '../policy/index.ts'
import { answers, closedPort, type Handler, startStream, writeText } from '../testing/cloud-server.ts'
import { call, onlyReceipt, setup } from '../testing/router-http-setup.ts'

interface Fault {
  readonly handler: Handler
  readonly baseURL?: string | (() => Promise<string>)
  /** Tokens that reach the caller before it breaks. */
  readonly seen?: string
  /** The code of the error that the caller of a cloud-only task gets. */
  readonly code: string
  /** Of the attempt, on the receipt. */
  readonly attempt: { readonly code: string; readonly note: string; readonly tries: number }
}

/** Of the call; every fault is over by then, also on a busy machine. */
const DEADLINE_MS = 15_000
/** Short only where a test waits for it. */
const limitsFor = (name: string): Partial<CloudSettings> => ({
  firstTokenMs: name.startsWith('headers') ? 300 : 12_000,
  idleMs: name.startsWith('a stall') ? 150 : 12_000,
  retries: 1,
})

const answersWith =
  (status: number, headers: Record<string, string> = {}): Handler =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end('{"error":{"message":"no"}}')

/** "half", then `then`, late enough for it to be read. */
const half =
  (then: Handler): Handler =>
  (response, ...rest) => {
    startStream(response)
    writeText(response, 'half')
    setTimeout(() => then(response, ...rest), 40)
  }

const endless: Handler = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const piece = 'x'.repeat(1 << 20)
  response.write('data: {"x":"')
  const pour = (left: number): void => {
    if (left === 0 || response.destroyed) return void response.end()
    if (response.write(piece)) setImmediate(pour, left - 1)
    else response.once('drain', () => pour(left - 1))
  }
  pour(100)
}

const faults: { readonly [name: string]: Fault } = {
  'connection refused': {
    handler: answers('x'),
    baseURL: closedPort,
    code: 'cloud_failed',
    attempt: { code: 'cloud_failed', note: 'the connection failed (ECONNREFUSED)', tries: 2 },
  },
  'a name that does not resolve': {
    handler: answers('x'),
    baseURL: 'http://nowhere.invalid/v1',
    code: 'cloud_failed',
    attempt: { code: 'cloud_failed', note: 'the connection failed (ENOTFOUND)', tries: 2 },
  },
  '401': {
    handler: answersWith(401),
    code: 'cloud_failed',
    attempt: { code: 'cloud_failed', note: 'HTTP 401', tries: 1 },
  },
  '429, retry-after 1 hour': {
    handler: answersWith(429, { 'retry-after': '3600' }),
    code: 'cloud_failed',
    attempt: { code: 'cloud_failed', note: 'HTTP 429', tries: 1 },
  },
  '429, retry-after it can wait for': {
    handler: answersWith(429, { 'retry-after-ms': '5' }),
    code: 'cloud_failed',
    attempt: { code: 'cloud_failed', note: 'HTTP 429', tries: 2 },
  },
  '500': {
    handler: answersWith(500),
    code: 'cloud_failed',
    attempt: { code: 'cloud_failed', note: 'HTTP 500', tries: 2 },
  },
  'headers that never come': {
    handler: () => {},
    code: 'cloud_failed',
    attempt: { code: 'stalled', note: 'no output within 300 ms', tries: 1 },
  },
  'a stall after some tokens': {
    handler: half(() => {}),
    seen: 'half',
    code: 'cloud_broken',
    attempt: { code: 'stalled', note: 'nothing more came within 150 ms', tries: 1 },
  },
  'a cut after some tokens': {
    handler: half((response) => void response.socket!.resetAndDestroy()),
    seen: 'half',
    code: 'cloud_broken',
    attempt: { code: 'cloud_failed', note: 'the connection failed (UND_ERR_SOCKET)', tries: 1 },
  },
  'the end after some tokens, without a finish': {
    handler: half((response) => void response.end()),
    seen: 'half',
    code: 'cloud_broken',
    attempt: { code: 'incomplete_answer', note: 'its stream ended without a finished answer', tries: 1 },
  },
  'malformed events': {
    handler: (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data: {"choices": [\n\ndata: [DONE]\n\n'),
    code: 'cloud_failed',
    attempt: {
      code: 'malformed_answer',
      note: 'what it sent is not an answer: an event that is no JSON',
      tries: 2,
    },
  },
  'JSON of another kind': {
    handler: (response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"answer": 42}\n\n'),
    code: 'cloud_failed',
    attempt: {
      code: 'malformed_answer',
      note: 'what it sent is not an answer: an event that is no chunk of a chat completion',
      tries: 2,
    },
  },
  'an answer of 100 MB': {
    handler: endless,
    code: 'cloud_failed',
    attempt: { code: 'answer_too_large', note: 'its answer is over 8 MB and was cut off', tries: 1 },
  },
}

const page = readFileSync(new URL('../../../../docs/calls.md', import.meta.url), 'utf8').replace(/ +/g, ' ')

/** A row of the page. */
function rowOf(name: string, { seen, code, attempt }: Fault): string {
  const cloudOnly = seen === undefined ? `\`${code}\`` : `"${seen}", then \`${code}\``
  const preferCloud = seen === undefined ? "the device's answer" : `"${seen}", then \`${code}\``
  return `| ${name} | ${cloudOnly} | ${preferCloud} | \`${attempt.code}\` | ${attempt.note} | ${attempt.tries} |`
}

async function readText(model: LanguageModelV4): Promise<{ seen: string; error: unknown; finishes: number }> {
  let seen = ''
  let error: unknown = null
  let finishes = 0
  for await (const part of (await model.doStream(call)).stream) {
    if (part.type === 'text-delta') seen += part.delta
    if (part.type === 'error') error = part.error
    if (part.type === 'finish') finishes++
  }
  return { seen, error, finishes }
}

describe.each(Object.entries(faults))('%s', (name, fault) => {
  const cloudOf = async (): Promise<Partial<CloudSettings>> => {
    const { baseURL } = fault
    if (baseURL === undefined) return limitsFor(name)
    return { ...limitsFor(name), baseURL: typeof baseURL === 'string' ? baseURL : await baseURL() }
  }
  const deadlineMs = { total: DEADLINE_MS }
  const note = fault.attempt.note
    .replace('ENOTFOUND', '(ENOTFOUND|EAI_AGAIN)')
    .replace('UND_ERR_SOCKET', '\\w+')
  const attempt = {
    ...fault.attempt,
    place: 'cloud',
    outcome: 'failed',
    note: expect.stringMatching(
      new RegExp(`^${note.replace(/\((?=the|UND|\\w|\(|AI|ECONN)|\)(?=$)/g, '\\$&')}$`),
    ),
  }

  test('a cloud-only task', async () => {
    const { model, ledger } = await setup(fault.handler, {
      rule: { place: 'cloud-only', deadlineMs },
      cloud: await cloudOf(),
    })
    const began = performance.now()
    if (fault.seen === undefined) {
      await expect(model.doStream(call)).rejects.toMatchObject({ code: fault.code })
    } else {
      expect(await readText(model)).toMatchObject({
        seen: fault.seen,
        error: { code: fault.code },
        finishes: 1,
      })
    }
    expect(performance.now() - began).toBeLessThan(DEADLINE_MS)
    expect(await onlyReceipt(ledger)).toMatchObject({ error: fault.code, attempts: [attempt] })
  })

  test('a task that prefers the cloud', async () => {
    const { model, ledger } = await setup(fault.handler, {
      rule: { place: 'prefer-cloud', deadlineMs },
      cloud: await cloudOf(),
    })
    const { seen, error, finishes } = await readText(model)
    expect(finishes).toBe(1)
    if (fault.seen === undefined) expect([seen, error]).toEqual(['from device', null])
    else expect([seen, (error as { code: string }).code]).toEqual([fault.seen, fault.code])
    const receipt = await onlyReceipt(ledger)
    expect(receipt.attempts[0]).toMatchObject(attempt)
  })

  test('stands in docs/calls.md', () => {
    expect(page).toContain(rowOf(name, fault))
  })
})
