/** Tool calls as they go out, and as a request brings them back from an earlier answer. */
import { invalidRequest } from '../http/gateway-error.ts'

/** The arguments of a call for a client, which parses them: a model that has none to give may write nothing, which is no JSON. */
export function writtenArguments(input: string): string {
  return input.trim() === '' ? '{}' : input
}

/** The arguments as JSON; text that is none stays text: a model may have written broken JSON, and has to see it again. */
export function parsedArguments(json: string): unknown {
  if (json === '') return {}
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

/** The names of the calls so far: OpenAI's results bring the id of their call alone. */
export class ToolNames {
  readonly #names: Map<string, string> = new Map()

  called(id: string, name: string): void {
    this.#names.set(id, name)
  }

  /** @throws GatewayError `invalid_request` when nobody made the call before */
  nameOf(id: string, param: string): string {
    const name = this.#names.get(id)
    if (name === undefined)
      throw invalidRequest('must be the id of a tool call that an earlier assistant message made', param)
    return name
  }
}
