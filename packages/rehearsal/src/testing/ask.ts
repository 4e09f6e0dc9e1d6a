/** Calls of a rehearsal, for tests: raw requests, and what their streams say. */
import { type Rehearsal, type RehearsalOptions, startRehearsal } from '../rehearsal.ts'
import type { ScriptRule } from '../script/types.ts'

/** A rehearsal with these rules. */
export function rehearsing(
  rules: readonly ScriptRule[] = [],
  options: RehearsalOptions = {},
): Promise<Rehearsal> {
  return startRehearsal({ script: { version: 1, rules }, ...options })
}

/** The smallest chat call, and changes to it. */
export function post(rehearsal: Rehearsal, changes: object = {}, signal?: AbortSignal): Promise<Response> {
  return fetch(`${rehearsal.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer secret-of-a-test' },
    body: JSON.stringify({ model: 'gpt', messages: [{ role: 'user', content: 'hi there' }], ...changes }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** The data of each frame, in order. */
export async function framesOf(response: Response): Promise<string[]> {
  return (await response.text())
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => frame.replace(/^data: /, ''))
}

/** The text of the frames that hold some. */
export function textOfFrames(frames: readonly string[]): string {
  return frames
    .filter((frame) => frame.startsWith('{'))
    .map((frame) => (JSON.parse(frame) as Frame).choices[0]?.delta.content ?? '')
    .join('')
}

interface Frame {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[]
}

export interface Completion {
  readonly model: string
  readonly choices: readonly {
    readonly finish_reason: string
    readonly message: {
      readonly content: string | null
      readonly tool_calls?: readonly {
        readonly function: { readonly name: string; readonly arguments: string }
      }[]
    }
    readonly logprobs: {
      readonly content: readonly { readonly token: string; readonly logprob: number }[]
    } | null
  }[]
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number }
}

/** The answer to a call that is no stream. */
export async function ask(rehearsal: Rehearsal, changes: object = {}): Promise<Completion> {
  return (await post(rehearsal, changes)).json() as Promise<Completion>
}

/** Waits until a condition holds, at most two seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 2000
  while (!condition()) {
    if (performance.now() > end) throw new Error('the condition did not come true within 2 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
