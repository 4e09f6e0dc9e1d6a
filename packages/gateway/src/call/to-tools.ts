/** OpenAI's functions and the choice among them -> the AI SDK's. Pure. */
import type {
  JSONSchema7,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4ToolChoice,
} from '@ai-sdk/provider'
import { invalidRequest } from '../http/gateway-error.ts'
import type { JsonObject, Nullish } from './json.ts'

export interface FunctionSpec {
  readonly name: string
  readonly description?: Nullish<string>
  /** A JSON schema. */
  readonly parameters?: Nullish<JsonObject>
  readonly strict?: Nullish<boolean>
}

export type FunctionChoice = 'none' | 'auto' | 'required' | { readonly name: string; readonly param: string }

/** @throws GatewayError `invalid_request` when the choice names a function that is not there */
export function toTools(
  functions: readonly FunctionSpec[],
  choice: FunctionChoice | undefined,
): Pick<LanguageModelV4CallOptions, 'tools' | 'toolChoice'> {
  if (choice === 'required' && functions.length === 0)
    throw invalidRequest("'required' needs tools to choose from", 'tool_choice')
  if (typeof choice === 'object' && !functions.some(({ name }) => name === choice.name))
    throw invalidRequest('names a function that is not in tools', choice.param)
  if (functions.length === 0) return {}
  const tools = functions.map(toTool)
  return choice === undefined ? { tools } : { tools, toolChoice: toChoice(choice) }
}

function toTool({ name, description, parameters, strict }: FunctionSpec): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name,
    inputSchema: (parameters ?? { type: 'object', properties: {} }) as JSONSchema7,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  }
}

function toChoice(choice: FunctionChoice): LanguageModelV4ToolChoice {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.name }
}
