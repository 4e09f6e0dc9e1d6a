/** Values that are said to be a secret: `password=...`, `"client_secret": "..."`, `DB_PASSWORD: ...`, `password is ...`. */
import type { Rule, Span } from '../span.ts'

const names =
  'pass(?:word|wd|phrase|code|key)|pwd|secret(?:[_-]?(?:access)?[_-]?key)?|api[_-]?key|(?:access|auth|private|signing|encryption|account|storage|master|service|license)[_-]?key|' +
  '(?:access|auth|refresh|bearer|session|api|id|bot|personal|oauth)?[_-]?token|credentials?|connection[_-]?string'
const assigned = new RegExp(
  `(${names})["'\`]?\\]?[ \\t]{0,4}(?:=>|:=|==?|:)[ \\t]{0,4}(?:"([^"\\n]{1,512})"|'([^'\\n]{1,512})'|\`([^\`\\n]{1,512})\`|([^\\s"'\`,;<>]{1,512}))`,
  'giu',
)
/** In running text, where the next word may be anything: one with a digit or sign in it. */
const said =
  /\b(?:password|passcode|passphrase|pwd|pin)\b(?: code)?(?: (?:is|was)|(?: (?:is|was|to))?:) ["'`]?((?=[^\s"'`]*[\d!#$%^&*])[^\s"'`,;({[][^\s"'`,;]{3,127})/giu
/** What stands for a secret instead of one: code that reads it, a mask, a word for none. */
const noSecret =
  /^(?:[\w.$]*[([{].*|\$.*|%\w+%|<.*|\{.*|process\.env.*|os\.environ.*|env\..*|[*x•.…-]+|null|undefined|none|nil|true|false|string|str|required|optional|redacted|\d{1,3})$/i

export const assignment: Rule = (text) => {
  const spans: Span[] = []
  for (const match of text.matchAll(assigned)) {
    const quoted = match[2] ?? match[3] ?? match[4]
    const value = quoted ?? match[5]!.replace(/[.!?)\]}]{1,4}$/, '')
    if (value === '' || (quoted === undefined && !bareSecret(match[0], match[1]!, value))) continue
    if (noSecret.test(value)) continue
    const after = quoted === undefined ? match[5]!.length : quoted.length + 1
    const start = match.index + match[0].length - after
    spans.push({ type: 'PASSWORD', start, end: start + value.length })
  }
  for (const match of text.matchAll(said)) {
    const value = match[1]!.replace(/[.!?)\]}]{1,4}$/, '')
    const start = match.index + match[0].length - match[1]!.length
    if (value.length >= 4 && !noSecret.test(value))
      spans.push({ type: 'PASSWORD', start, end: start + value.length })
  }
  return spans.sort((a, b) => a.start - b.start)
}

const secretName = new RegExp(`(?:${names})$`, 'iu')

/** Whether the member `name` of an object is called a secret, and `value` can be one. */
export const isSecretValue = (name: string, value: string): boolean =>
  value !== '' && secretName.test(name) && !noSecret.test(value)

/** Without quotes: `password=word` as in a connection string, else only what no sentence and no code has. */
function bareSecret(whole: string, name: string, value: string): boolean {
  if (/^pass|^pwd/i.test(name) && !/\s/.test(whole) && whole.includes('=')) return true
  return (
    value.length >= 4 &&
    /\d|[!#$%^&*+]/.test(value) &&
    !/^-?[\d.,]+$|^\/|^[A-Z][A-Za-z]*\d{1,3}[A-Za-z]*$/.test(value)
  )
}
