import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findIdentifiers } from './find.ts'
import { plain, views } from './view.ts'

const found = (text: string) => findIdentifiers(text).map((s) => `${s.type}:${text.slice(s.start, s.end)}`)

test.each([
  ['full-width', '４１１１ １１１１ １１１１ １１１１', 'CREDIT_CARD'],
  ['Arabic digits', '٤١١١١١١١١١١١١١١١', 'CREDIT_CARD'],
  ['mathematical digits', '𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏', 'CREDIT_CARD'],
  ['non-breaking spaces', '4111\u00a01111\u202f1111\u20091111', 'CREDIT_CARD'],
  ['non-breaking hyphens', '4111\u20111111\u20111111\u20111111', 'CREDIT_CARD'],
  ['zero-width characters', 'an\u200bn@le\u200de.o\ufeffrg', 'EMAIL_ADDRESS'],
  ['soft hyphens', 'ann@lee\u00ad.org', 'EMAIL_ADDRESS'],
  ['full-width signs', 'ann＠lee．org', 'EMAIL_ADDRESS'],
  ['combining marks', 'jo\u0308rg@lee.org', 'EMAIL_ADDRESS'],
  ['marks of direction', '\u202aann@lee.org', 'EMAIL_ADDRESS'],
  ['percent', 'ann%40lee.org', 'EMAIL_ADDRESS'],
  ['JSON', 'ann\\u0040lee.org', 'EMAIL_ADDRESS'],
  ['HTML', 'ann&#64;lee&#x2e;org', 'EMAIL_ADDRESS'],
  ['base64', btoa('mail ann@lee.org now'), 'ENCODED'],
])('%s hide nothing', (_, value, type) => {
  const text = `x ${value} y`
  expect(found(text)).toEqual([`${type}:${value.replace(/^\u202a/, '')}`])
})

test('base64 of a picture stays', () => {
  expect(found(`data:image/png;base64,iVBORw0KGgo${'A'.repeat(60)}`)).toEqual([])
})

test('what a view says of the source is the stretch that reads so', () => {
  const bits = fc.constantFrom(
    'a',
    '１',
    '\u200b',
    '%41',
    '\\u0041',
    '&#65;',
    '\u00a0',
    '😀',
    '\ud83d',
    '%',
    '\\',
    '&',
    'é',
  )
  const texts = fc.array(bits, { minLength: 1, maxLength: 20 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(texts, fc.nat(30), fc.nat(30), (text, a, b) => {
      for (const view of views(text)) {
        if (view.text === '') continue
        const start = a % view.text.length
        const end = start + 1 + (b % (view.text.length - start))
        const source = view.source(start, end)
        expect(source.start).toBeLessThan(source.end)
        expect(source.end).toBeLessThanOrEqual(text.length)
        // Read alone, the stretch gives at least what the view had: an escape or a wide sign is taken whole.
        const alone = view === views(text)[0] ? plain(text.slice(source.start, source.end)) : undefined
        if (alone !== undefined && !/[\ud800-\udfff]/.test(text))
          expect(alone).toContain(view.text.slice(start, end))
      }
    }),
    { numRuns: 1000, seed: 3 },
  )
})

test('ASCII is its own view', () => {
  expect(views('abc 1-2')[0]!.source(1, 3)).toEqual({ start: 1, end: 3 })
  expect(views('abc 1-2')).toHaveLength(1)
})
