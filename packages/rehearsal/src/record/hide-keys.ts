/** Keys and tokens in a text, blacked out before it is written to a recording. */

/** Forms that are a key wherever they stand. */
const FORMS = [
  /\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
]

/** @param secrets values that are known to be secret: what the caller authorised itself with */
export function hideKeys(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce(
    (rest, secret) => (secret === '' ? rest : rest.replaceAll(secret, '[key]')),
    text,
  )
  return FORMS.reduce((rest, form) => rest.replace(form, '[key]'), known)
}
