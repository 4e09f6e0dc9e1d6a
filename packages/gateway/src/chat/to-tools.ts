/** OpenAI tools and tool_choice -> the AI SDK's. Pure. */
import type {
  JSONSchema7,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4ToolChoice,
} from '@ai-sdk/provider'
import { invalidRequest } from '../http/gateway-error.ts'
import type { ChatRequest, Nullish, RequestTool, ToolChoice } from './request.ts'

/** @throws GatewayError `invalid_request` when the choice names a tool that is not there */
export function toTools(
  request: Pick<ChatRequest, 'tools' | 'tool_choice'>,
): Pick<LanguageModelV4CallOptions, 'tools' | 'toolChoice'> {
  const tools = (request.tools ?? []).map(toTool)
  const toolChoice = toToolChoice(request.tool_choice)
  if (toolChoice?.type === 'required' && tools.length === 0)
    throw invalidRequest("'required' needs tools to choose from", 'tool_choice')
  if (toolChoice?.type === 'tool' && !tools.some((tool) => tool.name === toolChoice.toolName))
    throw invalidRequest('names a function that is not in tools', 'tool_choice.function.name')
  if (tools.length === 0) return {}
  return { tools, ...(toolChoice ? { toolChoice } : {}) }
}

function toTool({ function: f }: RequestTool): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name: f.name,
    inputSchema: (f.parameters ?? { type: 'object', properties: {} }) as JSONSchema7,
    ...(typeof f.description === 'string' ? { description: f.description } : {}),
    ...(typeof f.strict === 'boolean' ? { strict: f.strict } : {}),
  }
}

function toToolChoice(choice: Nullish<ToolChoice>): LanguageModelV4ToolChoice | undefined {
  if (choice === null || choice === undefined) return undefined
  if (typeof choice === 'string') return { type: choice }
  return { type: 'tool', toolName: choice.function.name }
}
