/** Runs a tool a model called: its call and its result as parts of messages. */
import type {
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCallPart,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider'
import { exception } from './exceptions.ts'
import type { PromptTool } from './shape.ts'

type ToolCall = Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>

/** Throws what the tool throws, and UnknownError for a tool that is not there or arguments that are no JSON. */
export async function runTool(
  tools: readonly PromptTool[],
  { toolCallId, toolName, input: written }: ToolCall,
): Promise<{ readonly call: LanguageModelV4ToolCallPart; readonly result: LanguageModelV4ToolResultPart }> {
  const tool = tools.find(({ name }) => name === toolName)
  if (!tool) throw exception('UnknownError', 'the model called a tool that was not given')
  let input: unknown
  try {
    input = JSON.parse(written)
  } catch (cause) {
    throw exception('UnknownError', `the arguments of ${toolName} are no JSON`, cause)
  }
  const value = String(await tool.execute(input))
  const named = { toolCallId, toolName }
  return {
    call: { type: 'tool-call', ...named, input },
    result: { type: 'tool-result', ...named, output: { type: 'text', value } },
  }
}
