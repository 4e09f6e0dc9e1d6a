/**
 * `structured-only`: of a message that is JSON the numbers, booleans and nulls leave, strings as placeholders; a message that is
 * running text does not leave. Descriptions and stop sequences of words are left out, so that no free text goes with them.
 */
import type { Span } from '@edgewise/redact'
import { RedactionError } from './errors.ts'
import { isJson, mapJsonText } from './json.ts'
import { isConstant } from './redact-call.ts'
import type { Kind, Visit } from './walk.ts'

export interface StructuredSettings {
  /** What is done with a text that may leave redacted. */
  readonly visit: Visit
  readonly instructions: string | null
  /** Hears of every text that is hidden or stays, before anything is decided about it. */
  readonly see: (text: string, kind: Kind) => void
  readonly spansOf: (text: string, kind: Kind, key?: string) => Span[]
  /** The placeholder of a whole text. */
  readonly hide: (type: string, text: string) => string
}

export function structuredVisit({ visit, instructions, see, spansOf, hide }: StructuredSettings): Visit {
  /** A whole identifier as itself, any other text as `[TEXT_N]`. */
  const hidden = (text: string, kind: Kind, key?: string) => {
    if (text.trim() === '') return text
    see(text, kind)
    const spans = spansOf(text, kind, key)
    const [first] = spans
    const isWhole = spans.length === 1 && first!.start === 0 && first!.end === text.length
    return hide(isWhole ? first!.type : 'TEXT', text)
  }
  const stays = (text: string, kind: Kind, key?: string) => {
    see(text, kind)
    return spansOf(text, kind, key).length === 0
  }
  const data = {
    string: (text: string, key?: string) => hidden(text, 'value', key),
    key: (text: string) => (isName(text) && stays(text, 'key') ? visit(text, 'key')! : hidden(text, 'key')),
    number: (text: string, key?: string) => visit(text, 'number', key)!,
  }
  return (text, kind, key) => {
    switch (kind) {
      case 'system':
      case 'text':
        if (text.trim() === '') return text
        if (kind === 'system' && text === instructions) return visit(text, kind)
        if (!isJson(text)) throw freeText(kind)
        return mapJsonText(text, data)
      case 'value':
        return hidden(text, kind, key)
      case 'key':
        return data.key(text)
      case 'setting':
        return isConstant(text) && stays(text, kind, key) ? visit(text, kind, key) : hidden(text, kind, key)
      case 'note':
        return undefined
      case 'stop':
        return /[\p{L}\p{N}]/u.test(text) ? undefined : text
      default:
        return visit(text, kind, key)
    }
  }
}

/** What a member of a record is called. */
const isName = (text: string) => /^[A-Za-z_$][\w$-]{0,63}$/.test(text)

function freeText(kind: 'system' | 'text'): RedactionError {
  const what = kind === 'system' ? 'a system message' : 'a message'
  return new RedactionError(
    'free_text_stays',
    `${what} is running text, and the policy lets only structured data leave: send JSON, put a system message into the policy's ` +
      'instructions, or let the task run on the device',
  )
}
