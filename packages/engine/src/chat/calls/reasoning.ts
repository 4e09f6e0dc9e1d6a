/**
 * Parts what a model thinks from what it answers, while it is streamed: `<think>` at the beginning of an answer up to
 * `</think>`. White space around both belongs to neither.
 */

export interface ReasoningPart {
  readonly isReasoning: boolean
  readonly text: string
}

export interface ReasoningSplitter {
  push(text: string): ReasoningPart[]
  end(): ReasoningPart[]
}

export const THINK = '<think>'
export const END_THINK = '</think>'

/** `isThinking`: the prompt ends with `<think>`, so the answer begins within it. */
export function reasoningSplitter(isThinking: boolean): ReasoningSplitter {
  let state: 'start' | 'thinking' | 'after' | 'answer' = isThinking ? 'thinking' : 'start'
  let held = ''
  /** Whether the thinking has shown a character; white space before it is left out. */
  let hasThought = false

  const thought = (text: string): ReasoningPart[] => {
    const shown = hasThought ? text : text.trimStart()
    hasThought ||= shown !== ''
    return shown === '' ? [] : [{ isReasoning: true, text: shown }]
  }

  const push = (text: string): ReasoningPart[] => {
    held += text
    const parts: ReasoningPart[] = []
    if (state === 'start') {
      const rest = held.trimStart()
      if (THINK.startsWith(rest)) {
        if (rest !== THINK) return parts
        state = 'thinking'
        held = ''
      } else if (rest.startsWith(THINK)) {
        state = 'thinking'
        held = rest.slice(THINK.length)
      } else state = 'answer'
    }
    if (state === 'thinking') {
      const end = held.indexOf(END_THINK)
      // White space before the end is not shown, so it waits until it is clear that it is none.
      const shown = end >= 0 ? held.slice(0, end).trimEnd().length : showable(held)
      parts.push(...thought(held.slice(0, shown)))
      held = end >= 0 ? held.slice(end + END_THINK.length) : held.slice(shown)
      if (end >= 0) state = 'after'
    }
    if (state === 'after') {
      held = held.trimStart()
      if (held !== '') state = 'answer'
    }
    if (state === 'answer' && held !== '') {
      parts.push({ isReasoning: false, text: held })
      held = ''
    }
    return parts
  }

  return {
    push,
    end() {
      if (held === '' || state === 'after') return []
      const rest = held
      held = ''
      return state === 'thinking' ? thought(rest.trimEnd()) : [{ isReasoning: false, text: rest }]
    },
  }
}

/** How much of a thought can go out: not white space at its end, nor what may be the beginning of `</think>`. */
function showable(text: string): number {
  let end = text.length
  for (let length = Math.min(END_THINK.length - 1, text.length); length > 0; length--) {
    if (END_THINK.startsWith(text.slice(-length))) {
      end = text.length - length
      break
    }
  }
  return text.slice(0, end).trimEnd().length
}
