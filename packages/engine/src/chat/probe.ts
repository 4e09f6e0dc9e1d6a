/**
 * What a template can do, found by trying: it is given known words in each place and its text is searched for them. No
 * template says what it takes, and their sources are too different to be read.
 */
import type { CallFormat } from './calls/call-format.ts'
import { ARGUMENTS, CALL_ID, NAME, readFormat } from './calls/call-format.ts'
import type { JsonObject, MessageForm } from './messages.ts'
import type { TemplateVariables } from './template/compile.ts'

export interface Abilities extends MessageForm {
  readonly system: boolean
  /** Shows the model what tools there are. */
  readonly tools: boolean
  /** Shows the result of a call. */
  readonly toolResults: boolean
  /** How it writes a call; undefined when it writes none, or none that is JSON. */
  readonly calls: CallFormat | undefined
}

const USER = 'qzx_user'
const SYSTEM = 'qzx_system'
const RESULT = 'qzx_result'
const ANSWER = 'qzx_answer'
const user: JsonObject = { role: 'user', content: USER }
const tool: JsonObject = {
  type: 'function',
  function: {
    name: NAME,
    description: 'qzx_description',
    parameters: {
      type: 'object',
      properties: { qzx_key: { type: 'string', description: 'qzx_text' } },
      required: ['qzx_key'],
    },
  },
}

/** `render` may throw: then the template does not do what was tried. `ends`: texts of tokens that end a turn. */
export function probe(render: (variables: TemplateVariables) => string, ends: readonly string[]): Abilities {
  const tried = (messages: readonly JsonObject[], variables: TemplateVariables = {}): string => {
    try {
      return render({ messages, add_generation_prompt: false, ...variables })
    } catch {
      return ''
    }
  }
  const asParts = [{ role: 'user', content: [{ type: 'text', text: USER }] }]
  const parts = !tried([user]).includes(USER) && tried(asParts).includes(USER)
  const said = parts ? asParts[0]! : user
  const content = (text: string): unknown => (parts ? [{ type: 'text', text }] : text)

  const system = tried([{ role: 'system', content: content(SYSTEM) }, said]).includes(SYSTEM)
  const tools = tried([said], { tools: [tool] }).includes(NAME)
  const call = (empty: '' | null): JsonObject => ({
    role: 'assistant',
    content: empty,
    tool_calls: [{ id: CALL_ID, type: 'function', function: { name: NAME, arguments: ARGUMENTS } }],
  })
  const called = (empty: '' | null): string => tried([said, call(empty)], { tools: [tool] })
  const value = Object.values(ARGUMENTS)[0] as string
  const emptyContent = !called('').includes(value) && called(null).includes(value) ? null : ''
  const answer = called(emptyContent)
  const inWords = tried([said, { role: 'assistant', content: content(ANSWER) }], { tools: [tool] })
  const result = { role: 'tool', name: NAME, tool_call_id: CALL_ID, content: content(RESULT) }
  return {
    parts,
    emptyContent,
    system,
    tools,
    toolResults: tried([said, call(emptyContent), result], { tools: [tool] }).includes(RESULT),
    calls: readFormat(answer.slice(turnStart(inWords, answer)), ends),
  }
}

/** Where the assistant's turn begins to differ between two texts; a tag that both open there is part of what differs. */
function turnStart(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  const same = a.slice(0, length)
  const tag = same.lastIndexOf('<')
  return tag > same.lastIndexOf('>') ? tag : length
}
