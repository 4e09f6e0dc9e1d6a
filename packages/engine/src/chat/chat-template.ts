/**
 * A model's chat format: messages and tools in, a prompt out, with the reader that takes its answer apart. Control tokens
 * in a prompt's tokens are the template's own, never a message's.
 */
import { BadOptionError } from '../errors.ts'
import type { Metadata } from '../gguf/metadata.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { adapt, hasOwnCalls } from './adapt.ts'
import { type AnswerReader, answerReader } from './answer-reader.ts'
import { plainFormat } from './calls/call-format.ts'
import { callSchema } from './calls/call-schema.ts'
import { END_THINK, THINK } from './calls/reasoning.ts'
import { findTemplate } from './find-template.ts'
import { controlTexts, encodeMarked, type Guard, type Marked, makeGuard, makeMarker } from './marks.ts'
import {
  type ChatMessage,
  type ChatTool,
  checkMessages,
  type JsonObject,
  templateMessage,
  templateTool,
} from './messages.ts'
import { type Abilities, probe } from './probe.ts'
import { type CompiledTemplate, compileTemplate, type TemplateVariables } from './template/compile.ts'
import { type Jinja, loadJinja } from './template/jinja.ts'

/** What is needed of a model: an opened one is such a thing. */
export interface ChatModel {
  readonly metadata: Metadata
  readonly tokenizer: Tokenizer
}

export interface ChatTemplateOptions {
  /** In place of the file's: Jinja, one of llama.cpp's names (`chatml`), or the name of another template of the file. */
  readonly template?: string
}

export interface ChatOptions {
  readonly tools?: readonly ChatTool[]
  /** The answer is to be a call: of any of the tools (true), or of the one with this name. */
  readonly mustCall?: true | string
  /** Whether the model may think before it answers, where the template leaves the choice; the template's own when not given. */
  readonly thinking?: boolean
  /** Whether to end with what asks for an answer; true when not given. */
  readonly addGenerationPrompt?: boolean
  /** More variables for the template. */
  readonly variables?: TemplateVariables
  /** For templates that write today's date. */
  readonly now?: Date
}

export interface ChatPrompt {
  /** For people and for comparing: text of a message cannot be told from the template's in it. */
  readonly text: string
  /** Token ids, with the beginning-of-sequence token the model wants, once. */
  readonly tokens: readonly number[]
  /** With `mustCall`: the JSON schema of the whole answer, to decode under. */
  readonly schema: JsonObject | undefined
  /** Whether the answer may begin with a thought. */
  readonly mayThink: boolean
  /** A reader for one answer. */
  reader(): AnswerReader
}

/**
 * Makes a model's chat template ready; the template engine is loaded by the first one. Throws BadTemplateError for one
 * that cannot be used, BadOptionError for a name that is not known, BadGgufError for metadata of a wrong type.
 */
export async function chatTemplate(
  model: ChatModel,
  options: ChatTemplateOptions = {},
): Promise<ChatTemplate> {
  const { text, origin, toolText } = await findTemplate(model.metadata, model.tokenizer, options.template)
  const jinja = await loadJinja()
  const controls = controlTexts(model.tokenizer)
  const plain = makeForm(jinja, text, model.tokenizer, controls)
  const withTools = toolText === undefined ? plain : makeForm(jinja, toolText, model.tokenizer, controls)
  return new ChatTemplate(model.tokenizer, origin, plain, withTools)
}

/** One template text with all that is known of it. */
interface Form {
  readonly text: string
  readonly compiled: CompiledTemplate
  readonly abilities: Abilities
  readonly guard: Guard
  /** `bos_token` and `eos_token`, as transformers gives them. */
  readonly tokens: TemplateVariables
}

function makeForm(jinja: Jinja, text: string, tokenizer: Tokenizer, controls: readonly string[]): Form {
  const textOf = (id: number | undefined): string => (id === undefined ? '' : tokenizer.textOf(id))
  const tokens = { bos_token: textOf(tokenizer.bos), eos_token: textOf(tokenizer.eos) }
  const compiled = compileTemplate(jinja, text)
  return {
    text,
    compiled,
    tokens,
    guard: makeGuard(controls, compiled.literals, compiled.texts),
    abilities: probe(
      (variables) => compiled.render({ ...tokens, ...variables }),
      tokenizer.ends.map((id) => tokenizer.textOf(id)),
    ),
  }
}

export class ChatTemplate {
  /** Where the template is from, for people. */
  readonly origin: string
  readonly #tokenizer: Tokenizer
  readonly #plain: Form
  readonly #withTools: Form

  /** Made by `chatTemplate`. */
  constructor(tokenizer: Tokenizer, origin: string, plain: Form, withTools: Form) {
    this.#tokenizer = tokenizer
    this.origin = origin
    this.#plain = plain
    this.#withTools = withTools
  }

  /** The Jinja text. */
  get text(): string {
    return this.#plain.text
  }

  /**
   * The prompt for these messages. Throws BadOptionError when they are malformed or the template refuses them, or a tool
   * that must be called is not there; BadTemplateError when the template fails.
   */
  prompt(messages: readonly ChatMessage[], options: ChatOptions = {}): ChatPrompt {
    const { tools = [], mustCall } = options
    checkMessages(messages, tools)
    const callable = callableTools(tools, mustCall)
    const form = tools.length > 0 ? this.#withTools : this.#plain
    const format = hasOwnCalls(form.abilities) ? form.abilities.calls! : plainFormat
    const rendered = render(form, messages, options)
    const isThinking = rendered.text.trimEnd().endsWith(THINK)
    const isAllowed = callable === undefined && options.thinking !== false
    const mayThink = isAllowed && (isThinking || form.text.includes(END_THINK))
    const closing = isThinking && !isAllowed ? `\n${END_THINK}\n\n` : ''
    const whole = { ...rendered, text: rendered.text + closing + (callable ? format.open : '') }
    return {
      text: whole.text,
      tokens: this.#encode(whole, form.guard),
      schema: callable && callSchema(callable, format),
      mayThink,
      reader: () =>
        answerReader({
          tokenizer: this.#tokenizer,
          format,
          names: new Set(tools.map(({ name }) => name)),
          isCall: callable !== undefined,
          thinks: mayThink,
          isThinking: isThinking && mayThink,
        }),
    }
  }

  #encode(marked: Marked, guard: Guard): number[] {
    const { bos, addBos } = this.#tokenizer
    const ids = encodeMarked(marked, guard, this.#tokenizer)
    if (bos === undefined) return ids
    let written = 0
    while (ids[written] === bos) written++
    return written > 0 ? ids.slice(written - 1) : addBos ? [bos, ...ids] : ids
  }
}

/** The tools of which one must be called, or undefined when none must. */
function callableTools(
  tools: readonly ChatTool[],
  mustCall: true | string | undefined,
): readonly ChatTool[] | undefined {
  if (mustCall === undefined) return undefined
  const callable = mustCall === true ? tools : tools.filter(({ name }) => name === mustCall)
  if (callable.length > 0) return callable
  const which = mustCall === true ? 'a tool' : `the tool ${JSON.stringify(mustCall)}`
  throw new BadOptionError(`${which} must be called, but it is not among the ${tools.length} tools given`)
}

function render(form: Form, messages: readonly ChatMessage[], options: ChatOptions): Marked {
  const { abilities, compiled, guard, tokens } = form
  const { tools = [], addGenerationPrompt = true, now } = options
  const thinking = options.mustCall === undefined ? options.thinking : false
  const adapted = adapt(withNames(messages), tools, abilities)
  const inputs = {
    ...(thinking === undefined ? {} : { enable_thinking: thinking }),
    ...options.variables,
    messages: adapted.messages.map((message) => templateMessage(message, abilities)),
    ...(adapted.tools.length > 0 ? { tools: adapted.tools.map(templateTool) } : {}),
  }
  const marker = makeMarker(guard, [inputs, tokens, [...compiled.texts]])
  const variables = marker.mark(inputs) as { readonly messages: readonly JsonObject[] }
  // Roles are this engine's own words; templates put them between parts of control tokens.
  const roles = variables.messages.map((message, i) => ({ ...message, role: inputs.messages[i]!.role }))
  return marker.read(
    compiled.render(
      { ...tokens, ...variables, messages: roles, add_generation_prompt: addGenerationPrompt },
      now,
    ),
  )
}

/** Results with the names of their calls: some templates write them. */
function withNames(messages: readonly ChatMessage[]): ChatMessage[] {
  const names = new Map<string, string>()
  return messages.map((message) => {
    if (message.role === 'assistant') for (const { id, name } of message.toolCalls ?? []) names.set(id, name)
    if (message.role !== 'tool' || message.name !== undefined) return message
    const name = names.get(message.toolCallId)
    return name === undefined ? message : { ...message, name }
  })
}
