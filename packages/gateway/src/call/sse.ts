/** Server-sent events the way OpenAI's clients read them. */

/** `data: <json>`, as chat completions come. */
export function dataFrame(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

/** With the name of the event, as the Responses API has it. */
export function eventFrame(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

/** After the last frame of an answer that is whole, and of no other. */
export const DONE = 'data: [DONE]\n\n'
