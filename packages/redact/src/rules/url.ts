/**
 * URLs, and the secrets in them. A URL as such is no identifier: hiding every link would take from a question what it is about.
 * What opens something or names somebody is hidden: user and password, values of keys and signatures, and what other rules find.
 */
import { type Rule, type Span, settle } from '../span.ts'

/** Top-level domains that make a bare `name.tld` a domain: without a list, "e.g" and "end.Next" would be. */
const topLevel =
  'com|org|net|edu|gov|mil|int|info|biz|name|pro|io|co|ai|app|dev|me|tv|xyz|online|shop|site|eu|uk|us|ca|au|nz|de|fr|' +
  'es|it|nl|be|ch|at|se|no|dk|fi|pl|cz|pt|ie|ru|jp|cn|in|br|mx|za|kr'
const withScheme = /(?<![\p{L}\p{N}])(?:https?:\/\/|ftp:\/\/|www\.)[^\s<>"'`{}|\\^]{1,2048}/giu
const bareDomain = new RegExp(
  `(?<![\\p{L}\\p{N}@._/-])(?:[a-z0-9][a-z0-9-]{0,62}\\.){1,6}(?:${topLevel})(?![\\p{L}\\p{N}@-])(?:/[^\\s<>"'\`{}|\\\\^]{0,2048})?`,
  'giu',
)

/** URLs with a scheme or `www.`, and bare domains with a well-known ending. Closing punctuation stays outside. */
export const findUrls: Rule = (text) =>
  settle(
    text,
    [withScheme, bareDomain].flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => {
        const bare = match[0].replace(/[.,;:!?)\]*…]{1,16}$/u, '')
        return { type: 'URL', start: match.index, end: match.index + bare.length }
      }),
    ),
  )

/** `user:password@` after any scheme: what stands between `//` and the last `@` of it. */
const userInfo = /:\/\/([^\s/?#@:"'<>]{0,256}:(?:[^\s/?#"'<>@]|@(?=[^\s/?#"'<>@,;]{0,256}@)){1,256})@/g
/** Names of values that open something, in a query, a fragment or the body of a form. */
const secretNames =
  '(?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|' +
  '[a-z_.-]{0,32}(?:token|secret|signature|password|passwd)|(?:[a-z]{1,16}[_.-])?api[_-]?key|pwd|pass|sig|jwt|otp|sas|hmac|assertion)'
/** Names that are used for other things, too: only values as long as a secret. */
const otherNames = '(?:(?:[a-z]{1,16}[_.-])?key|auth|authorization|session(?:_?id)?|sid|code|ticket)'
const secretValue = new RegExp(
  `[?&#](?:${secretNames}=([^\\s&#;"'<>]{1,2048})|${otherNames}=([^\\s&#;"'<>]{10,2048}))`,
  'gi',
)

/** Addresses that are the secret: whoever knows what is behind them may post. */
const webhook =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks|\.webhook\.office\.com\/webhookb2|hooks\.zapier\.com\/hooks\/catch)\/([^\s"'`<>?#]+)|api\.telegram\.org\/bot(\d+:[\w-]+)/gi

export const urlSecret: Rule = (text) => {
  const spans: Span[] = []
  const add = (start: number, value: string) =>
    spans.push({ type: 'URL_SECRET', start, end: start + value.length })
  for (const match of text.matchAll(userInfo)) add(match.index + 3, match[1]!)
  for (const match of [...text.matchAll(secretValue), ...text.matchAll(webhook)]) {
    const whole = (match[1] ?? match[2])!
    const value = whole.replace(/[.,!?)\]]{1,4}$/, '')
    if (value !== '') add(match.index + match[0].length - whole.length, value)
  }
  return spans
}
