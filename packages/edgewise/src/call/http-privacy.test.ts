/**
 * Privacy as a property, over policies, faults and texts, against a real server: with "nothing leaves" no socket is opened; with
 * "redacted" no known secret of the input is in any byte that was sent; what comes back is whole again.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider'
import { memoryLedger } from '@edgewise/evidence'
import type { NameFinder, Span } from '@edgewise/redact'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { edgewise } from '../edgewise.ts'
import type { Rule } from '../policy/index.ts'
import { provenRule } from '../testing/certificates.ts'
import {
  answers,
  cloudServer,
  endStream,
  type Handler,
  startStream,
  writeText,
} from '../testing/cloud-server.ts'
import { deviceAnswer, finish, prompt, type ScriptedModel, scripted, text } from '../testing/models.ts'
import { randomRule } from '../testing/random-policy.ts'

/** Values that must not leave, and their types; the names are found by a finder that knows them. */
const secrets = {
  EMAIL_ADDRESS: 'anna.kowalska+home@example.org',
  PHONE_NUMBER: '+44 20 7946 0958',
  CREDIT_CARD: '4111 1111 1111 1111',
  IBAN_CODE: 'GB82 WEST 1234 5698 7654 32',
  IP_ADDRESS: '203.0.113.77',
  SECRET: 'sk-proj-aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW',
  US_SSN: '078-05-1120',
  PERSON: 'Żaneta Wąsowska',
  ORGANIZATION: 'Quantenwerk "Süd" GmbH',
}
const values = Object.values(secrets)

const names: NameFinder = {
  id: 'test',
  recall: null,
  find: async (said) =>
    (['PERSON', 'ORGANIZATION'] as const).flatMap((type): Span[] => {
      const spans: Span[] = []
      for (let at = said.indexOf(secrets[type]); at !== -1; at = said.indexOf(secrets[type], at + 1))
        spans.push({ type, start: at, end: at + secrets[type].length })
      return spans
    }),
}

/** The forms in which a value could stand in a body. */
const forms = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  JSON.stringify(JSON.stringify(value)).slice(3, -3),
  encodeURIComponent(value),
]

const word = fc.constantFrom(
  'please',
  'write to',
  'Ship',
  'order',
  '{"a":',
  '\n',
  'and',
  '"',
  '}',
  'Grüße',
  '😀',
  ',',
)
const said = fc
  .array(fc.oneof(word, fc.constantFrom(...values)), { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join(' '))

const message: fc.Arbitrary<LanguageModelV4Message> = fc.oneof(
  said.map((content) => ({ role: 'system' as const, content })),
  fc.array(said, { minLength: 1, maxLength: 3 }).map((texts) => prompt(...texts)[0]!),
  said.map((text) => ({ role: 'assistant' as const, content: [{ type: 'text' as const, text }] })),
  said.map((value) => ({
    role: 'assistant' as const,
    content: [
      {
        type: 'tool-call' as const,
        toolCallId: 't1',
        toolName: 'find',
        input: { who: value, list: [value] },
      },
    ],
  })),
  said.map((value) => ({
    role: 'tool' as const,
    content: [
      {
        type: 'tool-result' as const,
        toolCallId: 't1',
        toolName: 'find',
        output: { type: 'json' as const, value: { [value]: [value, 1] } },
      },
    ],
  })),
)

const callOf: fc.Arbitrary<LanguageModelV4CallOptions> = fc
  .record({ messages: fc.array(message, { minLength: 1, maxLength: 4 }), last: said, stop: said, more: said })
  .map(({ messages, last, stop, more }) => ({
    prompt: [...messages, prompt(last)[0]!],
    stopSequences: [stop],
    headers: { 'x-note': 'a' },
    tools: [
      {
        type: 'function',
        name: 'find',
        description: more,
        inputSchema: { type: 'object', description: more },
      },
    ],
    providerOptions: { edgewise: { task: 'job' }, cloud: { user: more } },
  }))

const device = fc.constantFrom<() => ScriptedModel>(
  () => deviceAnswer(-0.01, 'fine'),
  () => deviceAnswer(-9, 'doubtful'),
  () => scripted({ steps: [{ fail: new Error('out of memory') }] }),
  () => scripted({ steps: ['hang'] }),
  () => scripted({ steps: [...text('half').slice(0, 2), { fail: new Error('lost worker') }] }),
  () => scripted({ steps: [{ wait: 3 }, ...text('late'), finish()] }),
)

const fault = fc.constantFrom<Handler>(
  answers('ok'),
  (response) => response.writeHead(500).end(),
  (response) => response.writeHead(429, { 'retry-after-ms': '1' }).end('{}'),
  (_, __, request) => void request.socket.resetAndDestroy(),
  (response) => {
    startStream(response)
    writeText(response, 'half')
    response.end()
  },
)

const RUNS = process.env.EDGEWISE_TESTS === 'all' ? 200 : 30

async function askOnce(
  given: Rule,
  call: LanguageModelV4CallOptions,
  model: ScriptedModel,
  handler: Handler,
) {
  const { rule, certificates } = provenRule(given, { device: model.modelId, cloud: 'm' })
  await using server = await cloudServer(handler)
  const ledger = memoryLedger()
  const ew = edgewise({
    policy: {
      version: 1,
      cloud: {
        baseURL: server.baseURL,
        model: 'm',
        firstTokenMs: 400,
        idleMs: 200,
        price: { inputPerMTok: 1, outputPerMTok: 1 },
      },
      tasks: { job: rule },
      default: { place: 'device-only' },
    },
    device: model,
    ledger,
    names,
    signals: { ownHead: () => -1 },
    certificates,
  })
  const abortSignal = AbortSignal.timeout(1500)
  const result = await ew()
    .doGenerate({ ...call, abortSignal })
    .then(
      (answer) => answer,
      () => null,
    )
  // A retry that is still waiting would come now, and an audit that begins.
  await new Promise((resolve) => setTimeout(resolve, 5))
  const tooLong = setTimeout(() => ew.audits.stop(), 1000)
  await ew.audits.idle()
  clearTimeout(tooLong)
  const [receipt] = await ledger.recent(1)
  const headers = server.headers.map((sent) => JSON.stringify(sent))
  return {
    connections: server.connections(),
    sent: [...server.bodies, ...headers],
    receipt: receipt!,
    judgements: await ledger.judgements(receipt!.id),
    result,
  }
}

describe('nothing leaves', () => {
  test('no socket is opened, whatever the call says and whatever fails', async () => {
    const rule = randomRule.filter(({ place }) => place === 'device-only')
    await fc.assert(
      fc.asyncProperty(rule, callOf, device, fault, async (rule, call, makeDevice, handler) => {
        const quick = { ...rule, deadlineMs: { total: 60 } }
        const { connections, receipt, judgements } = await askOnce(quick, call, makeDevice(), handler)
        expect(connections).toBe(0)
        expect(judgements).toEqual([])
        expect(receipt).toMatchObject({ privacy: 'nothing-leaves', bytesOut: 0, sentDigest: null })
      }),
      { seed: 5, numRuns: RUNS },
    )
  })
})

describe('redacted', () => {
  test('no known secret of the input is in any byte that was sent, and none is on the receipt', async () => {
    const rule = randomRule.filter(({ place }) => place !== 'device-only')
    let sentSomething = 0
    await fc.assert(
      fc.asyncProperty(rule, callOf, device, fault, async (rule, call, makeDevice, handler) => {
        const redacted: Rule = { ...rule, privacy: 'redacted', deadlineMs: { total: 700 } }
        const { sent, receipt, judgements } = await askOnce(redacted, call, makeDevice(), handler)
        sentSomething += Number(sent.length > 0)
        for (const value of values)
          for (const form of forms(value)) {
            for (const body of sent) expect(body).not.toContain(form)
            expect(JSON.stringify([receipt, judgements])).not.toContain(form)
          }
      }),
      { seed: 8, numRuns: RUNS },
    )
    expect(sentSomething).toBeGreaterThan(RUNS / 5)
  })

  test('nor in any byte that an audit sent of an answer that stayed on the device', async () => {
    const rule = fc.record({
      place: fc.constant('prefer-device' as const),
      privacy: fc.constant('redacted' as const),
      audit: fc.constant({ share: 1, perDayUsd: 1 }),
      instructions: fc.constantFrom('Answer.', `Answer ${secrets.EMAIL_ADDRESS}.`),
    })
    let judged = 0
    await fc.assert(
      fc.asyncProperty(rule, callOf, fault, async (rule, call, handler) => {
        const fine = deviceAnswer(-0.01, 'fine')
        const { sent, receipt, judgements } = await askOnce(rule, call, fine, handler)
        expect(receipt).toMatchObject({ place: 'device', bytesOut: 0 })
        judged += judgements.length
        for (const value of values)
          for (const form of forms(value)) {
            for (const body of sent) expect(body).not.toContain(form)
            expect(JSON.stringify(judgements)).not.toContain(form)
          }
      }),
      { seed: 12, numRuns: RUNS },
    )
    expect(judged).toBeGreaterThan(0)
  })

  test('what the cloud says of a placeholder is the value again, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(said, fc.integer({ min: 1, max: 7 }), async (asked, size) => {
        let placeholders = ''
        const echo: Handler = (response, body) => {
          const heard: string = JSON.parse(body).messages.at(-1).content
          placeholders = heard
          startStream(response)
          for (let at = 0; at < heard.length; at += size) writeText(response, heard.slice(at, at + size))
          endStream(response, { input: 1, output: 1 })
        }
        const rule: Rule = { place: 'cloud-only', privacy: 'redacted' }
        const call = { prompt: prompt(asked), providerOptions: { edgewise: { task: 'job' } } }
        const { result, receipt } = await askOnce(rule, call, deviceAnswer(0, 'x'), echo)
        const back = result!.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
        expect(back).toBe(asked)
        for (const value of values) expect(placeholders).not.toContain(value)
        const found = Object.values<number>(receipt.prepared.redacted!).reduce((sum, count) => sum + count, 0)
        expect(found).toBeGreaterThanOrEqual(values.filter((value) => asked.includes(value)).length)
      }),
      { seed: 9, numRuns: RUNS },
    )
  })

  test('without a finder of names the cloud is not asked', async () => {
    await using server = await cloudServer(answers('x'))
    const cloud = { baseURL: server.baseURL, model: 'm' }
    const rule: Rule = { place: 'cloud-only', privacy: 'redacted' }
    const policy = { version: 1 as const, cloud, tasks: { job: rule }, default: rule }
    await expect(
      edgewise({ policy, device: null })('job').doGenerate({ prompt: prompt('x') }),
    ).rejects.toMatchObject({
      code: 'cloud_unavailable',
      message: expect.stringContaining('nothing here finds names'),
    })
    expect(server.connections()).toBe(0)
  })

  test('a finder that fails: nothing is sent, the device answers where it may', async () => {
    await using server = await cloudServer(answers('x'))
    const broken: NameFinder = { ...names, find: () => Promise.reject(new Error('lost worker')) }
    const cloud = { baseURL: server.baseURL, model: 'm' }
    const of = (rule: Rule) =>
      edgewise({
        policy: { version: 1, cloud, tasks: { job: rule }, default: rule },
        device: deviceAnswer(0, 'from device'),
        names: broken,
      })('job')
    const call = { prompt: prompt('hello there') }
    await expect(of({ place: 'cloud-only', privacy: 'redacted' }).doGenerate(call)).rejects.toMatchObject({
      code: 'redaction_failed',
    })
    const { content } = await of({ place: 'prefer-cloud', privacy: 'redacted' }).doGenerate(call)
    expect(content).toEqual([{ type: 'text', text: 'from device' }])
    expect(server.connections()).toBe(0)
  })
})

describe('structured-only', () => {
  test('of a message that is JSON, numbers and placeholders leave; plain text stays', async () => {
    const rule: Rule = { place: 'cloud-only', privacy: 'structured-only', instructions: 'sum the amounts' }
    const order = { id: 7, paid: true, mail: secrets.EMAIL_ADDRESS, note: 'she cried on the phone' }
    const call = { prompt: prompt(JSON.stringify(order)), providerOptions: { edgewise: { task: 'job' } } }
    const { sent, receipt } = await askOnce(rule, call, deviceAnswer(0, 'x'), answers('7'))
    const { messages } = JSON.parse(sent[0]!)
    expect(JSON.parse(messages[1].content)).toEqual({
      id: 7,
      paid: true,
      mail: '[EMAIL_ADDRESS_1]',
      note: '[TEXT_1]',
    })
    expect(receipt.prepared.redacted).toEqual({ EMAIL_ADDRESS: 1, TEXT: 1 })
    const plain = { ...call, prompt: prompt('she cried on the phone') }
    const refused = await askOnce(rule, plain, deviceAnswer(0, 'x'), answers('7'))
    expect(refused).toMatchObject({ connections: 0, receipt: { error: 'free_text_stays', bytesOut: 0 } })
  })
})
