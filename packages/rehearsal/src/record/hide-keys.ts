/** Keys, passwords and tokens in a text, blacked out before it is written to a recording. What they look like is redaction's to know. */
import { findIdentifiers } from '@edgewise/redact'

/** Types of what opens something. Who somebody is stays: a recording is made of what its owner asked. */
const OPENING: ReadonlySet<string> = new Set([
  'API_KEY',
  'PRIVATE_KEY',
  'PASSWORD',
  'URL_SECRET',
  'SECRET',
  'ENCODED',
])

/** @param secrets values that are known to be secret: what the caller authorised itself with */
export function hideKeys(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce(
    (rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '[key]')),
    text,
  )
  let shown = ''
  let at = 0
  for (const { type, start, end } of findIdentifiers(known)) {
    if (!OPENING.has(type)) continue
    shown += `${known.slice(at, start)}[key]`
    at = end
  }
  return shown + known.slice(at)
}
