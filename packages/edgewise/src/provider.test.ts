/** `edgewise()` as a provider of the AI SDK: in a registry, called for a task, its embeddings. */
import { createProviderRegistry, embed, generateText, Output, streamText, tool } from 'ai'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { DeviceModel } from './device/device-model.ts'
import { edgewise } from './edgewise.ts'
import type { Policy } from './policy/index.ts'
import { deviceAnswer, finish, scripted } from './testing/models.ts'
import { cloudAnswer } from './testing/router-setup.ts'

const policy: Policy = {
  version: 1,
  tasks: {
    label: { place: 'prefer-device', commit: 'valid-json' },
    report: { place: 'cloud-only' },
  },
  match: [{ task: 'report', when: { systemContains: ['quarterly'] } }],
  default: { place: 'device-only' },
}

const embedding: DeviceModel = {
  ...deviceAnswer(0, 'from device'),
  embed: async (texts) => texts.map((text) => Float32Array.of(text.length, 0)),
}

describe('the provider', () => {
  test('a task is a model: called, by name, from a registry', async () => {
    const ew = edgewise({ policy, device: deviceAnswer(0, '{"a": 1}'), cloud: cloudAnswer() })
    const registry = createProviderRegistry({ edgewise: ew })
    for (const model of [
      ew('report'),
      ew.languageModel('report'),
      registry.languageModel('edgewise:report'),
    ]) {
      const { text, providerMetadata } = await generateText({ model, prompt: 'x' })
      expect(text).toBe('from cloud')
      expect(providerMetadata!.edgewise).toMatchObject({ task: 'report', taskFrom: 'caller' })
    }
    expect(() => ew('reprot')).toThrow(expect.objectContaining({ modelId: 'reprot' }))
    expect(() => ew.imageModel('x')).toThrow(expect.objectContaining({ modelType: 'imageModel' }))
  })

  test('the model without a task finds it: by the call, by a rule, by default', async () => {
    const model = edgewise({ policy, device: deviceAnswer(0, '{}'), cloud: cloudAnswer() })()
    const from = async (instructions: string, task?: string) => {
      const providerOptions = task === undefined ? {} : { edgewise: { task } }
      const { providerMetadata } = await generateText({ model, prompt: 'x', instructions, providerOptions })
      const { task: found, taskFrom } = providerMetadata!.edgewise!
      return [found, taskFrom]
    }
    expect(await from('Write the Quarterly figures.')).toEqual(['report', 'match'])
    expect(await from('Write the quarterly figures.', 'label')).toEqual(['label', 'caller'])
    expect(await from('Answer.')).toEqual(['default', 'default'])
  })

  test('structured output: what the device gets wrong the cloud gets right, and the caller sees one object', async () => {
    const output = Output.object({ schema: z.object({ city: z.string() }) })
    const right = scripted({
      modelId: 'cloudy',
      steps: [
        { type: 'text-start', id: '0' },
        { type: 'text-delta', id: '0', delta: '{"city":' },
        { type: 'text-delta', id: '0', delta: '"Kraków"}' },
        { type: 'text-end', id: '0' },
        finish(),
      ],
    })
    for (const [said, place] of [
      ['{"city": "Łódź"}', 'device'],
      ['{"town": 3}', 'cloud'],
      ['Sure, here it is', 'cloud'],
    ] as const) {
      const model = edgewise({ policy, device: deviceAnswer(0, said), cloud: right })('label')
      const result = await generateText({ model, prompt: 'x', output })
      expect(result.output.city).toBe(place === 'device' ? 'Łódź' : 'Kraków')
      expect(result.providerMetadata!.edgewise).toMatchObject({ place })
    }
  })

  test('tools on both sides: called, run, answered', async () => {
    const calls = (id: string) =>
      scripted({
        modelId: id,
        steps: [
          { type: 'tool-input-start', id: 'c1', toolName: 'add' },
          { type: 'tool-input-delta', id: 'c1', delta: '{"a":1,"b":2}' },
          { type: 'tool-input-end', id: 'c1' },
          { type: 'tool-call', toolCallId: 'c1', toolName: 'add', input: '{"a":1,"b":2}' },
          finish({ reason: 'tool-calls' }),
        ],
      })
    const add = tool({
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      execute: async ({ a, b }) => a + b,
    })
    for (const [place, task] of [
      ['device', undefined],
      ['cloud', 'report'],
    ] as const) {
      const ew = edgewise({ policy, device: calls('tiny'), cloud: calls('cloudy') })
      const result = streamText({ model: ew(task), prompt: '1 + 2?', tools: { add } })
      const results: unknown[] = []
      for await (const part of result.fullStream) if (part.type === 'tool-result') results.push(part.output)
      expect(results).toEqual([3])
      expect((await result.providerMetadata)!.edgewise).toMatchObject({ place })
    }
  })

  test("embeddings are the device's; without a device that has any there are none", async () => {
    const ew = edgewise({ policy, device: embedding, cloud: null })
    const { embedding: vector } = await embed({ model: ew.embeddingModel('device'), value: 'four' })
    expect(vector).toEqual([4, 0])
    const none = edgewise({ policy, device: deviceAnswer(0, 'x'), cloud: null })
    expect(() => none.embeddingModel('device')).toThrow(
      expect.objectContaining({ modelType: 'embeddingModel' }),
    )
  })

  test('says whether a cloud can be asked', () => {
    expect(edgewise({ policy, device: null }).cloudStatus).toEqual({
      ready: false,
      why: 'no cloud is configured',
    })
    expect(edgewise({ policy, device: null, cloud: cloudAnswer() }).cloudStatus).toEqual({
      ready: true,
      model: 'cloudy',
    })
  })
})
