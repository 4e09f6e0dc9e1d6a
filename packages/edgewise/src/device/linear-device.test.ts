import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { partsOf } from '../call/collect.ts'
import { edgewise } from '../edgewise.ts'
import { prompt } from '../testing/models.ts'
import { type LinearLike, linearDevice } from './linear-device.ts'

const head: LinearLike = {
  labels: ['balance', 'transfer', 'weather'],
  classify: (text) => ({
    label: text.includes('rain') ? 'weather' : 'balance',
    probability: 0.75,
    outOfScope: 0.4,
  }),
  probabilities: () => Float32Array.of(0.75, 0.25, 0),
}
const device = linearDevice(head, { modelId: 'requests' })
const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: prompt('will it rain'),
  ...options,
})

test('a label as text, with the logarithm of its probability, its margin and how far out of scope', async () => {
  const answer = await device.doGenerate(call({ providerOptions: { edgewise: { topLogprobs: 3 } } }))
  expect(answer.content).toMatchObject([{ type: 'text', text: 'weather' }])
  expect(answer.finishReason.unified).toBe('stop')
  expect(answer.providerMetadata?.edgewise).toMatchObject({
    meanLogprob: Math.log(0.75),
    data: { label: 'weather', probability: 0.75, outOfScope: 0.4 },
  })
  const { stream } = await device.doStream(call({ providerOptions: { edgewise: { topLogprobs: 3 } } }))
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of partsOf(stream)) parts.push(part)
  expect(parts.map(({ type }) => type)).toEqual([
    'stream-start',
    'text-start',
    'text-delta',
    'text-end',
    'finish',
  ])
  const facts = parts.find((part) => part.type === 'text-delta')!.providerMetadata!.edgewise as {
    margin: number
    topLogprobs: { token: string; logprob: number }[]
  }
  expect(facts.margin).toBeCloseTo(Math.log(3), 6)
  expect(facts.topLogprobs.map(({ token }) => token)).toEqual(['balance', 'transfer', 'weather'])
  for (const { logprob } of facts.topLogprobs) expect(Number.isFinite(logprob)).toBe(true)
})

test('what it cannot do it lacks, and warns of when asked all the same', async () => {
  const tools = [{ type: 'function' as const, name: 'f', inputSchema: {} }]
  const much = call({ tools, responseFormat: { type: 'json' } })
  expect(device.facts!.lacks('triage', much)).toEqual(['tools', 'a JSON answer'])
  expect(device.facts!.lacks('triage', call())).toEqual([])
  const { warnings } = await device.doGenerate({
    ...much,
    prompt: [{ role: 'system', content: 'be kind' }, ...prompt('rain')],
  })
  expect(warnings.map((warning) => 'feature' in warning && warning.feature)).toEqual([
    'tools',
    'a JSON answer',
    'system message',
  ])
  await expect(device.doGenerate({ prompt: prompt('  ') })).rejects.toMatchObject({ code: 'bad_option' })
})

test('a bar under the log-probability sends the call elsewhere', async () => {
  const rule = (threshold: number) => ({
    place: 'prefer-device' as const,
    escalate: [{ signal: 'meanLogprob', threshold }],
    offline: 'fail' as const,
  })
  const routed = (threshold: number) =>
    edgewise({
      policy: {
        version: 1,
        cloud: { baseURL: 'http://127.0.0.1:9/v1', model: 'none', retries: 0 },
        tasks: { triage: rule(threshold) },
        default: { place: 'device-only' },
      },
      device,
    })('triage')
  const answer = await routed(-1).doGenerate(call())
  expect(answer.content).toMatchObject([{ type: 'text', text: 'weather' }])
  await expect(routed(-0.1).doGenerate(call())).rejects.toMatchObject({ code: expect.any(String) })
})

test('stops before it begins when it is told to', async () => {
  await expect(
    device.doGenerate(call({ abortSignal: AbortSignal.abort(new Error('enough')) })),
  ).rejects.toThrow('enough')
})
