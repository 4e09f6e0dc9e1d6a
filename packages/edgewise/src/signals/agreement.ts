/**
 * Self-agreement: the share of k short samples, drawn with a temperature, that say what the answer says. Compared as
 * people would compare them: without regard to case, white space and closing punctuation; JSON by its values. Works
 * where the device reports no log-probabilities; costs k short answers.
 */
import { sortedJson } from '@edgewise/evidence'
import { atLeast, type Follower, type FollowerSettings } from './signal.ts'

export function agreement({ bar }: FollowerSettings): Follower {
  const threshold = bar.threshold ?? 1
  return {
    name: 'agreement',
    threshold,
    certificate: bar.certificate,
    passes: atLeast(threshold),
    part: () => null,
    async value({ parts, text, sample }) {
      const calls = parts.filter((part) => part.type === 'tool-call')
      const said = saying(calls.length > 0 ? calls.map(callText).join('\n') : text)
      const samples = await sample(bar.samples)
      if (samples.length === 0) return null
      return samples.filter((other) => saying(other) === said).length / samples.length
    },
  }
}

/** A tool call as text: its name, and its input as JSON that two calls of the same values share. */
export const callText = ({ toolName, input }: { toolName: string; input: string }): string =>
  `${toolName} ${canonical(input) ?? input}`

/** The form of a text in which two that say the same are equal. */
export const saying = (text: string): string =>
  canonical(text) ??
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'`]+|[\s"'`.!?…]+$/g, '')

/** JSON without white space, its keys in order; null of a text that is none. */
export function canonical(text: string): string | null {
  try {
    return sortedJson(JSON.parse(text))
  } catch {
    return null
  }
}
