import { expect, test } from 'vitest'
import type { ConversationItem } from './request.ts'
import { toPrompt } from './to-prompt.ts'

const said = (role: 'system' | 'developer' | 'user' | 'assistant', content: string): ConversationItem => ({
  type: 'message',
  role,
  content,
})
const call = (id: string, name = 'f'): ConversationItem => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: '{"a":1}',
})
const output = (id: string, value = 'ok'): ConversationItem => ({
  type: 'function_call_output',
  call_id: id,
  output: value,
})

test('instructions come first, each role is its own', () => {
  expect(
    toPrompt('be kind', [said('developer', 'be brief'), said('user', 'hi'), said('assistant', 'hello')]),
  ).toEqual([
    { role: 'system', content: 'be kind' },
    { role: 'system', content: 'be brief' },
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'hello' }] },
  ])
})

test('what one turn made is one message, and so are the answers to its calls', () => {
  const thought: ConversationItem = { type: 'reasoning', summary: [{ text: 'hm' }] }
  const hidden: ConversationItem = { type: 'reasoning', summary: [] }
  const prompt = toPrompt(null, [
    said('user', 'hi'),
    hidden,
    thought,
    said('assistant', 'let me see'),
    call('1'),
    call('2', 'g'),
    output('1'),
    output('2'),
    said('user', 'and?'),
  ])
  expect(prompt.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user'])
  expect(prompt[1]!.content).toEqual([
    { type: 'reasoning', text: 'hm' },
    { type: 'text', text: 'let me see' },
    { type: 'tool-call', toolCallId: '1', toolName: 'f', input: { a: 1 } },
    { type: 'tool-call', toolCallId: '2', toolName: 'g', input: { a: 1 } },
  ])
  expect(prompt[2]!.content).toMatchObject([
    { toolCallId: '1', toolName: 'f', output: { type: 'text', value: 'ok' } },
    { toolCallId: '2', toolName: 'g' },
  ])
})

test('pictures and files of a user and of a tool go on as parts', () => {
  const image = { type: 'input_image' as const, image_url: 'https://a.example/x.png' }
  const file = {
    type: 'input_file' as const,
    file_data: 'data:application/pdf;base64,AAAA',
    filename: 'x.pdf',
  }
  const prompt = toPrompt(null, [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'see' }, image, file] },
    call('1'),
    { type: 'function_call_output', call_id: '1', output: [{ type: 'input_text', text: 'a ' }, image] },
  ])
  const asImage = { type: 'file', mediaType: 'image', data: { type: 'url', url: new URL(image.image_url) } }
  const asFile = {
    type: 'file',
    mediaType: 'application/pdf',
    data: { type: 'data', data: 'AAAA' },
    filename: 'x.pdf',
  }
  expect(prompt[0]!.content).toEqual([{ type: 'text', text: 'see' }, asImage, asFile])
  expect(prompt[2]!.content).toMatchObject([
    { output: { type: 'content', value: [{ type: 'text', text: 'a ' }, asImage] } },
  ])
})

test('an output without its call, and a picture from the system, are refused with their place', () => {
  expect(() => toPrompt(null, [output('1'), call('1')])).toThrow(
    expect.objectContaining({ param: 'input[0].call_id' }),
  )
  const image = { type: 'input_image' as const, image_url: 'https://a.example/x.png' }
  expect(() => toPrompt(null, [{ type: 'message', role: 'system', content: [image] }])).toThrow(
    expect.objectContaining({ param: 'input[0].content[0].type' }),
  )
})
