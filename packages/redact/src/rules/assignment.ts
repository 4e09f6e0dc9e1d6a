/** Values that are said to be a secret: `password=...`, `"client_secret": "..."`, `DB_PASSWORD: ...`, `password is ...`. */
import type { Rule, Span } from '../span.ts'
import { isBareSecret, isCode, isMixed, isSecret, secretNames } from './secret-value.ts'

/** A text in quotes, in which a backslash takes the next letter along. */
const quotedBy = (quote: string) =>
  `${quote}(?!${quote})([^${quote}\\\\\\n]*(?:\\\\.[^${quote}\\\\\\n]*)*)${quote}`
const quotedText = `(?:${['"', "'", '`'].map(quotedBy).join('|')})`
/** An apostrophe inside a word ends nothing. */
const bareText = `((?:[^\\s"'\`,;<>]|(?<=\\w)'(?=\\w))+)`
const assigned = new RegExp(
  `(${secretNames})["'\`]?\\]?[ \\t]{0,4}(?:=>|:=|==?|:)[ \\t]{0,4}(?:[bfru@$]{0,2}${quotedText}|["'\`]{0,3}${bareText})`,
  'giu',
)
/** In running text, where the next word may be anything: one in quotes, or with a digit or sign in it. */
const said = new RegExp(
  `\\b(?:password|passcode|passphrase|pwd|pin)\\b(?: code)?(?: (?:is|was)|(?: (?:is|was|to))?:) ` +
    `(?:${quotedText}|["'\`]?((?=[^\\s"'\`]*[\\d!#$%^&*])[^\\s"'\`,;({[][^\\s"'\`,;]{3,}))`,
  'giu',
)
/** A key that a sentence gives away, or a line of `.netrc`: a word as no language has. */
const told =
  /\b(?:(?:api|access|secret|auth|private|client|bearer)[ _-]?(?:key|token|secret)|token|login \S{1,64} password)\b(?: (?:is|was|to|key))?:? ["'`]?([^\s"'`,;<>]{4,512})/giu

export const assignment: Rule = (text) => {
  const spans: Span[] = []
  const add = (match: RegExpExecArray, value: string, quoted: boolean, length = value.length) => {
    const start = match.index + match[0].length - value.length - Number(quoted)
    spans.push({ type: 'PASSWORD', start, end: start + length })
  }
  for (const match of text.matchAll(assigned)) {
    const name = match[1]!
    const quoted = match[2] ?? match[3] ?? match[4]
    if (quoted !== undefined) {
      if (isSecret(name, quoted)) add(match, quoted, true)
      continue
    }
    const raw = match[5]!
    const value = withoutEnd(raw)
    if (isCode(raw, textAfter(text, match))) continue
    if (isBareSecret(match[0], name, value)) add(match, raw, false, value.length)
  }
  for (const match of text.matchAll(said)) {
    const quoted = match[1] ?? match[2] ?? match[3]
    const value = quoted ?? withoutEnd(match[4]!)
    if (value.length < 4 || !isSecret('password', value)) continue
    if (quoted === undefined && isCode(match[4]!, textAfter(text, match))) continue
    add(match, quoted ?? match[4]!, quoted !== undefined, value.length)
  }
  for (const match of text.matchAll(told)) {
    const value = withoutEnd(match[1]!)
    const isPassword = /password/i.test(match[0])
    const isOne = isPassword
      ? isBareSecret('', 'password', value)
      : value.length >= 16 && (isMixed(value) || /^(?=.*\d)(?=.*[a-z])[\w+/=-]{16,}$/i.test(value))
    if (isOne && !isCode(match[1]!, textAfter(text, match))) add(match, match[1]!, false, value.length)
  }
  return spans.sort((a, b) => a.start - b.start)
}

/** As far as code that follows a value is looked at. */
function textAfter(text: string, match: RegExpExecArray): string {
  const end = match.index + match[0].length
  return text.slice(end, end + 200)
}

/** Without what ends a sentence or closes a bracket around it. */
const withoutEnd = (value: string) => value.replace(/[.!?)\]}]{1,4}$/, '')

const secretName = new RegExp(`(${secretNames})$`, 'iu')

/** Whether the member `name` of an object is called a secret, and `value` can be one. */
export function isSecretValue(name: string, value: string): boolean {
  const called = secretName.exec(name)
  return called !== null && isSecret(called[1]!, value)
}
