/** The texts are llama.cpp v0.5.0's (llama_chat_apply_template), copied from a run of bench/chat/judge.ts. */
import { expect, test } from 'vitest'
import { namedTemplates, plainTemplate } from './named-templates.ts'
import { compileTemplate } from './template/compile.ts'
import { loadJinja } from './template/jinja.ts'

const jinja = await loadJinja()
const messages = [
  { role: 'system', content: ' Sys ' },
  { role: 'user', content: ' Hi ' },
  { role: 'assistant', content: ' Yes ' },
  { role: 'user', content: 'ok' },
]
const render = (source: string): string =>
  compileTemplate(jinja, source).render({ messages, add_generation_prompt: true })

test.each([
  [
    'chatml',
    '<|im_start|>system\n Sys <|im_end|>\n<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\n Yes <|im_end|>\n<|im_start|>user\nok<|im_end|>\n<|im_start|>assistant\n',
  ],
  ['llama2', '[INST]  Sys \n Hi  [/INST] Yes </s>[INST] ok [/INST]'],
  ['llama2-sys', '[INST] <<SYS>>\n Sys \n<</SYS>>\n\n Hi  [/INST] Yes </s>[INST] ok [/INST]'],
  ['mistral-v1', ' [INST]  Sys \n\n Hi  [/INST]  Yes </s> [INST] ok [/INST]'],
  ['mistral-v7-tekken', '[SYSTEM_PROMPT] Sys [/SYSTEM_PROMPT][INST] Hi [/INST] Yes </s>[INST]ok[/INST]'],
  [
    'phi3',
    '<|system|>\n Sys <|end|>\n<|user|>\n Hi <|end|>\n<|assistant|>\n Yes <|end|>\n<|user|>\nok<|end|>\n<|assistant|>\n',
  ],
  [
    'gemma',
    '<start_of_turn>user\nSys\n\nHi<end_of_turn>\n<start_of_turn>model\nYes<end_of_turn>\n<start_of_turn>user\nok<end_of_turn>\n<start_of_turn>model\n',
  ],
  [
    'llama3',
    '<|start_header_id|>system<|end_header_id|>\n\nSys<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nYes<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nok<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
  ],
  [
    'openchat',
    ' Sys <|end_of_turn|>GPT4 Correct User:  Hi <|end_of_turn|>GPT4 Correct Assistant:  Yes <|end_of_turn|>GPT4 Correct User: ok<|end_of_turn|>GPT4 Correct Assistant:',
  ],
])('%s', (name, text) => {
  expect(render(namedTemplates.get(name)!)).toBe(text)
})

test('all of llama.cpp’s names, each a template', () => {
  expect(namedTemplates.size).toBe(54)
  for (const source of namedTemplates.values()) expect(render(source)).toContain('Hi')
})

test('the plain one', () => {
  expect(render(plainTemplate)).toBe(' Sys \n\nUser:  Hi \n\nAssistant:  Yes \n\nUser: ok\n\nAssistant:')
})
