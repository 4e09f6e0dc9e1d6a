import { expect, test } from 'vitest'
import type { ConversationItem } from './request.ts'
import { outputText, type ResponseResource, toResource } from './resource.ts'
import { ResponseStore } from './response-store.ts'

const said: ConversationItem = { type: 'message', role: 'user', content: 'hi' }
const answer: ConversationItem = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'hello' }],
}

function response(id: string, text = 'hello'): ResponseResource {
  const message = {
    type: 'message' as const,
    id: `msg_${id}_0`,
    status: 'completed' as const,
    role: 'assistant' as const,
    content: [outputText(text)],
  }
  return {
    ...toResource({ model: 'm', input: 'hi', store: true }, { id, createdAt: 1, model: 'm' }),
    output: [message],
  }
}

test('a conversation goes on from a kept response, and an item of it can be named', () => {
  const store = new ResponseStore()
  store.put(response('a'), [said], undefined)
  expect(store.conversation([said], 'a', undefined)).toEqual([said, answer, said])
  expect(store.conversation([{ type: 'item_reference', id: 'msg_a_0' }], null, undefined)).toEqual([answer])
  expect(store.get('a', undefined)).toMatchObject({ id: 'a', store: true })
})

test.each([
  ['another key', (store: ResponseStore) => store.get('a', 'k2')],
  ['no key', (store: ResponseStore) => store.get('a', undefined)],
  [
    'an item of another key',
    (store: ResponseStore) => store.conversation([{ type: 'item_reference', id: 'msg_a_0' }], null, 'k2'),
  ],
  ['a conversation of another key', (store: ResponseStore) => store.conversation([said], 'a', 'k2')],
  ['a response nobody kept', (store: ResponseStore) => store.get('b', 'k1')],
])('%s does not see it', (_, look) => {
  const store = new ResponseStore()
  store.put(response('a'), [said], 'k1')
  expect(() => look(store)).toThrow(expect.objectContaining({ status: 404, code: 'response_not_found' }))
  expect(store.get('a', 'k1')).toMatchObject({ id: 'a' })
})

test('a response is kept for half an hour, or until it is deleted', () => {
  let now = 0
  const store = new ResponseStore(() => now)
  store.put(response('a'), [said], undefined)
  store.put(response('b'), [said], undefined)
  store.delete('b', undefined)
  expect(() => store.get('b', undefined)).toThrow()
  now = 30 * 60 * 1000 - 1
  expect(store.get('a', undefined)).toMatchObject({ id: 'a' })
  now++
  expect(() => store.get('a', undefined)).toThrow()
})

test('the oldest goes first when there are too many, or they are too large', () => {
  const many = new ResponseStore()
  for (let index = 0; index <= 1000; index++) many.put(response(`r${index}`), [said], undefined)
  expect(() => many.get('r0', undefined)).toThrow()
  expect(many.get('r1', undefined)).toMatchObject({ id: 'r1' })

  const large = new ResponseStore()
  for (const id of ['a', 'b', 'c']) large.put(response(id, 'x'.repeat(12 * 1024 * 1024)), [said], undefined)
  expect(() => large.get('a', undefined)).toThrow()
  expect(large.get('c', undefined)).toMatchObject({ id: 'c' })
})
