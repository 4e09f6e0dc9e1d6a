/**
 * How a model writes a call of a tool, read off its own template: the template is asked to write a call whose name and
 * arguments are known, and what stands around them is the format. So there is no list of families here; a template whose
 * calls are not JSON has no format, and the model is told of tools in words instead (adapt.ts).
 */
import type { JsonObject } from '../messages.ts'
import { jsonAt } from './json-scan.ts'

export interface CallFormat {
  /** What the model writes before the JSON, exactly: `<tool_call>\n`, `[TOOL_CALLS]`, or nothing. */
  readonly open: string
  /** And after it, up to the end of the turn. */
  readonly close: string
  /** Whether calls stand in a list, also a single one. */
  readonly isList: boolean
  /** The JSON of the call that was asked for; NAME and ARGUMENTS are somewhere in it. */
  readonly shape: JsonObject
}

/** The call to ask a template for. None of it needs escaping or is like anything a template writes. */
export const NAME = 'qzx_name'
export const ARGUMENTS: JsonObject = { qzx_key: 'qzx_value' }
/** Nine letters and digits, as Mistral's templates want it. */
export const CALL_ID = 'qzxcall01'

/** For models that are told of tools in words: a JSON object and nothing else. */
export const plainFormat: CallFormat = {
  open: '',
  close: '',
  isList: false,
  shape: { name: NAME, arguments: ARGUMENTS },
}

/**
 * The format in `answer`, the text a template wrote for an assistant's turn that is the one call; undefined when the call
 * is not JSON with name and arguments in it. `ends` are the texts of tokens that end a turn.
 */
export function readFormat(answer: string, ends: readonly string[]): CallFormat | undefined {
  const named = answer.indexOf(NAME)
  for (let from = answer.indexOf('{'); from >= 0 && from < named; from = answer.indexOf('{', from + 1)) {
    const found = jsonAt(answer, from)
    if (!found || !holdsCall(found.value)) continue
    const before = answer.slice(0, from).trimEnd()
    const list = before.endsWith('[') ? jsonAt(answer, before.length - 1) : undefined
    const start = list ? before.length - 1 : from
    return {
      open: answer.slice(0, start),
      close: upToEnd(answer.slice((list ?? found).end), ends),
      isList: list !== undefined,
      shape: found.value as JsonObject,
    }
  }
  return undefined
}

function holdsCall(value: unknown): boolean {
  return mentions(value, (held) => held === NAME) && mentions(value, isArguments)
}

export function isArguments(value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(ARGUMENTS)
}

function mentions(value: unknown, is: (held: unknown) => boolean): boolean {
  if (is(value)) return true
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((held) => mentions(held, is))
  )
}

function upToEnd(text: string, ends: readonly string[]): string {
  const places = ends.map((end) => text.indexOf(end)).filter((at) => at >= 0)
  return text.slice(0, Math.min(text.length, ...places)).trimEnd()
}
