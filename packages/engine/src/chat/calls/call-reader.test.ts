import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CallFormat, plainFormat } from './call-format.ts'
import { type CallPart, callReader, randomId } from './call-reader.ts'

const hermes: CallFormat = { ...plainFormat, open: '<tool_call>\n', close: '\n</tool_call>' }
const mistral: CallFormat = { ...plainFormat, open: '[TOOL_CALLS]', close: '', isList: true }
const names = new Set(['f', 'get_weather'])

/** The parts with neighbouring texts joined; `cuts` says where the text is divided. */
function read(format: CallFormat, text: string, size = Number.POSITIVE_INFINITY, isOpen = false): CallPart[] {
  let count = 0
  const reader = callReader({ format, names, isOpen, newId: () => `id${count++}` })
  const parts: CallPart[] = []
  for (let at = 0; at < text.length; at += size) parts.push(...reader.push(text.slice(at, at + size)))
  parts.push(...reader.end())
  return parts.reduce<CallPart[]>((joined, part) => {
    const last = joined.at(-1)
    if (part.type === 'text' && last?.type === 'text')
      joined[joined.length - 1] = { type: 'text', text: last.text + part.text }
    else joined.push(part)
    return joined
  }, [])
}

const call = (name: string, args: object, id = 'id0'): CallPart => ({
  type: 'call',
  call: { id, name, arguments: args as Record<string, unknown> },
})
const text = (text: string): CallPart => ({ type: 'text', text })

describe('calls', () => {
  test.each<[string, CallFormat, string, CallPart[]]>([
    [
      'Qwen, Hermes',
      hermes,
      'Let me look.\n<tool_call>\n{"name": "f", "arguments": {"a": 1}}\n</tool_call>',
      [text('Let me look.\n'), call('f', { a: 1 })],
    ],
    [
      'two of them',
      hermes,
      '<tool_call>{"name":"f","arguments":{}}</tool_call>\n<tool_call>{"name":"f","arguments":{"b":"}"}}</tool_call>',
      [call('f', {}), call('f', { b: '}' }, 'id1')],
    ],
    [
      'text behind',
      hermes,
      '<tool_call>{"name":"f","arguments":{}}</tool_call> done',
      [call('f', {}), text('done')],
    ],
    ['without the closing marker', hermes, '<tool_call>{"name":"f","arguments":{}}', [call('f', {})]],
    ['without any marker', hermes, '{"name":"f","arguments":{}}', [call('f', {})]],
    ['Llama 3', plainFormat, '{"name": "f", "parameters": {"a": "x"}}', [call('f', { a: 'x' })]],
    ['Llama 3, tagged', plainFormat, '<|python_tag|>{"name": "f", "parameters": {}}', [call('f', {})]],
    [
      'Llama 3, several',
      plainFormat,
      '{"name":"f","parameters":{}}; {"name":"get_weather","parameters":{}}',
      [call('f', {}), call('get_weather', {}, 'id1')],
    ],
    [
      'Mistral',
      mistral,
      '[TOOL_CALLS][{"name":"f","arguments":{}},{"name":"get_weather","arguments":{"a":[]}}]',
      [call('f', {}), call('get_weather', { a: [] }, 'id1')],
    ],
    [
      'Gemma, fenced',
      plainFormat,
      '```tool_code\n{"name": "f", "arguments": {"a": null}}\n```',
      [call('f', { a: null })],
    ],
    [
      'fenced, behind words',
      plainFormat,
      'Sure:\n```json\n{"name": "f", "arguments": {}}\n```',
      [text('Sure:\n'), call('f', {})],
    ],
    [
      'OpenAI’s shape',
      plainFormat,
      '{"type":"function","function":{"name":"f","arguments":"{\\"a\\": 2}"}}',
      [call('f', { a: 2 })],
    ],
    ['no arguments', plainFormat, ' \n{"name": "f"}', [call('f', {})]],
  ])('%s', (_, format, answer, parts) => {
    expect(read(format, answer)).toEqual(parts)
    for (const size of [1, 2, 3, 7]) expect(read(format, answer, size)).toEqual(parts)
  })

  test('from the first character on, when the prompt has opened it', () => {
    expect(read(hermes, '{"name": "f", "arguments": {}}', 3, true)).toEqual([call('f', {})])
  })

  test('ids are nine letters and digits', () => {
    expect(randomId()).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(randomId()).not.toBe(randomId())
  })
})

describe('what is no call', () => {
  test.each<[string, CallFormat, string, CallPart[]]>([
    ['text', hermes, 'Hello <tool> {"a": 1}', [text('Hello <tool> {"a": 1}')]],
    [
      'JSON that is an answer',
      plainFormat,
      ' {"a": [1, 2]}\nThat is it.',
      [text(' {"a": [1, 2]}\nThat is it.')],
    ],
    [
      'a tool there is not',
      plainFormat,
      '{"name": "g", "arguments": {}}',
      [text('{"name": "g", "arguments": {}}')],
    ],
    ['fenced code', plainFormat, 'So:\n```json\n{"a": 1}\n```\n', [text('So:\n```json\n{"a": 1}\n```\n')]],
    ['a list', plainFormat, '[1, 2] and more', [text('[1, 2] and more')]],
    ['a brace', plainFormat, '{ x', [text('{ x')]],
    ['a beginning of a marker', hermes, 'a <tool_c', [text('a <tool_c')]],
    ['white space', hermes, ' \n', [text(' \n')]],
    ['nothing', hermes, '', []],
    [
      'a marker and words',
      hermes,
      '<tool_call> hello',
      [{ type: 'malformed', text: '<tool_call> ', why: 'it is not JSON' }, text('hello')],
    ],
    [
      'cut off',
      hermes,
      '<tool_call>\n{"name": "f", "argu',
      [{ type: 'malformed', text: '<tool_call>\n{"name": "f", "argu', why: 'it was cut off' }],
    ],
    [
      'a marker alone',
      hermes,
      'a<tool_call>',
      [text('a'), { type: 'malformed', text: '<tool_call>', why: 'it was cut off' }],
    ],
    [
      'single quotes',
      hermes,
      "<tool_call>{'name': 'f'}</tool_call>",
      [
        { type: 'malformed', text: "<tool_call>{'name': 'f'}", why: 'it is no call of one of the tools' },
        text('</tool_call>'),
      ],
    ],
    [
      'arguments that are a list',
      hermes,
      '<tool_call>{"name":"f","arguments":[]}',
      [
        {
          type: 'malformed',
          text: '<tool_call>{"name":"f","arguments":[]}',
          why: 'it is no call of one of the tools',
        },
      ],
    ],
    [
      'brackets that do not fit',
      hermes,
      '<tool_call>{"name":]}',
      [{ type: 'malformed', text: '<tool_call>', why: 'it is not JSON' }, text('{"name":]}')],
    ],
    [
      'prototypes',
      plainFormat,
      '{"name": "f", "arguments": {"__proto__": {"x": 1}}}',
      [call('f', JSON.parse('{"__proto__": {"x": 1}}'))],
    ],
    [
      'brackets without end',
      hermes,
      `<tool_call>${'['.repeat(200)}`,
      [{ type: 'malformed', text: '<tool_call>', why: 'it is not JSON' }, text('['.repeat(200))],
    ],
  ])('%s', (_, format, answer, parts) => {
    expect(read(format, answer)).toEqual(parts)
  })

  test('text comes out as soon as it can be no call', () => {
    const reader = callReader({ format: hermes, names })
    expect(reader.push('Hel')).toEqual([text('Hel')])
    expect(reader.push('lo <')).toEqual([text('lo ')])
    expect(reader.push('b>')).toEqual([text('<b>')])
  })
})

test('whatever comes in whatever pieces: no error, no text lost but white space and markers, calls the same', () => {
  const piece = fc.constantFrom(
    ...[
      '<tool_call>',
      '</tool_call>',
      '{"name":"f","arguments":{}}',
      '{"name":"f","arguments":{"a":"<tool_call>"}}',
    ],
    ...[
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ' ',
      '\n',
      'text',
      '```json\n',
      '```',
      '[TOOL_CALLS]',
      '<|python_tag|>',
      ';',
    ],
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.constantFrom(hermes, mistral, plainFormat),
      (pieces, format) => {
        const answer = pieces.join('')
        const whole = read(format, answer)
        const shape = (parts: CallPart[]): unknown =>
          parts.map((part) =>
            part.type === 'call' ? part.call : part.type === 'malformed' ? { text: part.text } : part,
          )
        for (const size of [1, 2, 5]) expect(shape(read(format, answer, size))).toEqual(shape(whole))
        const bare = (text: string): string =>
          text.replace(/<\/?tool_call>|\[TOOL_CALLS\]|<\|python_tag\|>|```(json)?|[\s,;[\]]/g, '')
        const shown = whole
          .map((part) =>
            part.type === 'call'
              ? JSON.stringify({ name: part.call.name, arguments: part.call.arguments })
              : part.text,
          )
          .join('')
        expect(bare(shown)).toBe(bare(answer))
      },
    ),
    { seed: 4, numRuns: 3000 },
  )
})
