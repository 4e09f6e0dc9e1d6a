/** The schema of a call allows exactly the calls of the tools; ajv judges. */
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import type { ChatTool } from '../messages.ts'
import { type CallFormat, NAME, plainFormat } from './call-format.ts'
import { callSchema } from './call-schema.ts'

const tree: ChatTool = {
  name: 'plant',
  parameters: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { root: { $ref: '#/$defs/node' } },
    required: ['root'],
    $defs: {
      node: {
        type: 'object',
        properties: { label: { type: 'string' }, kids: { type: 'array', items: { $ref: '#/$defs/node' } } },
        required: ['label'],
      },
    },
  },
}
const clock: ChatTool = { name: 'clock', parameters: { properties: {} } }
const whole = {
  ...plainFormat,
  shape: { type: 'function', function: { name: NAME, 'a/b': { qzx_key: 'qzx_value' }, id: 'qzxcall01' } },
}
const list: CallFormat = { ...plainFormat, isList: true }

const valid = (tools: ChatTool[], format: CallFormat, value: unknown): boolean =>
  new Ajv({ strict: false }).compile(callSchema(tools, format))(value) as boolean

test('names and arguments, also where a schema refers to itself', () => {
  const plant = (root: unknown): unknown => ({ name: 'plant', arguments: { root } })
  const kids = { label: 'a', kids: [{ label: 'b', kids: [] }] }
  for (const tools of [[tree], [clock, tree]]) {
    expect(valid(tools, plainFormat, plant(kids))).toBe(true)
    expect(valid(tools, plainFormat, plant({ label: 'a', kids: [{}] }))).toBe(false)
    expect(valid(tools, plainFormat, { name: 'plant', arguments: {} })).toBe(false)
    expect(valid(tools, plainFormat, { name: 'other', arguments: { root: kids } })).toBe(false)
    expect(valid(tools, plainFormat, { ...(plant(kids) as object), more: 1 })).toBe(false)
    expect(valid(tools, list, [plant(kids)])).toBe(true)
    expect(valid(tools, list, [])).toBe(false)
    expect(valid(tools, list, plant(kids))).toBe(false)
  }
  expect(valid([clock, tree], plainFormat, { name: 'clock', arguments: {} })).toBe(true)
  expect(valid([clock, tree], plainFormat, { name: 'clock', arguments: 1 })).toBe(false)
})

test('the form the template writes', () => {
  const call = (more: object): unknown => ({
    type: 'function',
    function: {
      name: 'plant',
      'a/b': { root: { label: 'x', kids: [{ label: 'y' }] } },
      id: 'abcdefgh9',
      ...more,
    },
  })
  expect(valid([tree], whole, call({}))).toBe(true)
  expect(valid([tree], whole, call({ id: 'short' }))).toBe(false)
  expect(valid([tree], whole, { ...(call({}) as object), type: 'other' })).toBe(false)
})
