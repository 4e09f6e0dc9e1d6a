/** Server-sent events the way OpenAI's clients read them, one line a frame for whoever cuts lines, by whatever rule. */

/** `data: <json>`, as chat completions come. */
export function dataFrame(value: object): string {
  return `data: ${oneLine(value)}\n\n`
}

/** With the name of the event, as the Responses API has it. */
export function eventFrame(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${oneLine(event)}\n\n`
}

/** Ends of a line for Node's readline, Python's splitlines and others, though not for server-sent events; JSON leaves them as they are. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g

function oneLine(value: object): string {
  return JSON.stringify(value).replace(
    LINE_ENDS,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** After the last frame of an answer that is whole, and of no other. */
export const DONE = 'data: [DONE]\n\n'
