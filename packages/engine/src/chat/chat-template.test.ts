/** Prompts of whole conversations. The texts are what jinja2 3.1 makes of the same template and messages. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { BadGgufError, BadOptionError, BadTemplateError } from '../errors.ts'
import { type ChatOptions, chatTemplate } from './chat-template.ts'
import type { ChatMessage, ChatTool } from './messages.ts'
import { type ByteVocabulary, byteModel, shown } from './testing/byte-vocabulary.ts'
import { chatml, gemma3, llama3, mistral, qwen3 } from './testing/templates.ts'

const control = ['<s>', '</s>', '<|im_start|>', '<|im_end|>', '<|eot_id|>', '[TOOL_CALLS]', '<end_of_turn>']
const weather: ChatTool = {
  name: 'get_weather',
  description: 'Weather of a place',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
const clock: ChatTool = { name: 'clock', parameters: { type: 'object', properties: {} } }
const called: ChatMessage = {
  role: 'assistant',
  toolCalls: [{ id: 'abcdefghi', name: 'get_weather', arguments: { city: 'Łódź "x"' } }],
}
const talk: ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: ' Weather? ' },
  called,
  { role: 'tool', toolCallId: 'abcdefghi', content: '{"t": 3}' },
]
const user = (content: string): ChatMessage => ({ role: 'user', content })
const now = new Date(2026, 2, 5)

async function open(template: string | undefined, vocabulary: ByteVocabulary = {}) {
  const metadata = template === undefined ? {} : { 'tokenizer.chat_template': template }
  const model = await byteModel({ control, bos: '<s>', eos: '</s>', metadata, ...vocabulary })
  return { model, chat: await chatTemplate(model) }
}

async function textOf(template: string, messages: ChatMessage[], options: ChatOptions = {}): Promise<string> {
  return (await open(template)).chat.prompt(messages, { now, ...options }).text
}

describe('families', () => {
  test('SmolLM2: a system text when there is none', async () => {
    const system = 'You are a helpful AI assistant named SmolLM, trained by Hugging Face'
    expect(await textOf(chatml, [user('Hi')])).toBe(
      `<|im_start|>system\n${system}<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n`,
    )
    expect(await textOf(chatml, [user('Hi')], { addGenerationPrompt: false })).not.toContain('assistant\n')
  })

  test('Llama 3.2: the date, a tool, a call, its result', async () => {
    expect(await textOf(llama3, talk, { tools: [weather] })).toBe(
      `<s><|start_header_id|>system<|end_header_id|>\n\nEnvironment: ipython\nCutting Knowledge Date: December 2023
Today Date: 05 Mar 2026\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n
Given the following functions, please respond with a JSON for a function call with its proper arguments that best answers the given prompt.\n
Respond in the format {"name": function name, "parameters": dictionary of argument name and its value}.Do not use variables.\n
{
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather of a place",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {
                    "type": "string"
                }
            },
            "required": [
                "city"
            ]
        }
    }
}\n
Weather?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n
{"name": "get_weather", "parameters": {"city": "Łódź \\"x\\""}}<|eot_id|><|start_header_id|>ipython<|end_header_id|>\n
"{\\"t\\": 3}"<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n`,
    )
  })

  test('Qwen3: tools, a call, its result, thoughts that are left out or shut off', async () => {
    const text = await textOf(qwen3, talk, { tools: [weather] })
    expect(text).toContain(
      '<tools>\n{"type": "function", "function": {"name": "get_weather", "description": "Weather of a place", ',
    )
    expect(text).toContain(
      '<|im_start|>assistant\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Łódź \\"x\\""}}\n</tool_call><|im_end|>\n' +
        '<|im_start|>user\n<tool_response>\n{"t": 3}\n</tool_response><|im_end|>\n<|im_start|>assistant\n',
    )
    const thinking: ChatMessage[] = [
      user('a'),
      { role: 'assistant', content: '<think>\nhm\n</think>\n\n Yes' },
      user('b'),
    ]
    expect(await textOf(qwen3, thinking)).toBe(
      '<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n Yes<|im_end|>\n<|im_start|>user\nb<|im_end|>\n<|im_start|>assistant\n',
    )
    const after: ChatMessage[] = [user('a'), { role: 'assistant', content: 'Yes', reasoning: 'hm' }]
    expect(await textOf(qwen3, after, { addGenerationPrompt: false })).toContain(
      'assistant\n<think>\nhm\n</think>\n\nYes',
    )
    expect(await textOf(qwen3, [user('a')], { thinking: false })).toMatch(
      /assistant\n<think>\n\n<\/think>\n\n$/,
    )
  })

  test('Mistral Nemo: calls in a list, an id that is the call’s', async () => {
    expect(await textOf(mistral, talk.slice(1), { tools: [weather] })).toBe(
      '<s>[AVAILABLE_TOOLS][{"type": "function", "function": {"name": "get_weather", "description": "Weather of a place", ' +
        '"parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}][/AVAILABLE_TOOLS]' +
        '[INST] Weather? [/INST][TOOL_CALLS][{"name": "get_weather", "arguments": {"city": "Łódź \\"x\\""}, "id": "abcdefghi"}]</s>' +
        '[TOOL_RESULTS]{"content": {"t": 3}, "call_id": "abcdefghi"}[/TOOL_RESULTS]',
    )
  })

  test('Gemma 3: the system text in the first turn; what it refuses is the caller’s', async () => {
    expect(await textOf(gemma3, [{ role: 'system', content: 'Be brief.' }, user(' Hi ')])).toBe(
      '<s><start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\n',
    )
    await expect(textOf(gemma3, [user('a'), user('b')])).rejects.toThrow(BadOptionError)
    await expect(textOf(gemma3, [user('a'), user('b')])).rejects.toThrow(/roles must alternate/)
  })
})

describe('what a template lacks', () => {
  test('tools, calls and results are told in words', async () => {
    const text = await textOf(gemma3, [...talk, { role: 'user', content: 'And now?' }], {
      tools: [weather, clock],
    })
    expect(text).toMatch(/^<s><start_of_turn>user\nBe brief\.\n\nYou may call functions/)
    expect(text).toContain('\n{"name":"clock","parameters":{"type":"object","properties":{}}}\n')
    expect(text).toContain(
      '<start_of_turn>model\n{"name":"get_weather","arguments":{"city":"Łódź \\"x\\""}}<end_of_turn>\n' +
        '<start_of_turn>user\nResult of get_weather:\n{"t": 3}\n\nAnd now?<end_of_turn>\n<start_of_turn>model\n',
    )
  })

  test('a system text goes before the next user’s', async () => {
    const template =
      '{% for m in messages %}{% if m.role != "system" %}[{{ m.role }}:{{ m.content }}]{% endif %}{% endfor %}'
    const messages: ChatMessage[] = [
      { role: 'system', content: 'A' },
      user('b'),
      { role: 'system', content: 'C' },
      { role: 'system', content: 'D' },
      { role: 'assistant', content: 'e' },
      user('f'),
      { role: 'system', content: 'G' },
    ]
    expect(await textOf(template, messages)).toBe('[user:A\n\nb][assistant:e][user:C\n\nD\n\nf][user:G]')
  })

  test('contents as parts where a template takes nothing else, joined where it takes text', async () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ] as const
    const parts =
      '{% for m in messages %}{% for p in m.content %}{{ p.type }}={{ p.text }};{% endfor %}{% endfor %}'
    expect(await textOf(parts, [{ role: 'user', content }])).toBe('text=a;text=b;')
    expect(await textOf(parts, [user('ab')])).toBe('text=ab;')
    expect(await textOf('{{ messages[0].content }}', [{ role: 'user', content }])).toBe('ab')
  })

  test('null for the content of a call where a template asks for none', async () => {
    const template = `{% for m in messages %}{% if m.content is none %}{{ m.tool_calls[0].function | tojson }}\
{% elif m.role == 'tool' %}R{{ m.content }}{% else %}{{ m.content }}{% endif %}{% endfor %}{{ tools | tojson }}`
    expect(await textOf(template, talk, { tools: [weather] })).toContain(
      '{"name": "get_weather", "arguments": {"city": "Łódź \\"x\\""}}R{"t": 3}[{"type"',
    )
  })
})

describe('the beginning-of-sequence token stands once', () => {
  const messages = [user('a')]
  test.each([
    ['{{ bos_token }}{{ messages[0].content }}', true, '«<s>»a'],
    ['{{ messages[0].content }}', true, '«<s>»a'],
    ['{{ bos_token }}{{ messages[0].content }}', false, '«<s>»a'],
    ['{{ messages[0].content }}', false, 'a'],
    ['{{ bos_token * 2 }}{{ messages[0].content }}', true, '«<s>»a'],
    ['{{ messages[0].content }}{{ eos_token }}{{ bos_token }}', true, '«<s>»a«</s>»«<s>»'],
  ])('%s, added: %s', async (template, addBos, tokens) => {
    const { model, chat } = await open(template, { addBos })
    expect(shown(model, chat.prompt(messages).tokens)).toBe(tokens)
  })
})

describe('which template', () => {
  test('the file’s for tools, where there are tools', async () => {
    const metadata = {
      'tokenizer.chat_template': 'plain',
      'tokenizer.chat_template.tool_use': 'T{{ tools | tojson }}',
    }
    const { chat } = await open(undefined, {
      metadata: { ...metadata, 'tokenizer.chat_template': '{{ "plain" }}' },
    })
    expect(chat.prompt([user('a')]).text).toBe('plain')
    // It shows tools and cannot write a call, so the tools are told in words; that it was asked shows in the T.
    expect(chat.prompt([user('a')], { tools: [weather] }).text).toMatch(/^T/)
    expect(chat.origin).toBe('the file')
  })

  test.each<[string[], string, string]>([
    [
      ['<|im_start|>', '<|im_end|>'],
      'chatml (by the vocabulary)',
      '<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n',
    ],
    [
      ['<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
      'llama3 (by the vocabulary)',
      '<|start_header_id|>user<|end_header_id|>\n\na<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    ],
    [
      ['<start_of_turn>', '<end_of_turn>'],
      'gemma (by the vocabulary)',
      '<start_of_turn>user\na<end_of_turn>\n<start_of_turn>model\n',
    ],
    [['[INST]', '[/INST]'], 'mistral-v3 (by the vocabulary)', '[INST] a[/INST]'],
    [[], 'plain "User: …" turns (the model has no template)', 'User: a\n\nAssistant:'],
  ])('a file without one, with %j', async (control, origin, text) => {
    const { chat } = await open(undefined, { control: ['<s>', '</s>', ...control] })
    expect(chat.origin).toBe(origin)
    expect(chat.prompt([user('a')]).text).toBe(text)
  })

  test('the caller’s: Jinja, a name of llama.cpp’s, a name of the file’s', async () => {
    const model = await byteModel({
      metadata: { 'tokenizer.chat_template': '{{ 1 }}', 'tokenizer.chat_template.rag': '{{ 2 }}' },
    })
    const text = async (template: string): Promise<string> =>
      (await chatTemplate(model, { template })).prompt([user('a')]).text
    expect(await text('{{ messages[0].content }}')).toBe('a')
    expect(await text('vicuna')).toBe('USER: a\nASSISTANT:')
    expect(await text('rag')).toBe('2')
    await expect(text('nonsense')).rejects.toThrow(BadOptionError)
  })

  test('a file that names one, and one that names none there is', async () => {
    expect((await open('llama3')).chat.origin).toBe('llama3 (named in the file)')
    await expect(open('nonsense')).rejects.toThrow(BadTemplateError)
  })

  test('a file with a template that is no text, and with one that is broken', async () => {
    const model = await byteModel()
    const metadata = new Map(model.metadata).set('tokenizer.chat_template', { type: 'bool', value: true })
    await expect(chatTemplate({ ...model, metadata })).rejects.toThrow(BadGgufError)
    await expect(open('{% if %}')).rejects.toThrow(BadTemplateError)
  })
})

describe('a call that must be', () => {
  test.each([
    ['qwen3', qwen3, '<think>\n\n</think>\n\n<tool_call>\n', 'arguments'],
    ['llama3', llama3, 'assistant<|end_header_id|>\n\n', 'parameters'],
    ['gemma3', gemma3, '<start_of_turn>model\n', 'arguments'],
  ])(
    '%s: the prompt ends where the JSON begins, and the schema says which',
    async (_, template, end, key) => {
      const { chat } = await open(template)
      const prompt = chat.prompt([user('a')], { tools: [weather, clock], mustCall: 'get_weather' })
      expect(prompt.text.endsWith(end)).toBe(true)
      expect(prompt.schema).toEqual({
        type: 'object',
        properties: { name: { const: 'get_weather' }, [key]: weather.parameters },
        required: ['name', key],
        additionalProperties: false,
      })
      expect(chat.prompt([user('a')], { tools: [weather, clock], mustCall: true }).schema).toHaveProperty(
        'anyOf',
      )
      expect(chat.prompt([user('a')], { tools: [weather] }).schema).toBeUndefined()
    },
  )

  test('in a list, behind a control token', async () => {
    const { chat, model } = await open(mistral)
    const prompt = chat.prompt([user('a')], { tools: [weather], mustCall: true })
    expect(prompt.text.endsWith('[/INST][TOOL_CALLS]')).toBe(true)
    expect(prompt.tokens.at(-1)).toBe(model.tokenizer.idOf('[TOOL_CALLS]'))
    expect(prompt.schema).toMatchObject({
      type: 'array',
      minItems: 1,
      items: { required: ['name', 'arguments', 'id'] },
    })
  })

  test('a thought that the prompt has begun is ended', async () => {
    const { chat } = await open(`${qwen3}{{ '<think>\\n' if add_generation_prompt }}`)
    const prompt = chat.prompt([user('a')], {
      tools: [weather],
      mustCall: true,
      variables: { enable_thinking: true },
    })
    expect(prompt.text).toMatch(/<think>\n\n<\/think>\n\n<tool_call>\n$/)
  })

  test('a tool that is not there', async () => {
    const { chat } = await open(qwen3)
    expect(() => chat.prompt([user('a')], { tools: [weather], mustCall: 'nothing' })).toThrow(/"nothing"/)
    expect(() => chat.prompt([user('a')], { mustCall: true })).toThrow(BadOptionError)
  })
})

describe('messages that no template takes', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`)
  const circle: Record<string, unknown> = {}
  circle.circle = circle
  test.each([
    ['none', []],
    ['an unknown role', [{ role: 'developer', content: 'a' }]],
    ['an image', [{ role: 'user', content: [{ type: 'image', url: 'x' }] }]],
    ['a number', [{ role: 'user', content: 1 }]],
    [
      'arguments without end',
      [{ role: 'assistant', toolCalls: [{ id: 'a', name: 'b', arguments: circle }] }],
    ],
    ['deep arguments', [{ role: 'assistant', toolCalls: [{ id: 'a', name: 'b', arguments: deep }] }]],
    ['arguments as text', [{ role: 'assistant', toolCalls: [{ id: 'a', name: 'b', arguments: '{}' }] }]],
  ])('%s', async (_, messages) => {
    const { chat } = await open(chatml)
    expect(() => chat.prompt(messages as ChatMessage[])).toThrow(BadOptionError)
  })

  test('a schema without end', async () => {
    const { chat } = await open(chatml)
    expect(() => chat.prompt([user('a')], { tools: [{ name: 'x', parameters: circle }] })).toThrow(
      BadOptionError,
    )
  })
})

test('importing the engine does not load the template engine, a chat does', () => {
  const index = fileURLToPath(new URL('../index.ts', import.meta.url))
  const here = fileURLToPath(new URL('./index.ts', import.meta.url))
  const script = `
import { registerHooks } from 'node:module'
const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
await import(${JSON.stringify(index)})
const { chatTemplate } = await import(${JSON.stringify(here)})
const before = loaded.some((url) => url.includes('jinja/dist'))
const metadata = new Map()
const tokenizer = { size: 0, ends: [], idOf: () => undefined, encode: () => [] }
await chatTemplate({ metadata, tokenizer })
console.log(loaded.length > 10, before, loaded.some((url) => url.includes('jinja/dist')))`
  const out = execFileSync(process.execPath, [
    '--input-type=module',
    '--conditions=edgewise-source',
    '-e',
    script,
  ])
  expect(String(out).trim()).toBe('true false true')
})
