/**
 * The Prompt API runs tools itself, in the middle of an answer; the AI SDK has its caller run them. So each tool given to the browser
 * notes that it was called, never answers, and ends the prompt: what was noted goes to the caller.
 */
import type { ChatTool } from '@edgewise/engine'
import type { PromptTool } from '../../prompt-api/shape.ts'

export interface CalledTool {
  readonly id: string
  readonly name: string
  /** The arguments as JSON. */
  readonly input: string
}

export interface ToolCatcher {
  readonly tools: readonly PromptTool[]
  /** Ends when tools were called. */
  readonly signal: AbortSignal
  called(): readonly CalledTool[]
}

export function toolCatcher(tools: readonly ChatTool[]): ToolCatcher {
  const stop = new AbortController()
  const called: CalledTool[] = []
  return {
    signal: stop.signal,
    called: () => called,
    tools: tools.map(({ name, description = '', parameters }) => ({
      name,
      description,
      inputSchema: parameters,
      execute(...args: unknown[]) {
        called.push({ id: `call-${crypto.randomUUID()}`, name, input: JSON.stringify(args[0] ?? {}) })
        // Calls of one turn come together: the rest of them first.
        setTimeout(() => stop.abort(), 0)
        return new Promise<string>(() => {})
      },
    })),
  }
}
