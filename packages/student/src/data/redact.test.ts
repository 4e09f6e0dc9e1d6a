/** What was written is known again as what was asked. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRedactionOf, redacted } from './redact.ts'

test('a redacted text is one of its own text', async () => {
  const part = fc.constantFrom(
    'anna@example.com',
    ' call +49 30 901820 ',
    'and ',
    'b',
    '[EMAIL_ADDRESS_1]',
    '',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
      const text = parts.join('')
      const [written] = await redacted([text], null)
      expect(isRedactionOf(written!, text)).toBe(true)
      expect(isRedactionOf(`x${written}`, text)).toBe(false)
    }),
    { seed: 8, numRuns: 200 },
  )
})

test('and not of another', () => {
  for (const [written, text] of [
    ['a', 'b'],
    ['mail [EMAIL_ADDRESS_1] now', 'mail x@y.z'],
    ['[EMAIL_ADDRESS_1] b [EMAIL_ADDRESS_1]', 'x@y.z c x@y.z'],
    ['aa[PERSON_1]aa', 'aaa'],
  ] as const)
    expect(isRedactionOf(written, text)).toBe(false)
})
