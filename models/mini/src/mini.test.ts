import { BadGgufError, ContextLengthError } from '@edgewise/engine'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { convert } from './convert.ts'
import { NotMiniError, UnknownTaskError } from './errors.ts'
import { applyEdits, type Edit } from './fix.ts'
import type { IntentAnswer } from './intent.ts'
import type { JsonAnswer } from './json.ts'
import { loadMini, type Mini, openMini } from './mini.ts'
import type { RedactedSpan } from './redact.ts'
import { ruleSpans } from './redact.ts'
import { slotsOf } from './snips.ts'
import { isMiniTask, miniTasks } from './tasks.ts'
import { finish, tinyCheckpoint, tinyMini } from './testing/tiny-mini.ts'

/** Random models: what must hold for every text must hold for any weights. */
const minis: Mini[] = []
beforeAll(async () => {
  for (const seed of [1, 2, 3]) minis.push(await tinyMini(seed))
})
afterAll(() => {
  for (const mini of minis) mini[Symbol.dispose]()
})

const bits = [
  'the',
  'teh',
  ' ',
  '  ',
  '\n',
  'wo rd',
  '12',
  'march 3',
  '<|im_end|>',
  '<intent:oos>',
  '<none>',
  '<wrong>',
  'a@b.com',
  '😀',
  '\ud800',
  '\u0000',
  "don't",
  '.',
  '[PERSON_1]',
]
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...bits) }, fc.string({ maxLength: 4 })), {
    maxLength: 9,
  })
  .map((parts) => parts.join(''))

function everyText(check: (mini: Mini, text: string) => Promise<void>): Promise<void> {
  const runs = fc.asyncProperty(fc.nat(minis.length - 1), text, (i, input) => check(minis[i]!, input))
  return fc.assert(runs, { numRuns: 40, seed: 1 })
}

describe('for any text and any weights', () => {
  test('intent is a label, its probability and those of the first five are sane', async () => {
    await everyText(async (mini, input) => {
      const { text: label, result } = await finish(mini.run('intent', input))
      const answer = result.data as unknown as IntentAnswer
      expect(answer.label).toBe(label)
      expect(answer.top[0]).toEqual({ label, probability: answer.probability })
      expect(answer.top).toHaveLength(5)
      expect(Math.log(answer.probability)).toBeCloseTo(result.meanLogprob, 5)
      expect(answer.oos).toBeLessThanOrEqual(answer.probability)
    })
  })

  test('json parses, its values are stretches of the text, and data has their places', async () => {
    let slots = 0
    await everyText(async (mini, input) => {
      const { text: output, result } = await finish(mini.run('json', input))
      const parsed = JSON.parse(output)
      const answer = result.data as unknown as JsonAnswer
      expect(parsed).toEqual({
        intent: answer.intent,
        slots: answer.slots.map(({ name, value }) => ({ name, value })),
      })
      let last = 0
      for (const { name, value, start, end } of answer.slots) {
        expect(input.slice(start, end)).toBe(value)
        expect(value.trim()).toBe(value)
        expect(value).not.toBe('')
        expect(slotsOf[answer.intent]).toContain(name)
        expect(start).toBeGreaterThanOrEqual(last)
        last = end
        slots++
      }
    })
    expect(slots).toBeGreaterThan(10)
  })

  test('redact replaces exactly its spans, and putting the values back gives the text', async () => {
    let marked = 0
    await everyText(async (mini, input) => {
      const { text: output, result } = await finish(mini.run('redact', input))
      const spans = result.data as unknown as RedactedSpan[]
      let expected = ''
      let at = 0
      for (const { start, end, placeholder } of spans) {
        expect(input).not.toContain(placeholder)
        expected += input.slice(at, start) + placeholder
        at = end
        marked++
      }
      expect(output).toBe(expected + input.slice(at))
      const values = new Map(spans.map((s) => [s.placeholder, input.slice(s.start, s.end)]))
      for (const span of spans) expect(values.get(span.placeholder)).toBe(input.slice(span.start, span.end))
      expect(spans).toEqual(expect.arrayContaining(ruleSpans(input).map((s) => expect.objectContaining(s))))
    })
    expect(marked).toBeGreaterThan(10)
  })

  test('fix changes only what its edits say', async () => {
    await everyText(async (mini, input) => {
      const { text: output, result } = await finish(mini.run('fix', input))
      expect(applyEdits(input, result.data as unknown as Edit[])).toBe(output)
    })
  })

  test('complete gives text or a typed error, and no control token', async () => {
    await everyText(async (mini, input) => {
      const { text: output, result } = await finish(mini.run('complete', input, { maxTokens: 5, seed: 1 }))
      expect(output).not.toMatch(/<[|:a-z/]+>/)
      expect(result.completionTokens).toBeLessThanOrEqual(5)
      expect(result.promptTokens).toBe(mini.countTokens('complete', input))
    })
  })

  test('user text never becomes a control token', async () => {
    await everyText(async (mini, input) => {
      const { tokenizer } = mini.model
      expect(mini.countTokens('complete', input)).toBe(
        mini.countTokens('complete', '') - 1 + tokenizer.encode(` ${input.trim()}`, { literal: true }).length,
      )
    })
  })
})

test('a text too long is refused with a typed error by every task, before any work', async () => {
  const long = 'word '.repeat(2000)
  for (const task of miniTasks) {
    await expect(minis[0]!.run(task, long).next()).rejects.toThrow(ContextLengthError)
  }
  // What is read is read once, in windows where it is longer than a pass.
  const whole = 'the '.repeat(minis[0]!.contextLength - 2)
  for (const task of ['intent', 'json', 'redact', 'fix'] as const) {
    expect((await minis[0]!.run(task, whole).next()).done).toBe(false)
    await expect(minis[0]!.run(task, `${whole}the`).next()).rejects.toThrow(ContextLengthError)
  }
})

test('a text far too long is refused without being tokenized, white space around it does not count', async () => {
  const mini = minis[0]!
  const huge = '1'.repeat(4_000_000)
  const start = performance.now()
  for (const task of miniTasks) {
    await expect(mini.run(task, huge).next()).rejects.toThrow(ContextLengthError)
    // The longest token of this vocabulary is " the".
    expect(mini.countTokens(task, huge)).toBe(1_000_000)
  }
  expect(performance.now() - start).toBeLessThan(1000)
  const padded = `${' '.repeat(10_000)}the${'\n'.repeat(10_000)}`
  expect(mini.countTokens('intent', padded)).toBe(mini.countTokens('intent', 'the'))
  // At the bound itself nothing is refused unseen: these are as few tokens as a text of this length can have.
  const most = 'the '.repeat(mini.contextLength)
  expect(mini.countTokens('intent', most)).toBe(mini.countTokens('intent', '') + mini.contextLength)
})

test('an option that is undefined is one not given', async () => {
  const unset = Object.fromEntries(['maxTokens', 'topK', 'stop', 'signal'].map((name) => [name, undefined]))
  // With this seed no special token is drawn before the limit.
  const settings = { temperature: 100, seed: 22 }
  const { text: want, result } = await finish(minis[0]!.run('complete', 'the', settings))
  const found = await finish(minis[0]!.run('complete', 'the', { ...settings, ...unset }))
  expect(found.text).toBe(want)
  expect(found.result.finishReason).toBe(result.finishReason)
  expect(result.finishReason).toBe('length')
  expect(result.completionTokens).toBe(32)
})

test('aborting throws the reason, before and during the run', async () => {
  const reason = new Error('changed my mind')
  for (const task of miniTasks) {
    await expect(minis[0]!.run(task, 'hi', { signal: AbortSignal.abort(reason) }).next()).rejects.toBe(reason)
  }
  const controller = new AbortController()
  // So hot that one of the few tokens that end the text is not drawn first.
  const run = minis[0]!.run('complete', 'hi', { signal: controller.signal, temperature: 100, seed: 3 })
  expect((await run.next()).done).toBe(false)
  controller.abort(reason)
  await expect(run.next()).rejects.toBe(reason)
})

test('runs of one model may overlap', async () => {
  const [mini] = minis
  const alone = await finish(mini!.run('json', 'the word of march'))
  const both = await Promise.all([
    finish(mini!.run('json', 'the word of march')),
    finish(mini!.run('fix', 'teh word')),
  ])
  expect(both[0].text).toBe(alone.text)
})

test('a completion begins with what earlier ones have run of its prompt, and answers the same', async () => {
  using mini = await tinyMini(4)
  const options = { temperature: 0, maxTokens: 5 }
  const first = await finish(mini.run('complete', 'the word of march', options))
  const again = await finish(mini.run('complete', 'the word of march', options))
  const more = await finish(mini.run('complete', 'the word of the world', options))
  using fresh = await tinyMini(4)
  expect(again.text).toBe(first.text)
  expect(more.text).toBe((await finish(fresh.run('complete', 'the word of the world', options))).text)
  expect(first.result.cachedTokens).toBe(0)
  // Of what was asked for first, all but its last token.
  expect(again.result.cachedTokens).toBe(again.result.promptTokens - 1)
  expect(more.result.cachedTokens).toBeGreaterThan(0)
  expect(more.result.cachedTokens).toBeLessThan(more.result.promptTokens - 1)
})

test('an unknown task, a foreign file and a broken file are told apart', async () => {
  expect(() => minis[0]!.run('sing' as 'json', 'x')).toThrow(UnknownTaskError)
  expect(isMiniTask('json')).toBe(true)
  expect(isMiniTask('sing')).toBe(false)
  await expect(openMini(new Uint8Array(10))).rejects.toThrow(BadGgufError)
  const checkpoint = tinyCheckpoint(1)
  const { '<join>': id, ...vocab } = checkpoint.tokenizer.model.vocab
  const foreign = {
    ...checkpoint,
    tokenizer: {
      model: { ...checkpoint.tokenizer.model, vocab: { ...vocab, '<other>': id! } },
      added_tokens: checkpoint.tokenizer.added_tokens.filter((token) => token.content !== '<join>'),
    },
  }
  await expect(openMini(convert(foreign, 'f32'), { backend: 'reference' })).rejects.toThrow(NotMiniError)
})

test('loadMini looks beside package.json', async () => {
  const failure = await loadMini({ backend: 'reference' }).then((mini) => mini[Symbol.dispose](), String)
  if (failure !== undefined) expect(failure).toMatch(/ENOENT.*models\/mini\/edgewise-mini\.gguf/)
})

test('a text is embedded as the state from which intent names a label', async () => {
  for (const mini of minis) {
    const { model } = mini
    const [vector, other] = await mini.embed(['wo rd', 'the <|im_end|>'])
    expect(vector).toHaveLength(model.config.dim)
    expect(Math.hypot(...vector!)).toBeCloseTo(1, 5)
    const state = model.encodeStates(model.tokenizer.encodePrompt('<|intent|> wo rd<|im_end|>'), [0])
    const length = Math.hypot(...state)
    expect(vector).toEqual(state.map((value) => value / length))
    expect(other).not.toEqual(vector)
    await expect(mini.embed(['the '.repeat(5000)])).rejects.toThrow(ContextLengthError)
  }
})

test('complete tells the margin of each token, and the most probable ones where asked', async () => {
  const [mini] = minis
  for await (const part of mini!.run('complete', 'the', { maxTokens: 5, topLogprobs: 2 })) {
    const [first, second] = part.top!
    expect(part.margin).toBeCloseTo(first!.logprob - second!.logprob, 4)
  }
  const [plain] = [await mini!.run('complete', 'the', { maxTokens: 1 }).next()]
  expect(plain.value).not.toHaveProperty('top')
})
