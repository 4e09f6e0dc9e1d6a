/** The commit point: what is held back until when, and that nothing that was shown is ever taken back or said again. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import type { Rule } from '../policy/index.ts'
import { deviceAnswer, finish, type ScriptedModel, type Step, scripted, text } from '../testing/models.ts'
import { call, failing, readAll, setup, textOf } from '../testing/router-setup.ts'

/** Tokens with their log-probabilities, as device models report them. */
function tokens(
  ...steps: (readonly [string, number] | Exclude<Step, LanguageModelV4StreamPart>)[]
): ScriptedModel {
  return scripted({
    modelId: 'tiny',
    steps: [
      { type: 'text-start', id: '0' },
      ...steps.map((step): Step => {
        if (!Array.isArray(step)) return step as Step
        const [delta, logprob] = step as [string, number]
        const providerMetadata = { edgewise: { logprob, margin: -logprob } }
        return { type: 'text-delta', id: '0', delta, providerMetadata }
      }),
      { type: 'text-end', id: '0' },
      finish({ output: steps.length }),
    ],
  })
}

const bar = (signal: string, threshold?: number) =>
  [{ signal, ...(threshold === undefined ? {} : { threshold }) }] as Rule['escalate'] & object

describe('after N tokens', () => {
  const rule: Rule = {
    place: 'prefer-device',
    escalate: bar('meanLogprob', -0.5),
    commit: { tokens: 2 },
  }

  test('a good beginning is released while the rest is still to come', async () => {
    const device = tokens(['a', -0.1], ['b', -0.1], 'hang')
    const { model } = setup({ rule, device })
    const stop = new AbortController()
    const reader = (await model.doStream(call({ abortSignal: stop.signal }))).stream.getReader()
    const seen: string[] = []
    while (seen.length < 2) {
      const { value } = await reader.read()
      if (value?.type === 'text-delta') seen.push(value.delta)
    }
    expect(seen).toEqual(['a', 'b'])
    stop.abort()
  })

  test('a bad one goes to the cloud and none of it is seen', async () => {
    const { model, receipts } = setup({ rule, device: tokens(['a', -2], ['b', -2], ['c', 0]) })
    expect(textOf(await readAll((await model.doStream(call())).stream))).toBe('from cloud')
    expect(receipts).toMatchObject([
      {
        place: 'cloud',
        signals: [{ name: 'meanLogprob', value: -2, threshold: -0.5, pass: false }],
        attempts: [{ outcome: 'rejected' }, { outcome: 'answered' }],
      },
    ])
  })

  test('what comes after the commit is not judged any more', async () => {
    const { model, receipts } = setup({ rule, device: tokens(['a', 0], ['b', 0], ['c', -9]) })
    expect(textOf(await readAll((await model.doStream(call())).stream))).toBe('abc')
    expect(receipts).toMatchObject([{ place: 'device', signals: [{ value: 0, pass: true }] }])
  })

  test('the cloud fails: the answer that was held back goes on from where it stood', async () => {
    const device = tokens(['a', -2], ['b', -2], { wait: 5 }, ['c', -2])
    const { model, receipts } = setup({ rule, device, cloud: failing() })
    expect(textOf(await readAll((await model.doStream(call())).stream))).toBe('abc')
    expect(receipts).toMatchObject([
      { place: 'device', error: null, attempts: [{ outcome: 'answered' }, {}] },
    ])
  })

  test('and where the policy takes no other answer, that is an error', async () => {
    const { model, receipts } = setup({
      rule: { ...rule, offline: 'fail' },
      device: tokens(['a', -2], ['b', -2]),
      cloud: failing(),
    })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'cloud_failed' })
    expect(receipts).toMatchObject([{ place: null, error: 'cloud_failed' }])
    const alone = setup({
      rule: { ...rule, offline: 'fail' },
      device: tokens(['a', -2], ['b', -2]),
      cloud: null,
    })
    await expect(alone.model.doGenerate(call())).rejects.toMatchObject({ code: 'answer_rejected' })
  })
})

describe('a bad answer is stopped early', () => {
  test.each<[string, Rule['escalate'] & object, Partial<Parameters<typeof call>[0]>]>([
    ['its least likely token', bar('minLogprob', -1), {}],
    ['its least margin', bar('margin', 3), {}],
    ['its length', bar('length', 1), {}],
    ['a mean that nothing can mend', bar('meanLogprob', -0.1), { maxOutputTokens: 10 }],
  ])('by %s', async (_, escalate, options) => {
    const device = tokens(['a', -2], ['b', -2], 'hang')
    const { model, receipts } = setup({ rule: { place: 'prefer-device', escalate }, device })
    expect(textOf(await readAll((await model.doStream(call(options))).stream))).toBe('from cloud')
    expect(receipts).toMatchObject([{ place: 'cloud', signals: [{ pass: false }] }])
    expect(device.running()).toBe(0)
  })

  test('a mean that can still be reached is waited for', async () => {
    const device = tokens(['a', -0.5], ['b', 0], ['c', 0], ['d', 0], ['e', 0])
    const rule: Rule = { place: 'prefer-device', escalate: bar('meanLogprob', -0.1) }
    const { model, receipts } = setup({ rule, device })
    await model.doGenerate(call({ maxOutputTokens: 5 }))
    expect(receipts).toMatchObject([{ place: 'device', signals: [{ value: -0.1, pass: true }] }])
  })
})

describe('valid JSON', () => {
  const rule: Rule = { place: 'prefer-device', commit: 'valid-json' }
  const responseFormat = {
    type: 'json',
    schema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
  } as const

  test.each([
    ['{"a": 1}', 'device'],
    ['{"a": "1"}', 'cloud'],
    ['{"a": ', 'cloud'],
    ['Sure! {"a": 1}', 'cloud'],
  ])('%s is answered by the %s', async (text, place) => {
    const { model, receipts } = setup({ rule, device: deviceAnswer(0, text) })
    await model.doGenerate(call({ responseFormat }))
    expect(receipts).toMatchObject([{ place }])
  })

  test('of the cloud: what is not valid falls back to the device', async () => {
    const { model, receipts } = setup({
      rule: { place: 'prefer-cloud', commit: 'valid-json' },
      device: deviceAnswer(0, '{"a": 1}'),
    })
    expect((await model.doGenerate(call({ responseFormat }))).content).toEqual([
      { type: 'text', text: '{"a": 1}' },
    ])
    expect(receipts).toMatchObject([{ place: 'device', attempts: [{ outcome: 'rejected' }, {}] }])
  })

  test('as a bar: a tool call of the wrong form goes to the cloud', async () => {
    const made = (input: string): ScriptedModel =>
      scripted({
        modelId: 'tiny',
        steps: [
          { type: 'tool-call', toolCallId: '1', toolName: 'f', input },
          finish({ reason: 'tool-calls' }),
        ],
      })
    const inputSchema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } as const
    const withTool = call({ tools: [{ type: 'function', name: 'f', inputSchema }] })
    for (const [input, place] of [
      ['{"n": 1}', 'device'],
      ['{"n": "one"}', 'cloud'],
    ] as const) {
      const { model, receipts } = setup({
        rule: { place: 'prefer-device', escalate: bar('schema') },
        device: made(input),
      })
      await model.doGenerate(withTool)
      expect(receipts).toMatchObject([{ place, signals: [{ name: 'schema', pass: place === 'device' }] }])
    }
  })
})

describe('the whole answer', () => {
  const half = () => scripted({ steps: [...text('half').slice(0, 2), { fail: new Error('x') }] })
  const slow = () => scripted({ modelId: 'tiny', steps: [{ wait: 30 }, ...text('from device'), finish()] })

  test.each(['prefer-cloud', 'race'] as const)(
    'of the cloud is held back under %s: one that breaks in its middle is answered by the device',
    async (place) => {
      const { model, receipts } = setup({
        rule: { place, commit: 'whole-answer' },
        device: slow(),
        cloud: half(),
      })
      expect(textOf(await readAll((await model.doStream(call())).stream))).toBe('from device')
      expect(receipts).toMatchObject([{ place: 'device', error: null }])
    },
  )

  test.each(['whole-answer', 'valid-json'] as const)(
    '%s: the last place holds nothing back',
    async (commit) => {
      // After the device, the cloud: nobody could do better, so it is seen as it comes.
      const toCloud = setup({
        rule: { place: 'prefer-device', commit },
        device: failing(),
        cloud: scripted({ steps: [...text('no JSON').slice(0, 2), { fail: new Error('x') }] }),
      })
      expect(textOf(await readAll((await toCloud.model.doStream(call())).stream))).toBe('no JSON')
      expect(toCloud.receipts).toMatchObject([{ place: 'cloud', error: 'cloud_broken' }])
      const toDevice = setup({
        rule: { place: 'prefer-cloud', commit },
        device: scripted({ steps: [...text('no JSON').slice(0, 2), { fail: new Error('x') }] }),
        cloud: failing(),
      })
      expect(textOf(await readAll((await toDevice.model.doStream(call())).stream))).toBe('no JSON')
      expect(toDevice.receipts).toMatchObject([{ place: 'device', error: 'device_broken' }])
    },
  )
})

describe('signals that cost', () => {
  const rule: Rule = {
    place: 'prefer-device',
    escalate: [{ signal: 'agreement', threshold: 0.6, samples: 3 }],
  }

  /** Answers `said`, and these when it is asked for samples. */
  function withSamples(said: string, samples: readonly string[]) {
    const drawn = [...samples]
    const device = deviceAnswer(0, said)
    return Object.assign(device, {
      doGenerate: async () => ({
        content: [{ type: 'text' as const, text: drawn.shift()! }],
        finishReason: { unified: 'stop' as const, raw: 'stop' },
        usage: { inputTokens: {}, outputTokens: {} } as never,
        warnings: [],
      }),
    })
  }

  test('agreement is the share of samples that say the same', async () => {
    for (const [samples, value, place] of [
      [['Paris.', ' paris', 'Lyon'], 2 / 3, 'device'],
      [['Lyon', 'Nice', 'Paris'], 1 / 3, 'cloud'],
    ] as const) {
      const { model, receipts } = setup({ rule, device: withSamples('Paris', samples) })
      await model.doGenerate(call())
      expect(receipts).toMatchObject([{ place, signals: [{ name: 'agreement', value }] }])
    }
  })

  test('are not asked for an answer that a cheap one has rejected', async () => {
    const samples: string[] = []
    const { model } = setup({
      rule: { ...rule, escalate: [...rule.escalate!, { signal: 'meanLogprob', threshold: -0.1 }] },
      device: Object.assign(deviceAnswer(-3, 'x'), {
        doGenerate: async () => {
          samples.push('asked')
          throw new Error('no')
        },
      }),
    })
    await model.doGenerate(call())
    expect(samples).toEqual([])
  })

  test("a function of the host's own; what it throws is no evidence", async () => {
    const head = (value: () => number | null): Rule['escalate'] & object => {
      void value
      return [{ signal: 'head', threshold: 0.9 }]
    }
    for (const [value, place] of [
      [() => 0.95, 'device'],
      [() => 0.5, 'cloud'],
      [() => null, 'cloud'],
      [
        () => {
          throw new Error('broken')
        },
        'cloud',
      ],
    ] as const) {
      const { model, receipts } = setup({
        rule: { place: 'prefer-device', escalate: head(value) },
        options: { signals: { head: value } },
      })
      await model.doGenerate(call())
      expect(receipts).toMatchObject([{ place }])
    }
  })

  test('a bar on a signal that nobody provides is refused at once', () => {
    expect(() => setup({ rule: { place: 'prefer-device', escalate: bar('haed', 0.9) } })).toThrow(
      expect.objectContaining({ code: 'unknown_signal' }),
    )
  })
})

test('in a race with bars the cloud is heard from its first word on', async () => {
  const cloud = scripted({
    modelId: 'cloudy',
    steps: [{ type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: 'now' }, 'hang'],
  })
  const rule: Rule = { place: 'race', escalate: bar('meanLogprob', -0.5) }
  const { model } = setup({ rule, device: tokens('hang'), cloud })
  const stop = new AbortController()
  const reader = (await model.doStream(call({ abortSignal: stop.signal }))).stream.getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    if (step.value.type !== 'text-delta') continue
    expect(step.value.delta).toBe('now')
    break
  }
  stop.abort()
})
