/**
 * The request of a call, in one place: what the page sends to the gateway and what its curl line shows are the same.
 * OpenAI's chat completions; the task travels in a header, so that the body stays plain OpenAI.
 */
import type { TaskName } from '../tasks.ts'

export const completionsPath = '/v1/chat/completions'
export const taskHeader = 'x-edgewise-task'
export const receiptHeader = 'x-edgewise-receipt'

/** The JSON body of a call. `model` is the gateway's own name: the policy of the task picks the model that answers. */
export function requestBody(text: string, stream: boolean): string {
  return JSON.stringify({
    model: 'edgewise',
    ...(stream ? { stream: true } : {}),
    messages: [{ role: 'user', content: text }],
  })
}

/** One word of a POSIX shell, whatever is in it. */
function shellQuote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

/** A line for a POSIX shell that makes the same call, with the headers shown (`-i`), for the receipt's id is there. */
export function curlLine(origin: string, task: TaskName, text: string): string {
  return [
    `curl -i ${origin}${completionsPath}`,
    `-H 'content-type: application/json'`,
    `-H '${taskHeader}: ${task}'`,
    `-d ${shellQuote(requestBody(text, false))}`,
  ].join(' \\\n  ')
}
