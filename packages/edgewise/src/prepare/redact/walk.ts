/**
 * Every string of a call that leaves, by what it is for, through one function; a copy of the call comes back. Only what is
 * named here is copied: a field nobody knows does not leave, headers and `providerOptions.edgewise` do not either, and what
 * cannot be looked into is refused.
 */
import type {
  JSONObject,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4ProviderTool,
  LanguageModelV4ToolResultOutput,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import { RedactionError } from './errors.ts'
import { type JsonVisit, mapJson } from './json.ts'
import { mapSchema } from './schema.ts'

/**
 * - `system`, `text`: what was said. `note`: a description, a reason; may be left out.
 * - `value`, `key`, `number`: of JSON data.
 * - `name`, `structure`: names of parameters, and what a schema is made of. `setting`: an option's value.
 * - `stop`: a stop sequence; may be left out. `handle`: an id or the name of a tool, of letters, digits and `_` when replaced.
 */
export type Kind =
  | 'system'
  | 'text'
  | 'note'
  | 'value'
  | 'key'
  | 'number'
  | 'name'
  | 'structure'
  | 'setting'
  | 'stop'
  | 'handle'

/** What stands there instead; undefined leaves a note or a stop sequence out. */
export type Visit = (text: string, kind: Kind, key?: string) => string | undefined

type Call = LanguageModelV4CallOptions
type Content<Role extends string> = Exclude<
  Extract<LanguageModelV4Message, { role: Role }>['content'],
  string
>[number]
type AnyPart = Content<'user'> | Content<'assistant'> | Content<'tool'>

export function mapCall(call: Call, visit: Visit): Call {
  const walk = new Walk(visit)
  const { tools, toolChoice, stopSequences, responseFormat, providerOptions } = call
  return {
    prompt: call.prompt.map((message) => walk.message(message)),
    ...given('maxOutputTokens', call.maxOutputTokens),
    ...given('temperature', call.temperature),
    ...given('topP', call.topP),
    ...given('topK', call.topK),
    ...given('presencePenalty', call.presencePenalty),
    ...given('frequencyPenalty', call.frequencyPenalty),
    ...given('seed', call.seed),
    ...given('reasoning', call.reasoning),
    ...given('includeRawChunks', call.includeRawChunks),
    ...given('abortSignal', call.abortSignal),
    ...given('stopSequences', stopSequences && walk.stops(stopSequences)),
    ...given('responseFormat', responseFormat && walk.format(responseFormat)),
    ...given(
      'tools',
      tools?.map((tool) => (tool.type === 'function' ? walk.tool(tool) : walk.providerTool(tool))),
    ),
    ...given(
      'toolChoice',
      toolChoice?.type === 'tool'
        ? { ...toolChoice, toolName: walk.sure(toolChoice.toolName, 'handle') }
        : toolChoice,
    ),
    ...walk.options(providerOptions),
  }
}

/** `{ [name]: value }`, or nothing for undefined. */
function given<Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]?: T })
}

class Walk {
  readonly #visit: Visit
  readonly #data: JsonVisit
  readonly #settings: JsonVisit

  constructor(visit: Visit) {
    this.#visit = visit
    this.#data = {
      string: (text, key) => this.sure(text, 'value', key),
      key: (text) => this.sure(text, 'key'),
      number: (text, key) => this.sure(text, 'number', key),
    }
    this.#settings = {
      string: (text, key) => this.sure(text, 'setting', key),
      key: (text) => this.sure(text, 'name'),
      number: (text, key) => this.sure(text, 'number', key),
    }
  }

  /** For what cannot be left out. */
  sure(text: string, kind: Exclude<Kind, 'note' | 'stop'>, key?: string): string {
    return this.#visit(text, kind, key)!
  }

  note<Name extends string>(name: Name, text: string | undefined): { [K in Name]?: string } {
    return given(name, text === undefined ? undefined : this.#visit(text, 'note'))
  }

  stops(sequences: readonly string[]): string[] | undefined {
    const kept = sequences.flatMap((stop) => this.#visit(stop, 'stop') ?? [])
    return kept.length === 0 ? undefined : kept
  }

  options(options: SharedV4ProviderOptions | undefined): { providerOptions?: SharedV4ProviderOptions } {
    if (options === undefined) return {}
    const theirs = Object.entries(options).filter(([provider]) => provider !== 'edgewise')
    if (theirs.length === 0) return {}
    return {
      providerOptions: Object.fromEntries(
        theirs.map(([provider, values]) => [provider, mapJson(values, this.#settings) as JSONObject]),
      ),
    }
  }

  format(format: NonNullable<Call['responseFormat']>): NonNullable<Call['responseFormat']> {
    if (format.type === 'text') return { type: 'text' }
    return {
      type: 'json',
      ...given('schema', format.schema && mapSchema(format.schema, this.#visit)),
      ...given('name', format.name === undefined ? undefined : this.sure(format.name, 'handle')),
      ...this.note('description', format.description),
    }
  }

  tool(tool: LanguageModelV4FunctionTool): LanguageModelV4FunctionTool {
    return {
      type: 'function',
      name: this.sure(tool.name, 'handle'),
      ...this.note('description', tool.description),
      inputSchema: mapSchema(tool.inputSchema, this.#visit),
      ...given(
        'inputExamples',
        tool.inputExamples?.map(({ input }) => ({ input: mapJson(input, this.#data) as JSONObject })),
      ),
      ...given('strict', tool.strict),
      ...this.options(tool.providerOptions),
    }
  }

  providerTool({ id, name, args }: LanguageModelV4ProviderTool): LanguageModelV4ProviderTool {
    return {
      type: 'provider',
      id,
      name: this.sure(name, 'handle'),
      args: mapJson(args, this.#settings) as Record<string, unknown>,
    }
  }

  message(message: LanguageModelV4Message): LanguageModelV4Message {
    const options = this.options(message.providerOptions)
    switch (message.role) {
      case 'system':
        return { role: 'system', content: this.sure(message.content, 'system'), ...options }
      case 'user':
        return { role: 'user', content: message.content.map((part) => this.part(part)), ...options }
      case 'assistant':
        return { role: 'assistant', content: message.content.map((part) => this.part(part)), ...options }
      case 'tool':
        return { role: 'tool', content: message.content.map((part) => this.part(part)), ...options }
      default:
        return cannot(`a message of the role "${(message as { role: string }).role}"`)
    }
  }

  part<Part extends AnyPart>(part: Part): Part {
    return { ...this.#content(part), ...this.options(part.providerOptions) } as unknown as Part
  }

  #content(part: AnyPart): object {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return { type: part.type, text: this.sure(part.text, 'text') }
      case 'tool-call':
        return {
          type: part.type,
          toolCallId: this.sure(part.toolCallId, 'handle'),
          toolName: this.sure(part.toolName, 'handle'),
          input: mapJson(part.input ?? null, this.#data),
          ...given('providerExecuted', part.providerExecuted),
        }
      case 'tool-result':
        return {
          type: part.type,
          toolCallId: this.sure(part.toolCallId, 'handle'),
          toolName: this.sure(part.toolName, 'handle'),
          output: this.#output(part.output),
        }
      case 'tool-approval-response':
        return {
          type: part.type,
          approvalId: this.sure(part.approvalId, 'handle'),
          approved: part.approved,
          ...this.note('reason', part.reason),
        }
      case 'custom':
        return { type: part.type, kind: part.kind }
      default:
        return cannot(`a part of the type "${part.type}"`)
    }
  }

  #output(output: LanguageModelV4ToolResultOutput): LanguageModelV4ToolResultOutput {
    switch (output.type) {
      case 'text':
      case 'error-text':
        return {
          type: output.type,
          value: this.sure(output.value, 'text'),
          ...this.options(output.providerOptions),
        }
      case 'json':
      case 'error-json':
        return {
          type: output.type,
          value: mapJson(output.value, this.#data),
          ...this.options(output.providerOptions),
        }
      case 'execution-denied':
        return {
          type: output.type,
          ...this.note('reason', output.reason),
          ...this.options(output.providerOptions),
        }
      case 'content':
        return {
          type: 'content',
          value: output.value.map((part) => {
            if (part.type === 'text') {
              return {
                type: 'text',
                text: this.sure(part.text, 'text'),
                ...this.options(part.providerOptions),
              }
            }
            if (part.type === 'custom') return { type: 'custom', ...this.options(part.providerOptions) }
            return cannot('a file in a result of a tool')
          }),
        }
      default:
        return cannot(`a tool's result of the type "${(output as { type: string }).type}"`)
    }
  }
}

function cannot(what: string): never {
  throw new RedactionError(
    'cannot_redact',
    `${what} cannot be looked into, so it does not leave redacted: leave it out, or set the task's privacy to "anything"`,
  )
}
