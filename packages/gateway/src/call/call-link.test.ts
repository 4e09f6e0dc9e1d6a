import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { CallLink } from './call-link.ts'

test('either source ends the call, and its reason goes before what the model throws', () => {
  const thrown = new Error('thrown')
  const closed = new Error('closed')
  for (const who of ['client', 'closing'] as const) {
    const [client, closing] = [new AbortController(), new AbortController()]
    const link = new CallLink(client.signal, closing.signal)
    expect(link.whyItEnded(thrown)).toBe(thrown)
    if (who === 'client') client.abort('a string, as some adapters give')
    else closing.abort(closed)
    expect(link.signal.aborted).toBe(true)
    expect(link.whyItEnded(thrown)).toMatchObject(
      who === 'client' ? { code: 'aborted' } : { message: 'closed' },
    )
  }
})

test('a source that has ended before ends it at once', () => {
  expect(new CallLink(AbortSignal.abort(), undefined).signal.aborted).toBe(true)
})

test('a link that is released leaves no listener behind', () => {
  const [client, closing] = [new AbortController(), new AbortController()]
  const link = new CallLink(client.signal, closing.signal)
  expect(getEventListeners(closing.signal, 'abort')).toHaveLength(1)
  link.release()
  for (const { signal } of [client, closing]) expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('what is no error becomes one', () => {
  expect(new CallLink(new AbortController().signal, undefined).whyItEnded('x')).toBeInstanceOf(TypeError)
})
