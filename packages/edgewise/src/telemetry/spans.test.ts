/** Spans of calls as a real tracer gets them: names of the conventions, times of the receipt, and nothing of the prompt. */
import type { Receipt } from '@edgewise/evidence'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { certificateOf } from '../testing/certificates.ts'
import { deviceAnswer } from '../testing/models.ts'
import { call, escalating, failing, setup } from '../testing/router-setup.ts'
import { operation } from './names.ts'
import { traceCall } from './spans.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

beforeEach(() => {
  exporter.reset()
  trace.disable()
  trace.setGlobalTracerProvider(provider)
})
// Test files share a process.
afterAll(() => trace.disable())

const spans = (): ReadableSpan[] => exporter.getFinishedSpans()
const ms = ([seconds, nanos]: readonly [number, number]): number => seconds * 1000 + nanos / 1e6

test('the alarm of a certificate is one span, an error, once', async () => {
  const { model } = setup({
    rule: { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', certificate: 'cert-1' }] },
    device: deviceAnswer(-0.45, 'x'),
    options: { certificates: [certificateOf()] },
  })
  let place: unknown = 'device'
  for (let asked = 0; asked < 300 && place === 'device'; asked++)
    place = (await model.doGenerate(call())).providerMetadata!.edgewise!.place
  await model.doGenerate(call())
  const alarms = spans().filter(({ name }) => name === 'certificate alarm')
  expect(alarms).toHaveLength(1)
  expect(alarms[0]).toMatchObject({
    status: { code: SpanStatusCode.ERROR, message: 'drift_signal' },
    attributes: {
      'edgewise.certificate': 'cert-1',
      'edgewise.task': 'job',
      'edgewise.alarm': 'signal',
      'edgewise.alarm_after': expect.any(Number),
      'edgewise.why': expect.stringContaining('meanLogprob'),
    },
  })
  expect(spans()[1]!.attributes).toMatchObject({ 'edgewise.certificate': 'cert-1' })
})

describe('the spans of a call', () => {
  test('one for the call, one below it for each attempt', async () => {
    const { model, receipts } = setup({ rule: escalating, device: deviceAnswer(-3, 'doubtful') })
    await model.doGenerate(call({ temperature: 0.5, maxOutputTokens: 9 }))
    const [receipt] = receipts
    const [device, cloud, whole] = spans()
    expect([whole, device, cloud].map((span) => span!.name)).toEqual([
      'chat cloudy',
      'chat tiny',
      'chat cloudy',
    ])
    expect([whole, device, cloud].map((span) => span!.kind)).toEqual([
      SpanKind.INTERNAL,
      SpanKind.INTERNAL,
      SpanKind.CLIENT,
    ])
    for (const child of [device, cloud]) {
      expect(child!.parentSpanContext!.spanId).toBe(whole!.spanContext().spanId)
    }
    expect(whole!.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'edgewise',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 9,
      'gen_ai.response.id': receipt!.id,
      'gen_ai.response.model': 'cloudy',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
      'edgewise.task': 'job',
      'edgewise.place': 'cloud',
      'edgewise.cost_usd': receipt!.costUsd,
    })
    expect(ms(whole!.duration)).toBeCloseTo(receipt!.totalMs, 0)
    expect(device!.attributes['edgewise.outcome']).toBe('rejected')
  })

  test('an error has its code', async () => {
    const { model } = setup({ rule: { place: 'device-only' }, device: failing() })
    await expect(model.doGenerate(call())).rejects.toThrow()
    expect(spans().map(({ attributes, status }) => [attributes['error.type'], status.code])).toEqual([
      ['device_failed', SpanStatusCode.ERROR],
      ['device_failed', SpanStatusCode.ERROR],
    ])
  })

  test('need no context manager', async () => {
    const { model } = setup({ rule: { place: 'device-only' } })
    const outer = provider.getTracer('test').startSpan('outer')
    await context.with(trace.setSpan(context.active(), outer), () => model.doGenerate(call()))
    outer.end()
    // Without a context manager nothing is carried, and nothing breaks.
    expect(spans().map(({ name }) => name)).toEqual(['chat tiny', 'chat tiny', 'outer'])
  })

  test('never hold what was said, unless the host asks for it', async () => {
    const quiet = setup({ rule: { place: 'prefer-device' } })
    await quiet.model.doGenerate(call())
    expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toMatch(/secret|from device/)
    exporter.reset()
    const loud = setup({ rule: { place: 'prefer-device' }, options: { recordContents: true } })
    await loud.model.doGenerate(call())
    const { attributes } = spans().at(-1)!
    expect(attributes['gen_ai.input.messages']).toContain('the secret prompt')
    expect(attributes['gen_ai.output.messages']).toBe('from device')
  })

  test.each<Rule>([
    { place: 'device-only' },
    { place: 'cloud-only', privacy: 'redacted' },
    { place: 'prefer-device', privacy: 'structured-only' },
  ])('never hold what was said under %j, even where the host asks for it', async (rule) => {
    const names = { id: 'none', recall: null, find: async () => [] }
    const { model, receipts } = setup({ rule, options: { recordContents: true, names } })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ error: null }])
    expect(spans().length).toBeGreaterThan(0)
    expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toMatch(/secret|from/)
  })

  test('name the provider that is known, and of a cloud of the policy its protocol', () => {
    const attempt = { place: 'cloud', model: 'm', startMs: 0, ms: 1, firstOutputMs: null }
    const receipt = { at: '2026-11-26T12:00:00Z', attempts: [attempt] } as unknown as Receipt
    for (const provider of ['cloud.chat', 'anthropic.messages']) {
      traceCall(receipt, call(), context.active(), null, operation.chat, provider)
    }
    const names = spans().map(({ attributes }) => attributes['gen_ai.provider.name'])
    expect(names).toEqual(['openai_compatible', 'edgewise', 'anthropic', 'edgewise'])
  })

  test('that cannot be written change nothing: neither the answer nor what is kept of it', async () => {
    const broken = () => {
      throw new Error('the exporter is broken')
    }
    trace.disable()
    trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: broken, startActiveSpan: broken }) })
    const rule: Rule = { place: 'prefer-device', cache: { ttlSeconds: 60 } }
    const { model, receipts } = setup({ rule })
    await model.doGenerate(call())
    expect((await model.doGenerate(call())).content).toEqual([{ type: 'text', text: 'from device' }])
    expect(receipts).toMatchObject([{ error: null }, { error: null, cache: { kind: 'exact' } }])
  })
})
