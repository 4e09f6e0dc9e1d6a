/**
 * Rules for addresses on the network: e-mail, URL, IPv4, IPv6.
 * Every expression either has no nested repetition or is anchored at a rare character and bounded, so time stays linear.
 */
import type { Rule, Span } from './span.ts'

/** RFC 5321 limits: 64 before the @, 255 after it. */
const localTail = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}$/u
/** What separates or quotes an address is also allowed in it (RFC 5322 atext): at its start it is taken as the former. */
const localLead = /^[^\p{L}\p{N}_%+]+/u
const domainHead = /^[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/u

/** E-mail addresses: the longest local part before each @, the longest domain of at least two labels after it. */
export const email: Rule = (text) => {
  const spans: Span[] = []
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const local = localTail.exec(text.slice(Math.max(0, at - 64), at))?.[0].replace(localLead, '')
    const domain = domainOf(domainHead.exec(text.slice(at + 1, at + 256))?.[0] ?? '')
    if (!local || !domain) continue
    spans.push({ type: 'EMAIL_ADDRESS', start: at - local.length, end: at + 1 + domain.length })
  }
  return spans
}

/** Letters, or an internationalised name in its ASCII form (RFC 5890). */
const topLabel = /^(?:xn--[a-z\d]{1,59}(?:-[a-z\d]{1,59}){0,4}|\p{L}{2,63})(?=-|$)/iu

/** `labels` without what follows the last one that can be a top-level domain: "acme.com-please" and "acme.com.2" end at com. */
function domainOf(labels: string): string | undefined {
  const parts = labels.split('.')
  for (let last = parts.length - 1; last > 0; last--) {
    const top = topLabel.exec(parts[last]!)?.[0]
    if (top) return [...parts.slice(0, last), top].join('.')
  }
  return undefined
}

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
export const url: Rule = (text) =>
  [withScheme, bareDomain].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => {
      const bare = match[0].replace(/[.,;:!?)\]*…]{1,16}$/u, '')
      return { type: 'URL', start: match.index, end: match.index + bare.length }
    }),
  )

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const dotted = new RegExp(`(?<![\\d.])${octet}(?:\\.${octet}){3}(?![\\d]|\\.\\d)`, 'g')

/** Four numbers of 0 to 255. A version number of four parts looks the same and is taken too. */
export const ipv4: Rule = (text) =>
  [...text.matchAll(dotted)].map((match) => ({
    type: 'IP_ADDRESS',
    start: match.index,
    end: match.index + match[0].length,
  }))

/** Runs of address characters with at least two colons; what they mean is settled by `isIpv6`. */
const colonRun = /(?<![\p{L}\p{N}:.])[0-9a-f:.]{2,45}(?![\p{L}\p{N}:])/giu

/** IPv6 addresses in full or with `::`, also with an IPv4 tail. */
export const ipv6: Rule = (text) =>
  [...text.matchAll(colonRun)].flatMap((match) => {
    const run = match[0].replace(/\.+$/, '').replace(/(?<!:):$/, '')
    return isIpv6(run) ? [{ type: 'IP_ADDRESS', start: match.index, end: match.index + run.length }] : []
  })

/** RFC 4291 text forms. `::` alone is refused: it is an operator far more often than an address. */
export function isIpv6(run: string): boolean {
  const halves = run.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const tail = groups.at(-1)
  const hasIpv4 = tail !== undefined && new RegExp(`^${octet}(?:\\.${octet}){3}$`).test(tail)
  const hex = hasIpv4 ? groups.slice(0, -1) : groups
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  const length = hex.length + (hasIpv4 ? 2 : 0)
  return halves.length === 2 ? length >= 1 && length <= 7 : length === 8
}
