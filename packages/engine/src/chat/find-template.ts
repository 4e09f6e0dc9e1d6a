/**
 * Which template a model's chats are written with: the caller's, the file's (its `tool_use` one where tools are given), or
 * a stated default by the tokens the vocabulary has. A file or a caller may name one of llama.cpp's instead of giving one.
 */
import { BadOptionError, BadTemplateError } from '../errors.ts'
import { findString, type Metadata } from '../gguf/metadata.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'

export interface FoundTemplate {
  /** Jinja. */
  readonly text: string
  /** Where it is from, for people: `the file`, `chatml (by the vocabulary)`. */
  readonly origin: string
  /** Jinja for conversations with tools, where the file has one of its own. */
  readonly toolText: string | undefined
}

const KEY = 'tokenizer.chat_template'

/** Tokens that only models of one form of turns have, and llama.cpp's name of the form; the first that fits. */
const byVocabulary: readonly (readonly [name: string, ...tokens: string[]])[] = [
  ['chatml', '<|im_start|>', '<|im_end|>'],
  ['llama3', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
  ['llama4', '<|header_start|>', '<|header_end|>', '<|eot|>'],
  ['gemma', '<start_of_turn>', '<end_of_turn>'],
  ['mistral-v7-tekken', '[SYSTEM_PROMPT]', '[INST]', '[/INST]'],
  ['mistral-v3', '[INST]', '[/INST]'],
  ['phi3', '<|user|>', '<|assistant|>', '<|end|>'],
  ['zephyr', '<|user|>', '<|assistant|>', '<|endoftext|>'],
  ['command-r', '<|START_OF_TURN_TOKEN|>', '<|USER_TOKEN|>', '<|CHATBOT_TOKEN|>'],
]

/**
 * `wanted`: Jinja, one of llama.cpp's names, or the name of a template of the file. Throws BadOptionError for another
 * name, BadTemplateError when the file names one that is not known, BadGgufError for metadata of the wrong type.
 */
export async function findTemplate(
  metadata: Metadata,
  tokenizer: Pick<Tokenizer, 'idOf'>,
  wanted?: string,
): Promise<FoundTemplate> {
  if (wanted !== undefined) return { ...(await wantedTemplate(metadata, wanted)), toolText: undefined }
  const text = findString(metadata, KEY) ?? findString(metadata, `${KEY}.default`)
  const toolText = findString(metadata, `${KEY}.tool_use`)
  if (text !== undefined) return { ...(await fileTemplate(text)), toolText }
  if (toolText !== undefined) return { text: toolText, origin: 'the file (tool_use)', toolText }
  const fits = byVocabulary.find(([, ...tokens]) =>
    tokens.every((token) => tokenizer.idOf(token) !== undefined),
  )
  const { namedTemplates, plainTemplate } = await named()
  return fits
    ? { text: namedTemplates.get(fits[0])!, origin: `${fits[0]} (by the vocabulary)`, toolText: undefined }
    : {
        text: plainTemplate,
        origin: 'plain "User: …" turns (the model has no template)',
        toolText: undefined,
      }
}

/** Loaded for those who need it: nearly every file has Jinja of its own. */
const named = (): Promise<typeof import('./named-templates.ts')> => import('./named-templates.ts')

const isJinja = (text: string): boolean => /\{[{%]/.test(text)

async function fileTemplate(text: string): Promise<Pick<FoundTemplate, 'text' | 'origin'>> {
  if (isJinja(text)) return { text, origin: 'the file' }
  const found = (await named()).namedTemplates.get(text.trim())
  if (found !== undefined) return { text: found, origin: `${text.trim()} (named in the file)` }
  throw new BadTemplateError(
    `the file's chat template ${JSON.stringify(text.slice(0, 60))} is neither Jinja nor a known name: give another one in its place (option \`template\`)`,
  )
}

async function wantedTemplate(
  metadata: Metadata,
  wanted: string,
): Promise<Pick<FoundTemplate, 'text' | 'origin'>> {
  if (isJinja(wanted)) return { text: wanted, origin: 'given' }
  const own = findString(metadata, `${KEY}.${wanted}`)
  if (own !== undefined) return { ...(await fileTemplate(own)), origin: `the file (${wanted})` }
  const { namedTemplates } = await named()
  const found = namedTemplates.get(wanted)
  if (found !== undefined) return { text: found, origin: wanted }
  throw new BadOptionError(
    `there is no chat template ${JSON.stringify(wanted.slice(0, 60))}: give Jinja, a template of the file, or one of ${[...namedTemplates.keys()].join(', ')}`,
  )
}
