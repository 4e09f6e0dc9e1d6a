import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadOptionError, ContextLengthError, DisposedError, NumericError } from '../errors.ts'
import { readGguf, tensorBytes } from '../gguf/read.ts'
import { writeGguf } from '../gguf/write.ts'
import { type Model, openModel } from '../model/model.ts'
import type { Session } from '../model/session.ts'
import { randomModel } from '../testing/random-model.ts'
import { type GeneratedToken, type GenerateOptions, type GenerationEnd, generate } from './generate.ts'
import { argmax, logProbability } from './sample.ts'
import { stopFilter } from './stop.ts'

const model = await openModel(randomModel({ seed: 2 }), { backend: 'reference' })
const prompt = model.tokenizer.encode('hello the world')

async function collect(
  source: Model | Session,
  tokens: readonly number[],
  options?: GenerateOptions,
): Promise<{ tokens: GeneratedToken[]; ids: number[]; text: string; end: GenerationEnd }> {
  const list: GeneratedToken[] = []
  const stream = generate(source, tokens, options)
  for (;;) {
    const { value, done } = await stream.next()
    if (done)
      return { tokens: list, ids: list.map((t) => t.id), text: list.map((t) => t.text).join(''), end: value }
    list.push(value)
  }
}

test('greedy tokens and logprobs are those of the forward pass', async () => {
  const { tokens, end, text, ids } = await collect(model, prompt, { maxTokens: 20, stopTokens: [] })
  using session = model.session()
  let logits = session.forward(prompt)
  for (const token of tokens) {
    expect(token.id).toBe(argmax(logits))
    expect(token.logprob).toBeCloseTo(logProbability(logits, token.id), 5)
    logits = session.forward([token.id])
  }
  expect(text).toBe(model.tokenizer.decode(ids))
  expect(end).toMatchObject({
    finishReason: 'length',
    promptTokens: prompt.length,
    cachedTokens: 0,
    completionTokens: 20,
  })
  expect(end.prefillMs).toBeGreaterThan(0)
  expect(end.decodeMs).toBeGreaterThan(0)
})

test('the texts join to the decoded tokens wherever the answer ends', async () => {
  const free = await collect(model, prompt, { maxTokens: 30, stopTokens: [] })
  let cutInCharacter = 0
  for (let maxTokens = 1; maxTokens <= 30; maxTokens++) {
    const { text, ids } = await collect(model, prompt, {
      maxTokens,
      stopTokens: [],
      stop: ['\ufffd\ufffd\ufffd\ufffd never'],
    })
    expect(ids).toEqual(free.ids.slice(0, maxTokens))
    expect(text).toBe(model.tokenizer.decode(ids))
    const stream = model.tokenizer.stream()
    for (const id of ids) stream.push(id)
    if (stream.end() !== '') cutInCharacter++
  }
  expect(cutInCharacter).toBeGreaterThan(0)
})

test('sampling with a seed repeats itself', async () => {
  const options = { maxTokens: 15, temperature: 1.5, topK: 20, stopTokens: [] }
  const first = await collect(model, prompt, { ...options, seed: 9 })
  expect((await collect(model, prompt, { ...options, seed: 9 })).ids).toEqual(first.ids)
  expect((await collect(model, prompt, { ...options, seed: 10 })).ids).not.toEqual(first.ids)
})

test('a stop token ends the answer and adds no text', async () => {
  const free = await collect(model, prompt, { maxTokens: 20, stopTokens: [] })
  const at = 5
  const stopToken = free.ids[at]!
  const { ids, text, end } = await collect(model, prompt, { maxTokens: 20, stopTokens: [stopToken] })
  const first = free.ids.indexOf(stopToken)
  expect(ids).toEqual(free.ids.slice(0, first + 1))
  expect(text).toBe(model.tokenizer.decode(free.ids.slice(0, first)))
  expect(end).toMatchObject({ finishReason: 'stop', completionTokens: first + 1 })
})

test('a stop string ends the answer wherever it lies, and no part of it is given out', async () => {
  const free = await collect(model, prompt, { maxTokens: 40, stopTokens: [] })
  for (let from = 0; from < free.text.length - 3; from += 2) {
    const stop = free.text.slice(from, from + 3)
    const { text, end } = await collect(model, prompt, {
      maxTokens: 40,
      stopTokens: [],
      stop: ['never there', stop],
    })
    expect(text).toBe(free.text.slice(0, free.text.indexOf(stop)))
    expect(end.finishReason).toBe('stop')
  }
  // Held back to the end and then found not to be one: nothing is lost.
  const tail = `${free.text.slice(-1)}\u0000never`
  expect((await collect(model, prompt, { maxTokens: 40, stopTokens: [], stop: [tail] })).text).toBe(free.text)
})

test('the stop filter gives the text before the first stop string, however it is cut', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 })
  const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 }), {
    maxLength: 3,
  })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), stops, (pieces, stops) => {
      const filter = stopFilter(stops)
      let out = ''
      let stopped = false
      let seen = ''
      for (const part of pieces) {
        seen += part
        const result = filter.push(part)
        out += result.text
        if ((stopped = result.stopped)) break
        // All is given out but what a stop string may begin with.
        const held = seen.slice(out.length)
        expect(held === '' || stops.some((stop) => stop.startsWith(held))).toBe(true)
      }
      if (!stopped) out += filter.end()
      const places = stops.map((stop) => seen.indexOf(stop)).filter((at) => at >= 0)
      expect(stopped).toBe(places.length > 0)
      expect(out).toBe(places.length > 0 ? seen.slice(0, Math.min(...places)) : seen)
    }),
    { numRuns: 2000, seed: 14 },
  )
})

test('the end of the context is a length, not an error', async () => {
  using small = await openModel(randomModel({ seed: 2 }), { backend: 'reference', contextLength: 20 })
  const { end } = await collect(small, prompt, { maxTokens: 1000, stopTokens: [] })
  expect(end).toMatchObject({ finishReason: 'length', completionTokens: 20 - prompt.length })
  expect((await collect(small, prompt, { stopTokens: [] })).end.completionTokens).toBe(20 - prompt.length)
  const full = Array.from({ length: 20 }, () => 7)
  await expect(collect(small, full)).rejects.toThrow(ContextLengthError)
})

test('a session keeps what the next prompt shares with it', async () => {
  using session = model.session()
  const first = await collect(session, prompt, { maxTokens: 6, stopTokens: [] })
  expect(session.tokens).toEqual([...prompt, ...first.ids.slice(0, 5)])
  const next = [...prompt, ...first.ids, 40, 41]
  const second = await collect(session, next, { maxTokens: 6, stopTokens: [] })
  expect(second.end).toMatchObject({ cachedTokens: prompt.length + 5, promptTokens: next.length })
  expect(second.ids).toEqual((await collect(model, next, { maxTokens: 6, stopTokens: [] })).ids)
  const same = await collect(session, next, { maxTokens: 6, stopTokens: [] })
  expect(same.end.cachedTokens).toBe(next.length - 1)
  expect(same.ids).toEqual(second.ids)
})

test('breaking out leaves a session usable and frees one of its own', async () => {
  using session = model.session()
  for await (const _ of generate(session, prompt, { stopTokens: [] }))
    if (session.length > prompt.length + 2) break
  expect(session.tokens.slice(0, prompt.length)).toEqual(prompt)
  expect(session.forward([3])).toHaveLength(model.tokenizer.size)
  const free = await openModel(randomModel(), { backend: 'reference' })
  const stream = generate(free, [1, 2])
  await stream.next()
  free[Symbol.dispose]()
  await expect(stream.next()).rejects.toThrow(DisposedError)
})

test('an aborted call throws the reason of the signal', async () => {
  const reason = new Error('the tab was closed')
  await expect(collect(model, prompt, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  using session = model.session()
  const controller = new AbortController()
  const stream = generate(session, prompt, { stopTokens: [], signal: controller.signal })
  await stream.next()
  controller.abort(reason)
  await expect(stream.next()).rejects.toBe(reason)
  expect(session.tokens).toEqual(prompt)
})

test('an abort from an event is seen during a long prefill', async () => {
  using slow = await openModel(randomModel({ layers: 4, dim: 256, hiddenDim: 512, contextLength: 1000 }), {
    backend: 'reference',
  })
  const controller = new AbortController()
  const long = Array.from({ length: 990 }, (_, i) => i % 270)
  using session = slow.session()
  setTimeout(() => controller.abort(), 30)
  await expect(collect(session, long, { signal: controller.signal })).rejects.toThrow(/aborted/)
  // The whole prefill takes seconds; without turns the timer would only come after it.
  expect(session.length).toBeLessThan(long.length)
})

test('weights that are no numbers are a typed error', async () => {
  const file = randomModel()
  const gguf = readGguf(file)
  const tensors = [...gguf.tensors.values()].map((tensor) => {
    const bytes = tensorBytes(file, tensor).slice()
    return { ...tensor, bytes: tensor.name === 'output_norm.weight' ? bytes.fill(0xff) : bytes }
  })
  using damaged = await openModel(writeGguf({ metadata: gguf.metadata, tensors }), { backend: 'reference' })
  await expect(collect(damaged, prompt)).rejects.toThrow(NumericError)
})

test('options are checked', async () => {
  await expect(collect(model, [])).rejects.toThrow(/the prompt has no token/)
  await expect(collect(model, [99999])).rejects.toThrow(BadOptionError)
  await expect(collect(model, prompt, { maxTokens: 0 })).rejects.toThrow(/maxTokens is 0/)
  await expect(collect(model, prompt, { stop: [''] })).rejects.toThrow(/empty string/)
  await expect(collect(model, prompt, { topP: 2 })).rejects.toThrow(/topP/)
})

test('a prompt with an id that is none is refused before the session is touched', async () => {
  using session = model.session()
  session.prefill(prompt)
  for (const id of [-1, model.tokenizer.size, 0.5, Number.NaN]) {
    await expect(collect(session, [prompt[0]!, 7, id])).rejects.toThrow(BadOptionError)
    expect(session.tokens).toEqual(prompt)
  }
})
