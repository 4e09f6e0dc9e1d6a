/** The cache beside a list that is searched from end to end: whatever is asked and kept, in any order, by any clock. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finish, prompt, text } from '../testing/models.ts'
import { AnswerCache } from './answer-cache.ts'
import type { CacheScope } from './call-key.ts'
import { contentOf, similarity } from './meaning.ts'

const questions = [
  'What is my balance?',
  "what's my balance",
  'please what is my balance',
  'What is your balance?',
  'is it on?',
  'x',
  'y',
]

interface Kept {
  readonly question: string
  readonly user: string | null
  readonly isSemantic: boolean
  readonly id: string
  readonly keptAt: number
  readonly ends: number
  readonly order: number
}

/** The plain thing: last asked for last. */
class Model {
  kept: Kept[] = []
  enabled = true
  #order = 0

  find(question: string, { user, minSimilarity }: CacheScope, now: number) {
    if (!this.enabled) return null
    // What is not fresh is forgotten where it was looked at: the same call, and wordings of it.
    const isFresh = (one: Kept): boolean => now >= one.keptAt && now < one.ends
    const forget = (ones: readonly Kept[]): void => {
      this.kept = this.kept.filter((one) => !ones.includes(one) || isFresh(one))
    }
    const mine = this.kept.filter((one) => one.user === user)
    const same = mine.find((one) => one.question === question)
    if (same && isFresh(same)) return this.#hit(same, 'exact', 1, now)
    if (same) forget([same])
    const content = contentOf(question)
    if (minSimilarity === null || content === null) return null
    const wordings = mine
      .filter((one) => one !== same && one.isSemantic && contentOf(one.question) === content)
      .sort((a, b) => a.order - b.order)
    forget(wordings)
    const near = wordings
      .filter(isFresh)
      .map((one) => ({ one, near: similarity(one.question, question) }))
      .filter(({ near }) => near >= minSimilarity)
    const most = Math.max(...near.map(({ near }) => near))
    const best = near.findLast(({ near }) => near === most)
    return best ? this.#hit(best.one, 'semantic', best.near, now) : null
  }

  keep(one: Omit<Kept, 'order'>, maxEntries: number): void {
    if (!this.enabled || one.ends <= one.keptAt) return
    this.kept = this.kept.filter(({ question, user }) => question !== one.question || user !== one.user)
    this.kept.push({ ...one, order: this.#order++ })
    if (this.kept.length > maxEntries) this.kept.shift()
  }

  #hit(one: Kept, kind: string, near: number, now: number) {
    this.kept = [...this.kept.filter((other) => other !== one), one]
    return { kind, of: one.id, ageSeconds: Math.floor((now - one.keptAt) / 1000), similarity: near }
  }
}

const question = fc.constantFrom(...questions)
const user = fc.constantFrom('u', null)
const isOn = fc.constantFrom(true, true, true, false)
const minSimilarity = fc.constantFrom(null, 0.3, 0.8)
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('find' as const), question, user, minSimilarity }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('keep' as const),
      question,
      user,
      minSimilarity,
      ttlSeconds: fc.constantFrom(0, 5, 60),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -3000, max: 9000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('switch' as const), enabled: isOn }) },
)

test('finds what the plain list finds', () => {
  const hits = { exact: 0, semantic: 0 }
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 30, maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      (steps, maxEntries) => {
        let now = 1_000_000
        const cache = new AnswerCache({ now: () => now, maxEntries, env: {} })
        const model = new Model()
        for (const [i, one] of steps.entries()) {
          if (one.do === 'wait') now += one.ms
          else if (one.do === 'switch') {
            cache.enabled = model.enabled = one.enabled
            if (!one.enabled) model.kept = []
          } else {
            const scope = { task: 't', user: one.user, minSimilarity: one.minSimilarity }
            const call = { prompt: prompt(one.question) }
            if (one.do === 'keep') {
              const id = String(i)
              const parts = [...text(id), finish()]
              cache.keep(call, scope, { parts, receiptId: id, ttlSeconds: one.ttlSeconds })
              const isSemantic = one.minSimilarity !== null
              const ends = now + 1000 * one.ttlSeconds
              model.keep({ ...one, isSemantic, id, keptAt: now, ends }, maxEntries)
            } else {
              const expected = model.find(one.question, scope, now)
              const { parts, ...hit } = cache.find(call, scope) ?? { parts: [] }
              expect(hit).toEqual(expected ?? {})
              if (expected) {
                hits[expected.kind as 'exact' | 'semantic']++
                expect(parts[1]).toMatchObject({ delta: expected.of })
              }
            }
          }
          expect(cache.size.entries).toBe(model.kept.length)
        }
      },
    ),
    { seed: 3, numRuns: 400 },
  )
  expect(hits.exact).toBeGreaterThan(100)
  expect(hits.semantic).toBeGreaterThan(100)
})

test('bytes never pass the bound, and are gone with the last entry', () => {
  const size = fc.integer({ min: 0, max: 4000 })
  const kept = fc.array(fc.record({ question, size, ttlSeconds: fc.constantFrom(1, 60) }), { maxLength: 30 })
  fc.assert(
    fc.property(kept, fc.integer({ min: 1000, max: 20_000 }), (all, maxBytes) => {
      let now = 0
      const cache = new AnswerCache({ now: () => now, maxBytes, env: {} })
      const scope = { task: 't', user: null, minSimilarity: 0.5 }
      for (const { question, size, ttlSeconds } of all) {
        const parts = [...text('x'.repeat(size)), finish()]
        cache.keep({ prompt: prompt(question) }, scope, { parts, receiptId: 'r', ttlSeconds })
        expect(cache.size.bytes).toBeLessThanOrEqual(maxBytes)
      }
      now += 100_000
      for (const question of questions) cache.find({ prompt: prompt(question) }, scope)
      expect(cache.size).toEqual({ entries: 0, bytes: 0 })
    }),
    { seed: 4, numRuns: 100 },
  )
})
