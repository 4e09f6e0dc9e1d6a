import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { finish, prompt, text } from '../testing/models.ts'
import { AnswerCache, type AnswerCacheOptions } from './answer-cache.ts'
import type { CacheScope } from './call-key.ts'

const HOUR = 3600
const scope: CacheScope = { task: 'ask', user: 'u', minSimilarity: 0.5 }
const exactly: CacheScope = { ...scope, minSimilarity: null }
const ask = (...texts: string[]): LanguageModelV4CallOptions => ({ prompt: prompt(...texts) })
const answer = (said: string, receiptId = 'r1', ttlSeconds = HOUR) => ({
  parts: [...text(said), finish()],
  receiptId,
  ttlSeconds,
})

/** A cache whose clock stands where `clock.ms` is. */
function opened(options: AnswerCacheOptions = {}) {
  const clock = { ms: 1_000_000 }
  const cache = new AnswerCache({ now: () => clock.ms, env: {}, ...options })
  const said = (call: LanguageModelV4CallOptions, asked = exactly): string | null => {
    const parts = cache.find(call, asked)?.parts
    return parts?.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('') ?? null
  }
  return { cache, clock, said }
}

describe('the same call', () => {
  test('has the same answer, its age and whose it was', () => {
    const { cache, clock } = opened()
    cache.keep(ask('hello'), exactly, answer('hi'))
    clock.ms += 61_500
    const usage = expect.objectContaining({ inputTokens: expect.objectContaining({ total: 10 }) })
    expect(cache.find(ask('hello'), exactly)).toEqual({
      kind: 'exact',
      parts: [...text('hi'), expect.objectContaining({ type: 'finish', usage })],
      of: 'r1',
      ageSeconds: 61,
      similarity: 1,
    })
  })

  test('of another user, of nobody, of another task has none', () => {
    const { cache, said } = opened()
    cache.keep(ask('hello'), exactly, answer('hi'))
    expect(said(ask('hello'), { ...scope, user: 'v' })).toBeNull()
    expect(said(ask('hello'), { ...scope, user: null })).toBeNull()
    expect(said(ask('hello'), { ...scope, task: 'other' })).toBeNull()
  })

  test('has the later of two answers', () => {
    const { cache, said } = opened()
    cache.keep(ask('hello'), exactly, answer('one'))
    cache.keep(ask('hello'), exactly, answer('two'))
    expect(said(ask('hello'))).toBe('two')
    expect(cache.size.entries).toBe(1)
  })

  test('has an answer with log-probabilities and calls as they were', () => {
    const { cache } = opened()
    const parts: LanguageModelV4StreamPart[] = [
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'a', providerMetadata: { edgewise: { logprob: -0.5 } } },
      { type: 'text-end', id: '0' },
      { type: 'tool-call', toolCallId: '1', toolName: 'f', input: '{"a":1}' },
      finish({ reason: 'tool-calls', meta: { edgewise: { data: { label: 'x' } } } }),
    ]
    cache.keep(ask('hello'), exactly, { parts, receiptId: 'r', ttlSeconds: 1 })
    expect(cache.find(ask('hello'), exactly)!.parts).toEqual(parts)
  })
})

describe('other words', () => {
  test('of the same question have its answer, where the task says so', () => {
    const { cache, said } = opened()
    cache.keep(ask('What is my balance?'), scope, answer('5'))
    expect(said(ask('please, what’s my balance'))).toBeNull()
    const hit = cache.find(ask('please, what’s my balance'), scope)
    expect(hit).toMatchObject({ kind: 'semantic', of: 'r1' })
    expect(hit!.similarity).toBeGreaterThan(0.5)
    expect(hit!.similarity).toBeLessThan(1)
    expect(said(ask('please, what’s my balance'), { ...scope, minSimilarity: 0.99 })).toBeNull()
    expect(said(ask('what is your balance'), scope)).toBeNull()
    expect(said(ask('what is my balance'), { ...scope, user: 'v' })).toBeNull()
  })

  test('are not looked for among answers of a task that did not say so', () => {
    const { cache, said } = opened()
    cache.keep(ask('What is my balance?'), exactly, answer('5'))
    expect(said(ask('what is my balance'), scope)).toBeNull()
  })

  test('the nearest wording wins, of the latest sixteen; the same call before all', () => {
    const { cache, said } = opened()
    cache.keep(ask('please what is my balance please'), scope, answer('far'))
    cache.keep(ask('what is my balance please'), scope, answer('near'))
    expect(said(ask('what is my balance'), scope)).toBe('near')
    expect(said(ask('please what is my balance please'), scope)).toBe('far')
    for (let i = 0; i < 16; i++) {
      cache.keep(ask(`${'please '.repeat(i + 3)}what is my balance`), scope, answer('farther'))
    }
    expect(said(ask('what is my balance'), { ...scope, minSimilarity: 0.01 })).toBe('farther')
  })
})

describe('time', () => {
  test('an answer ends with its time', () => {
    const { cache, clock, said } = opened()
    cache.keep(ask('my card'), scope, answer('hi', 'r', 10))
    clock.ms += 9_999
    expect(said(ask('my card'))).toBe('hi')
    clock.ms += 1
    expect(said(ask('My card!'), scope)).toBeNull()
    expect(said(ask('my card'))).toBeNull()
    expect(cache.size).toEqual({ entries: 0, bytes: 0 })
  })

  test('when the clock goes back behind the keeping, nobody knows the age', () => {
    const { cache, clock, said } = opened()
    cache.keep(ask('hello'), exactly, answer('hi'))
    clock.ms -= 1
    expect(said(ask('hello'))).toBeNull()
    clock.ms += 1000
    expect(said(ask('hello'))).toBeNull()
  })

  test.each([0, -1, Number.NaN])('of %s seconds keeps nothing', (ttlSeconds) => {
    const { cache } = opened()
    cache.keep(ask('hello'), exactly, answer('hi', 'r', ttlSeconds))
    expect(cache.size.entries).toBe(0)
  })
})

describe('room', () => {
  test('what was not asked for longest goes first', () => {
    const { cache, said } = opened({ maxEntries: 2 })
    cache.keep(ask('a'), exactly, answer('A'))
    cache.keep(ask('b'), exactly, answer('B'))
    expect(said(ask('a'))).toBe('A')
    cache.keep(ask('c'), exactly, answer('C'))
    expect([said(ask('a')), said(ask('b')), said(ask('c'))]).toEqual(['A', null, 'C'])
  })

  test('bytes are bounded; what does not fit alone is left out, and an earlier answer with it', () => {
    const { cache, said } = opened({ maxBytes: 10_000 })
    cache.keep(ask('a'), exactly, answer('A'))
    cache.keep(ask('b'), exactly, answer('x'.repeat(1500)))
    expect(cache.size.entries).toBe(2)
    cache.keep(ask('c'), exactly, answer('x'.repeat(3000)))
    expect([said(ask('a')), said(ask('b'))]).toEqual([null, null])
    expect(cache.size.bytes).toBeLessThanOrEqual(10_000)
    cache.keep(ask('c'), exactly, answer('x'.repeat(6000)))
    expect(cache.size).toEqual({ entries: 0, bytes: 0 })
  })

  test('an answer with bytes in it is not kept', () => {
    const { cache } = opened()
    const file: LanguageModelV4StreamPart = {
      type: 'file',
      mediaType: 'image/png',
      data: { type: 'data', data: new Uint8Array(9) },
    }
    cache.keep(ask('a'), exactly, { parts: [file, finish()], receiptId: 'r', ttlSeconds: 1 })
    expect(cache.size.entries).toBe(0)
  })
})

test('nobody who got or gave an answer can change what is kept', () => {
  const { cache, said } = opened()
  const call = ask('hello')
  const given = answer('hi')
  cache.keep(call, exactly, given)
  ;(given.parts[1] as { delta: string }).delta = 'changed'
  const hit = cache.find(call, exactly)!
  ;(hit.parts[1] as { delta: string }).delta = 'changed'
  hit.parts.length = 0
  expect(said(ask('hello'))).toBe('hi')
  // Nor can who goes on with the list of messages that was asked with.
  call.prompt.push(...prompt('more'))
  expect(said(call)).toBeNull()
  expect(said(ask('hello'))).toBe('hi')
})

describe('the kill switch', () => {
  test('forgets, and gives and keeps nothing until it is set back', () => {
    const { cache, said } = opened()
    cache.keep(ask('hello'), exactly, answer('hi'))
    cache.enabled = false
    expect(cache.size).toEqual({ entries: 0, bytes: 0 })
    cache.keep(ask('hello'), exactly, answer('hi'))
    expect(said(ask('hello'))).toBeNull()
    cache.enabled = true
    expect(said(ask('hello'))).toBeNull()
    cache.keep(ask('hello'), exactly, answer('hi'))
    expect(said(ask('hello'))).toBe('hi')
  })

  test('of the environment cannot be set back', () => {
    const { cache, said } = opened({ env: { EDGEWISE_ANSWER_CACHE: 'OFF' } })
    cache.enabled = true
    expect(cache.enabled).toBe(false)
    cache.keep(ask('hello'), exactly, answer('hi'))
    expect(said(ask('hello'))).toBeNull()
    expect(opened({ env: { EDGEWISE_ANSWER_CACHE: 'on' } }).cache.enabled).toBe(true)
  })

  test('clear forgets and goes on', () => {
    const { cache, said } = opened()
    cache.keep(ask('my card'), scope, answer('hi'))
    cache.clear()
    expect(said(ask('My card!'), scope)).toBeNull()
    cache.keep(ask('my card'), scope, answer('hi'))
    expect(said(ask('My card!'), scope)).toBe('hi')
  })
})
