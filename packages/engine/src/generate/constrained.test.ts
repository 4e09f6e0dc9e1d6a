import { expect, test } from 'vitest'
import { compileConstraint } from '../constrain/compile.ts'
import { judge } from '../constrain/testing/judge.ts'
import { BadOptionError, ContextLengthError } from '../errors.ts'
import { type Model, openModel } from '../model/model.ts'
import { randomModel } from '../testing/random-model.ts'
import { type GeneratedToken, type GenerateOptions, type GenerationEnd, generate } from './generate.ts'
import { logProbability } from './sample.ts'

const model = await openModel(randomModel({ seed: 2 }), { backend: 'reference' })
const { tokenizer } = model
const prompt = tokenizer.encode('hello the world')

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 30 },
    age: { type: 'integer', minimum: 0, maximum: 130 },
    tags: { type: 'array', items: { enum: ['he', 'the', 'world'] }, maxItems: 3 },
  },
  required: ['name', 'age'],
  additionalProperties: false,
}

async function collect(
  options: GenerateOptions,
  source: Model = model,
): Promise<{ tokens: GeneratedToken[]; text: string; end: GenerationEnd }> {
  const tokens: GeneratedToken[] = []
  const stream = generate(source, prompt, options)
  for (;;) {
    const { value, done } = await stream.next()
    if (done) return { tokens, text: tokens.map((token) => token.text).join(''), end: value }
    tokens.push(value)
  }
}

test('whatever the model and the sampling, the text is what the schema says', async () => {
  const constraint = compileConstraint({ jsonSchema: person }, tokenizer)
  const validate = judge(person)
  let cut = 0
  for (let seed = 0; seed < 12; seed++) {
    const sampling = [{}, { temperature: 2 }, { temperature: 1, topP: 0.9 }, { temperature: 5, topK: 10 }][
      seed % 4
    ]
    const { text, end, tokens } = await collect({ ...sampling, seed, constraint, maxTokens: 60 + 5 * seed })
    expect([text, validate(JSON.parse(text))]).toEqual([text, true])
    expect(tokens).toHaveLength(end.completionTokens)
    if (end.finishReason === 'length') cut++
  }
  expect(cut).toBeLessThan(12)
})

test('every budget from the least gives a complete text within it', async () => {
  const constraint = compileConstraint({ jsonSchema: person, whitespace: 'compact' }, tokenizer)
  const validate = judge(person)
  for (let maxTokens = constraint.minTokens; maxTokens < constraint.minTokens + 12; maxTokens++) {
    const { text, end } = await collect({ constraint, maxTokens, temperature: 3, seed: maxTokens })
    expect(validate(JSON.parse(text))).toBe(true)
    expect(end.completionTokens).toBeLessThanOrEqual(maxTokens)
  }
  const least = await collect({ constraint, maxTokens: constraint.minTokens, temperature: 3, seed: 1 })
  expect(least.text).toBe('{"name":"","age":0}')
  expect(least.end.finishReason).toBe('length')
})

test('tokens without a choice are given without asking the model, and run with the next one', async () => {
  const constraint = compileConstraint({ jsonSchema: person, whitespace: 'compact' }, tokenizer)
  using session = model.session()
  let forwards = 0
  const { run, verify } = session
  session.run = (...args) => {
    forwards++
    return run.apply(session, args)
  }
  session.verify = (...args) => {
    forwards++
    return verify.apply(session, args)
  }
  const ids: number[] = []
  let given = ''
  let asked = 0
  for await (const token of generate(session, prompt, { constraint, maxTokens: 100, draft: false })) {
    // The model's own probability of what it was asked for; none for what was certain.
    if (token.forced) expect(token.logprob).toBe(0)
    else {
      asked++
      using other = model.session()
      expect(token.logprob).toBeCloseTo(logProbability(other.forward([...prompt, ...ids]), token.id), 5)
    }
    ids.push(token.id)
    given += token.text
    if (given.endsWith('"age":')) break
  }
  expect(given.startsWith('{"name":"')).toBe(true)
  // One pass for the prompt and one for each token that was the model's to say. `{"name":` but its last token is certain,
  // and so is `,"age":`.
  expect(forwards).toBe(1 + asked)
  expect(ids.length - asked).toBeGreaterThanOrEqual(14)
  expect(session.tokens).toEqual([...prompt, ...ids].slice(0, session.length))
})

test('the answer ends by itself where nothing can follow, or by a token where something could', async () => {
  const yes = await collect({ constraint: compileConstraint({ choices: ['hello', 'the end'] }, tokenizer) })
  expect(['hello', 'the end']).toContain(yes.text)
  expect(yes.end.finishReason).toBe('stop')
  expect(yes.tokens.every(({ id }) => !tokenizer.ends.includes(id))).toBe(true)

  const open = compileConstraint({ regex: '(he)+' }, tokenizer)
  const reasons = new Set<string>()
  for (let seed = 0; seed < 10; seed++) {
    const { text, end, tokens } = await collect({ constraint: open, temperature: 2, seed, maxTokens: 8 })
    expect(text).toMatch(/^(he)+$/)
    expect(tokens.some(({ id }) => tokenizer.ends.includes(id))).toBe(end.finishReason === 'stop')
    reasons.add(end.finishReason)
  }
  expect(reasons).toEqual(new Set(['stop', 'length']))
  const nothing = await collect({ constraint: compileConstraint({ choices: [''] }, tokenizer) })
  expect(nothing).toMatchObject({ text: '', end: { finishReason: 'stop', completionTokens: 0 } })
})

test("the caller's stop tokens are drawn only where the text is complete", async () => {
  const own = tokenizer.idOf('<|pad|>')!
  const constraint = compileConstraint({ regex: '(he){2}(he)*' }, tokenizer)
  let stopped = 0
  for (let seed = 0; seed < 6; seed++) {
    const { text, tokens } = await collect({
      constraint,
      stopTokens: [own],
      temperature: 3,
      seed,
      maxTokens: 12,
    })
    expect(text).toMatch(/^(he){2,}$/)
    expect(tokens.some(({ id }) => tokenizer.ends.includes(id))).toBe(false)
    if (tokens.at(-1)!.id === own) stopped++
  }
  expect(stopped).toBeGreaterThan(0)
})

test('what cannot be kept is told before anything is run', async () => {
  const constraint = compileConstraint({ jsonSchema: person, whitespace: 'compact' }, tokenizer)
  const short = collect({ constraint, maxTokens: constraint.minTokens - 1 })
  await expect(short).rejects.toThrow(BadOptionError)
  await expect(short).rejects.toThrow(
    `maxTokens is ${constraint.minTokens - 1}: the shortest answer the constraint allows takes ${constraint.minTokens}`,
  )
  await expect(collect({ constraint, stopTokens: tokenizer.encode('}') })).rejects.toThrow(
    /the stop token 130 is text/,
  )
  await expect(collect({ constraint, stop: ['}'] })).rejects.toThrow(/stop is given with a constraint/)
  const other = await openModel(randomModel(), { backend: 'reference', contextLength: prompt.length + 5 })
  await expect(collect({ constraint }, other)).rejects.toThrow(/compiled for another tokenizer/)
  const own = compileConstraint({ jsonSchema: person }, other.tokenizer)
  await expect(collect({ constraint: own }, other)).rejects.toThrow(ContextLengthError)
  await expect(collect({ constraint: own, maxTokens: 50 }, other)).rejects.toThrow(ContextLengthError)
  other[Symbol.dispose]()
})
