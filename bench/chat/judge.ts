/**
 * Judges of chat prompts. llama.cpp: the text of each of its named templates (llama_chat_apply_template), and the token ids
 * of prompts on the vocabularies in ../../shared/vocab. jinja2, where `--python` has it: the exact text of the test
 * templates and of the Jinja files given. GGUF files given are vocabularies as well. Exit status 1 when anything differs; the first differences are printed.
 *   cd bench && npm install --no-save && npm run judge:chat -- [--python python3] [template.jinja | vocabulary.gguf ...]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import koffi from 'koffi'
import { chatTemplate } from '../../packages/engine/src/chat/chat-template.ts'
import type { ChatMessage } from '../../packages/engine/src/chat/messages.ts'
import { namedTemplates } from '../../packages/engine/src/chat/named-templates.ts'
import { compileTemplate } from '../../packages/engine/src/chat/template/compile.ts'
import { loadJinja } from '../../packages/engine/src/chat/template/jinja.ts'
import * as testTemplates from '../../packages/engine/src/chat/testing/templates.ts'
import { readGguf } from '../../packages/engine/src/gguf/read.ts'
import { Tokenizer } from '../../packages/engine/src/tokenizer/tokenizer.ts'
import { loadLlama, openLlama } from '../peers/llama-c.ts'
import { askJinja, type JinjaCase, judgeNow } from './jinja.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: 'string', default: 'python3' } },
})

type Message = Readonly<{ role: 'system' | 'user' | 'assistant'; content: string }>
const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string): Message => ({ role: 'assistant', content })
const system = (content: string): Message => ({ role: 'system', content })

const conversations: readonly (readonly Message[])[] = [
  [user('Hello, how are you?')],
  [system(' Be brief. \n'), user('  Hi '), assistant('\n Yes '), user('ok')],
  [user('a'), assistant('b'), user('c'), assistant('d'), user('Zażółć "gęślą" <b>&\n\n')],
  [system('x'), system('y'), user('z')],
  [user('q'), assistant('<think>\n hm \n</think>\n\n  Answer.')],
  [user('q'), system('late'), user('r')],
]

const call = {
  role: 'assistant',
  content: '',
  tool_calls: [
    {
      id: 'abcdefghi',
      type: 'function',
      function: {
        name: 'get_weather',
        arguments: { city: 'Łódź "x" \n<b>', days: 3, tags: ['a'], o: { t: true } },
      },
    },
  ],
}
const result = { role: 'tool', tool_call_id: 'abcdefghi', name: 'get_weather', content: ' {"t": 3}\u0085' }
const withTools: readonly (readonly object[])[] = [
  [system('S'), user('Weather?'), call, result, assistant('3 degrees'), user('Thanks')],
  [user('Weather?'), call, result, result],
]
const tools = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'Weather of a "place" <b>now</b>',
      parameters: {
        type: 'object',
        properties: {
          city: { type: 'string', description: 'é' },
          days: { type: 'integer' },
          unit: { enum: ['c', 'f'] },
        },
        required: ['city'],
      },
    },
  },
  {
    type: 'function',
    function: { name: 'now', description: 'The time', parameters: { type: 'object', properties: {} } },
  },
]

const jinja = await loadJinja()
let differing = 0
let printed = 0

function differ(where: string, theirs: string, ours: string): void {
  differing++
  if (printed++ < 10)
    console.log(`DIFFERS ${where}\n  judge ${JSON.stringify(theirs)}\n  ours  ${JSON.stringify(ours)}`)
}

judgeNamed()
await judgeTokens()
judgeRendering()
process.exitCode = differing > 0 ? 1 : 0

function judgeNamed(): void {
  const { c, version } = loadLlama()
  const before = differing
  let cases = 0
  for (const [name, source] of namedTemplates) {
    const compiled = compileTemplate(jinja, source)
    for (const messages of conversations) {
      for (const add of [true, false]) {
        cases++
        const out = new Uint8Array(1 << 14)
        const chat = koffi.as(messages, 'llama_chat_message *')
        const length = c.llama_chat_apply_template!(name, chat, messages.length, add, out, out.length)
        const theirs = length < 0 ? 'no such template' : new TextDecoder().decode(out.subarray(0, length))
        const ours = compiled.render({ messages, add_generation_prompt: add })
        if (theirs !== ours) differ(name, theirs, ours)
      }
    }
  }
  console.log(
    `${namedTemplates.size} named templates, ${cases} prompts: ${differing - before} differ from ${version}`,
  )
}

function vocabularies(): string[] {
  const folder = fileURLToPath(new URL('../../../shared/vocab/', import.meta.url))
  const shared = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  if (shared.length === 0) console.log('../../../shared/vocab is not there')
  return [...shared, ...positionals].filter((name) => name.endsWith('.gguf'))
}

async function judgeTokens(): Promise<void> {
  for (const path of vocabularies()) {
    const file = basename(path)
    const { metadata } = readGguf(readFileSync(path))
    const tokenizer = await Tokenizer.open(metadata)
    using judge = openLlama(path, { vocabOnly: true })
    const before = differing
    let cases = 0
    for (const template of [...namedTemplates.keys(), ...Object.values(testTemplates)]) {
      const chat = await chatTemplate({ metadata, tokenizer }, { template })
      for (const messages of conversations) {
        let prompt: ReturnType<typeof chat.prompt>
        try {
          prompt = chat.prompt(messages as ChatMessage[], { now: judgeNow })
        } catch {
          continue
        }
        cases++
        const theirs = judge.tokenize(prompt.text, { add: true, parse: true })
        const bos = tokenizer.bos
        // llama.cpp's own chat adds the token before a text that begins with it, and says so: one is what is meant.
        while (theirs[0] === bos && theirs[1] === bos) theirs.shift()
        if (theirs.join() !== prompt.tokens.join())
          differ(`${file} ${template.slice(0, 20)}`, theirs.join(), prompt.tokens.join())
      }
    }
    console.log(`${file}: token ids of ${cases} prompts: ${differing - before} differ`)
  }
}

function judgeRendering(): void {
  const sources = new Map<string, string>([
    ...Object.entries(testTemplates),
    ...positionals
      .filter((path) => !path.endsWith('.gguf'))
      .map((path): [string, string] => [basename(path), readFileSync(path, 'utf8')]),
  ])
  const cases: (JinjaCase & { readonly name: string })[] = []
  for (const [name, template] of sources) {
    for (const [messages, given] of [
      ...conversations.flatMap((messages) => [[messages, undefined] as const, [messages, tools] as const]),
      ...withTools.map((messages) => [messages, tools] as const),
    ]) {
      for (const add of [true, false]) {
        const more = given ? { tools: given } : {}
        const variables = {
          messages,
          add_generation_prompt: add,
          bos_token: '<s>',
          eos_token: '</s>',
          ...more,
        }
        cases.push({ name, template, variables })
      }
    }
  }
  const answers = askJinja(values.python, cases)
  if (!answers) {
    console.log(`rendering: skipped, ${values.python} has no jinja2 (--python names another)`)
    return
  }
  console.log(`| template | prompts | same text | both refuse | differ |\n|---|---|---|---|---|`)
  for (const [name, template] of sources) {
    const counts = { same: 0, refused: 0, other: 0 }
    cases.forEach((judged, i) => {
      if (judged.name !== name) return
      const theirs = answers.results[i]!
      let ours: string | undefined
      let why = ''
      try {
        ours = compileTemplate(jinja, template).render(judged.variables, judgeNow)
      } catch (error) {
        why = (error as Error).message
      }
      if ('text' in theirs && theirs.text === ours) counts.same++
      else if ('error' in theirs && ours === undefined) counts.refused++
      else {
        counts.other++
        differ(name, 'text' in theirs ? theirs.text : theirs.error, ours ?? why)
      }
    })
    const { same, refused, other } = counts
    console.log(`| ${name} | ${same + refused + other} | ${same} | ${refused} | ${other} |`)
  }
  console.log(`jinja2 ${answers.version}`)
}
