/**
 * llama.cpp's named templates as Jinja, for files that carry a name in place of a template and for models without one.
 * Their texts are those of llama.cpp v0.5.0 (src/llama-chat.cpp), which `npm run chat-judge` in bench compares. None of
 * them writes the beginning-of-sequence token: it is added where the tokenizer asks for it.
 */

/** What stands before and after a message's content; `{role}` in it is the message's role. */
type Around = readonly [before: string, after: string]

interface Turns {
  readonly system?: Around
  readonly user?: Around
  readonly assistant?: Around
  readonly tool?: Around
  /** For a role that has no entry of its own; without it such a message is left out. */
  readonly any?: Around
  /** What asks for the answer. */
  readonly prompt?: string
  /** What comes before the first message. */
  readonly start?: string
  /** Roles whose content is stripped of white space at both ends. */
  readonly strip?: readonly (keyof Turns)[]
}

const everyRole = ['system', 'user', 'assistant', 'tool', 'any'] as const

/** The Jinja of a template that writes message after message, each by its role alone. */
function turns(parts: Turns): string {
  const write = (role: (typeof everyRole)[number], [before, after]: Around): string => {
    const content = parts.strip?.includes(role) ? 'message.content | trim' : 'message.content'
    const opening = quoted(before).replace('{role}', "' + message.role + '")
    return `{{ ${opening} + (${content}) + ${quoted(after)} }}`
  }
  const cases = everyRole
    .filter((role) => parts[role] !== undefined)
    .map((role, i) => {
      const condition = role === 'any' ? 'true' : `message.role == '${role}'`
      return `{% ${i === 0 ? 'if' : 'elif'} ${condition} %}${write(role, parts[role]!)}`
    })
  const loop = `{% for message in messages %}${cases.join('')}{% endif %}{% endfor %}`
  const prompt = parts.prompt ? `{% if add_generation_prompt %}{{ ${quoted(parts.prompt)} }}{% endif %}` : ''
  return (parts.start ? `{{ ${quoted(parts.start)} }}` : '') + loop + prompt
}

const quoted = (text: string): string => `'${text.replaceAll('\n', '\\n')}'`

/** Mistral: system texts go into the next user turn. `lead` before [INST] and [/INST], `trail` after [INST]. */
const mistral = (lead: string, trail: string, strips = false): string =>
  `{% set ns = namespace(open=false) %}{% for message in messages %}\
{% if not ns.open %}{{ '${lead}[INST]${trail}' }}{% set ns.open = true %}{% endif %}\
{% if message.role == 'system' %}{{ message.content + '\\n\\n' }}\
{% elif message.role == 'user' %}{{ message.content + '${lead}[/INST]' }}\
{% else %}{{ '${trail}' + (message.content${strips ? ' | trim' : ''}) + '</s>' }}{% set ns.open = false %}{% endif %}{% endfor %}`

/** Llama 2. `system`: what stands around a system text; `again`: what opens a turn but the first. */
const llama2 = ([before, after]: Around, again = '[INST] ', strips = false): string => {
  const content = strips ? '(message.content | trim)' : 'message.content'
  return `{% set ns = namespace(open=true) %}{{ '[INST] ' }}{% for message in messages %}\
{% if not ns.open %}{{ '${again}' }}{% set ns.open = true %}{% endif %}\
{% if message.role == 'system' %}{{ ${quoted(before)} + ${content} + ${quoted(after)} }}\
{% elif message.role == 'user' %}{{ ${content} + ' [/INST]' }}\
{% else %}{{ ${content} + '</s>' }}{% set ns.open = false %}{% endif %}{% endfor %}`
}

/** Models without a system role: its text goes before the next user's. */
const foldedSystem = (strip: string, user: string, rest: string, prompt = ''): string =>
  `{% set ns = namespace(system='') %}{% for message in messages %}\
{% if message.role == 'system' %}{% set ns.system = ns.system + (message.content${strip}) %}\
{% elif message.role == 'user' %}${user}{% else %}${rest}{% endif %}{% endfor %}${prompt}`

const held = `{% if ns.system %}{{ ns.system + '\\n\\n' }}{% set ns.system = '' %}{% endif %}`
const sys: Around = ['<<SYS>>\n', '\n<</SYS>>\n\n']
const exaone = {
  system: ['[|system|]', '[|endofturn|]\n'],
  user: ['[|user|]', '\n'],
  assistant: ['[|assistant|]', '[|endofturn|]\n'],
  prompt: '[|assistant|]',
  strip: ['system', 'user', 'assistant', 'tool'],
} as const
const vicuna = { user: ['USER: ', '\n'], assistant: ['ASSISTANT: ', '</s>\n'], prompt: 'ASSISTANT:' } as const

const granite = turns({
  any: ['<|start_of_role|>{role}<|end_of_role|>', '<|end_of_text|>\n'],
  prompt: '<|start_of_role|>assistant<|end_of_role|>',
})
/** Ling: roles in capitals. `end` after each turn, `prompt` after the one that asks. */
const bailing = (end: string, prompt = ''): string =>
  `{% for message in messages %}{{ '<role>' + ('HUMAN' if message.role == 'user' else message.role | upper) + '</role>' + message.content + '${end}' }}\
{% endfor %}{% if add_generation_prompt %}{{ '<role>ASSISTANT</role>${prompt}' }}{% endif %}`

/** Jinja sources by llama.cpp's names. */
export const namedTemplates: ReadonlyMap<string, string> = new Map([
  ['chatml', turns({ any: ['<|im_start|>{role}\n', '<|im_end|>\n'], prompt: '<|im_start|>assistant\n' })],
  ['llama2', llama2(['', '\n'])],
  ['llama2-sys', llama2(sys)],
  ['llama2-sys-bos', llama2(sys, '<s>[INST] ')],
  ['llama2-sys-strip', llama2(sys, '[INST] ', true)],
  ['mistral-v1', mistral(' ', ' ')],
  ['mistral-v3', mistral('', ' ', true)],
  ['mistral-v3-tekken', mistral('', '')],
  [
    'mistral-v7',
    turns({
      system: ['[SYSTEM_PROMPT] ', '[/SYSTEM_PROMPT]'],
      user: ['[INST] ', '[/INST]'],
      any: [' ', '</s>'],
    }),
  ],
  [
    'mistral-v7-tekken',
    turns({
      system: ['[SYSTEM_PROMPT]', '[/SYSTEM_PROMPT]'],
      user: ['[INST]', '[/INST]'],
      any: ['', '</s>'],
    }),
  ],
  ['phi3', turns({ any: ['<|{role}|>\n', '<|end|>\n'], prompt: '<|assistant|>\n' })],
  [
    'phi4',
    turns({ any: ['<|im_start|>{role}<|im_sep|>', '<|im_end|>'], prompt: '<|im_start|>assistant<|im_sep|>' }),
  ],
  ['falcon3', turns({ any: ['<|{role}|>\n', '\n'], prompt: '<|assistant|>\n' })],
  ['zephyr', turns({ any: ['<|{role}|>\n', '<|endoftext|>\n'], prompt: '<|assistant|>\n' })],
  [
    'monarch',
    `{% for message in messages %}{{ ('' if loop.first else '<s>') + message.role + '\\n' + message.content + '</s>\\n' }}\
{% endfor %}{% if add_generation_prompt %}{{ '<s>assistant\\n' }}{% endif %}`,
  ],
  [
    'gemma',
    foldedSystem(
      ' | trim',
      `{{ '<start_of_turn>user\\n' }}${held}{{ (message.content | trim) + '<end_of_turn>\\n' }}`,
      `{{ '<start_of_turn>' + ('model' if message.role == 'assistant' else message.role) + '\\n' }}\
{% if message.role != 'assistant' %}${held}{% endif %}{{ (message.content | trim) + '<end_of_turn>\\n' }}`,
      `{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}`,
    ),
  ],
  [
    'orion',
    foldedSystem(
      '',
      `{{ 'Human: ' }}${held}{{ message.content + '\\n\\nAssistant: </s>' }}`,
      `{{ message.content + '</s>' }}`,
    ),
  ],
  [
    'openchat',
    `{% for message in messages %}{% if message.role == 'system' %}{{ message.content + '<|end_of_turn|>' }}\
{% else %}{{ 'GPT4 Correct ' + message.role | capitalize + ': ' + message.content + '<|end_of_turn|>' }}{% endif %}{% endfor %}\
{% if add_generation_prompt %}{{ 'GPT4 Correct Assistant:' }}{% endif %}`,
  ],
  ['vicuna', turns({ ...vicuna, system: ['', '\n\n'] })],
  ['vicuna-orca', turns({ ...vicuna, system: ['SYSTEM: ', '\n'] })],
  [
    'deepseek',
    turns({
      system: ['', ''],
      user: ['### Instruction:\n', '\n'],
      assistant: ['### Response:\n', '\n<|EOT|>\n'],
      prompt: '### Response:\n',
    }),
  ],
  [
    'deepseek2',
    turns({
      system: ['', '\n\n'],
      user: ['User: ', '\n\n'],
      assistant: ['Assistant: ', '<｜end▁of▁sentence｜>'],
      prompt: 'Assistant:',
    }),
  ],
  [
    'deepseek3',
    turns({
      system: ['', '\n\n'],
      user: ['<｜User｜>', ''],
      assistant: ['<｜Assistant｜>', '<｜end▁of▁sentence｜>'],
      prompt: '<｜Assistant｜>',
    }),
  ],
  [
    'command-r',
    turns({
      system: ['<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>', '<|END_OF_TURN_TOKEN|>'],
      user: ['<|START_OF_TURN_TOKEN|><|USER_TOKEN|>', '<|END_OF_TURN_TOKEN|>'],
      assistant: ['<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>', '<|END_OF_TURN_TOKEN|>'],
      prompt: '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>',
      strip: ['system', 'user', 'assistant'],
    }),
  ],
  [
    'llama3',
    turns({
      any: ['<|start_header_id|>{role}<|end_header_id|>\n\n', '<|eot_id|>'],
      prompt: '<|start_header_id|>assistant<|end_header_id|>\n\n',
      strip: ['any'],
    }),
  ],
  ['chatglm3', turns({ start: '[gMASK]sop', any: ['<|{role}|>\n ', ''], prompt: '<|assistant|>' })],
  ['chatglm4', turns({ start: '[gMASK]<sop>', any: ['<|{role}|>\n', ''], prompt: '<|assistant|>\n' })],
  ['glmedge', turns({ any: ['<|{role}|>\n', ''], prompt: '<|assistant|>' })],
  ['minicpm', turns({ user: ['<用户>', '<AI>'], any: ['', ''], strip: ['user', 'any'] })],
  ['exaone3', turns(exaone)],
  ['exaone4', turns({ ...exaone, tool: ['[|tool|]', '[|endofturn|]\n'] })],
  [
    'rwkv-world',
    `{% for message in messages %}{% if message.role == 'system' %}{{ 'System: ' + (message.content | trim) + '\\n\\n' }}\
{% elif message.role == 'user' %}{{ 'User: ' + (message.content | trim) + '\\n\\n' }}{% if loop.last %}{{ 'Assistant:' }}{% endif %}\
{% elif message.role == 'assistant' %}{{ 'Assistant: ' + (message.content | trim) + '\\n\\n' }}{% endif %}{% endfor %}`,
  ],
  ['granite', granite],
  ['granite-4.0', granite],
  ['granite-4.1', granite],
  [
    'gigachat',
    `{{ '<s>' }}{% for message in messages %}{% if loop.first and message.role == 'system' %}{{ message.content + '<|message_sep|>' }}\
{% elif message.role == 'user' %}{{ 'user<|role_sep|>' + message.content + '<|message_sep|>available functions<|role_sep|>[]<|message_sep|>' }}\
{% elif message.role == 'assistant' %}{{ 'assistant<|role_sep|>' + message.content + '<|message_sep|>' }}{% endif %}{% endfor %}\
{% if add_generation_prompt %}{{ 'assistant<|role_sep|>' }}{% endif %}`,
  ],
  [
    'megrez',
    turns({
      any: ['<|role_start|>{role}<|role_end|>', '<|turn_end|>'],
      prompt: '<|role_start|>assistant<|role_end|>',
    }),
  ],
  [
    'yandex',
    turns({
      user: [' Пользователь: ', '\n\n'],
      assistant: [' Ассистент: ', '\n\n'],
      prompt: ' Ассистент:[SEP]',
    }),
  ],
  ['bailing', bailing('')],
  ['bailing-think', bailing('', '<think>')],
  [
    'bailing2',
    `{% if messages[0].role != 'system' %}{{ '<role>SYSTEM</role>detailed thinking off<|role_end|>' }}{% endif %}${bailing('<|role_end|>')}`,
  ],
  [
    'llama4',
    turns({
      any: ['<|header_start|>{role}<|header_end|>\n\n', '<|eot|>'],
      prompt: '<|header_start|>assistant<|header_end|>\n\n',
      strip: ['any'],
    }),
  ],
  [
    'smolvlm',
    turns({
      start: '<|im_start|>',
      system: ['', '\n\n'],
      user: ['User: ', '<end_of_utterance>\n'],
      any: ['Assistant: ', '<end_of_utterance>\n'],
      prompt: 'Assistant:',
    }),
  ],
  [
    'hunyuan-moe',
    turns({
      system: ['<|startoftext|>', '<|extra_4|>'],
      assistant: ['', '<|eos|>'],
      any: ['<|startoftext|>', '<|extra_0|>'],
    }),
  ],
  [
    'gpt-oss',
    turns({
      assistant: ['<|start|>assistant<|message|>', '<|return|>'],
      any: ['<|start|>{role}<|message|>', '<|end|>'],
      prompt: '<|start|>assistant',
    }),
  ],
  [
    'hunyuan-dense',
    `{% for message in messages %}{% if loop.first and message.role == 'system' %}{{ message.content + '<｜hy_place▁holder▁no▁3｜>' }}\
{% elif message.role == 'assistant' %}{{ '<｜hy_Assistant｜>' + message.content + '<｜hy_place▁holder▁no▁2｜>' }}\
{% elif message.role == 'user' %}{{ '<｜hy_User｜>' + message.content + '<｜hy_Assistant｜>' }}{% endif %}{% endfor %}`,
  ],
  [
    'kimi-k2',
    turns({
      system: ['<|im_system|>system<|im_middle|>', '<|im_end|>'],
      user: ['<|im_user|>user<|im_middle|>', '<|im_end|>'],
      assistant: ['<|im_assistant|>assistant<|im_middle|>', '<|im_end|>'],
      tool: ['<|im_system|>tool<|im_middle|>', '<|im_end|>'],
      any: ['', '<|im_end|>'],
      prompt: '<|im_assistant|>assistant<|im_middle|>',
    }),
  ],
  [
    'seed_oss',
    turns({
      any: ['<seed:bos>{role}\n', '<seed:eos>'],
      assistant: ['<seed:bos>assistant\n', '<seed:eos>'],
      prompt: '<seed:bos>assistant\n',
      strip: ['assistant'],
    }),
  ],
  [
    'grok-2',
    turns({
      system: ['System: ', '<|separator|>\n\n'],
      user: ['Human: ', '<|separator|>\n\n'],
      assistant: ['Assistant: ', '<|separator|>\n\n'],
      prompt: 'Assistant:',
      strip: ['system', 'user'],
    }),
  ],
  ['deepseek-ocr', turns({ any: ['', ''] })],
  [
    'exaone-moe',
    turns({
      system: ['<|system|>\n', '<|endofturn|>\n'],
      user: ['<|user|>\n', '<|endofturn|>\n'],
      assistant: ['<|assistant|>\n', '<|endofturn|>\n'],
      tool: ['<|tool|>\n', '<|endofturn|>\n'],
      prompt: '<|assistant|>\n',
      strip: ['system', 'user', 'assistant', 'tool'],
    }),
  ],
  [
    'hunyuan-vl',
    `{{ '<｜hy_begin▁of▁sentence｜>' }}{% for message in messages %}\
{% if loop.first and message.role == 'system' %}{{ message.content + '<｜hy_place▁holder▁no▁3｜>' }}\
{% elif message.role == 'assistant' %}{{ message.content + '<｜hy_Assistant｜>' }}\
{% elif message.role == 'user' %}{{ message.content + '<｜hy_User｜>' }}{% endif %}{% endfor %}`,
  ],
  [
    'pangu-embedded',
    `{% if messages[0].role != 'system' %}{{ '[unused9]系统：[unused10]' }}{% endif %}${turns({
      system: ['[unused9]系统：', '[unused10]'],
      user: ['[unused9]用户：', '[unused10]'],
      assistant: ['[unused9]助手：', '[unused10]'],
      tool: ['[unused9]工具：', '[unused10]'],
      prompt: '[unused9]助手：',
    })}`,
  ],
  ['solar-open', turns({ any: ['<|begin|>{role}<|content|>', '<|end|>'], prompt: '<|begin|>assistant' })],
])

/** For a model that knows no turns at all: `User: text`, a line each, with an empty line between. */
export const plainTemplate: string = turns({
  system: ['', '\n\n'],
  user: ['User: ', '\n\n'],
  assistant: ['Assistant: ', '\n\n'],
  any: ['{role}: ', '\n\n'],
  prompt: 'Assistant:',
})
