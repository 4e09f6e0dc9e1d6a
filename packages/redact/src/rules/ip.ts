/**
 * IP addresses, version 4 and 6 (RFC 4291 text forms); not those every machine has, such as 127.0.0.1, and not what is said to be a
 * version.
 */
import type { Rule } from '../span.ts'

/** Filled up with zeros, too: three digits. */
const octet = '(?:25[0-5]|2[0-4]\\d|[01]\\d\\d|[1-9]?\\d)'
const dotted = new RegExp(`(?<![\\d.])${octet}(?:\\.${octet}){3}(?![\\d]|\\.\\d)`, 'g')
/** What stands before a version number of four parts: a word for it, or the product in a user agent. */
const versionBefore =
  /(?:\b(?:v|ver|version|versions|release|build|rev|revision|firmware|section|clause|chapter)[.:#]?\s{0,2}["'(=]?|\b(?:chrome|chromium|crios|safari|firefox|edg|edge|opr|version|applewebkit|electron|okhttp)\/)$/i

/** Addresses that every machine calls itself, or nobody. */
const nobody = /^(?:127\.|0{1,3}\.0{1,3}\.0{1,3}\.0{1,3}$|255\.255\.255\.255$|::1$)/

/** Four numbers of 0 to 255. */
export const ipv4: Rule = (text) =>
  [...text.matchAll(dotted)]
    .filter(
      ({ 0: value, index }) =>
        !nobody.test(value) && !versionBefore.test(text.slice(Math.max(0, index - 16), index)),
    )
    .map((match) => ({ type: 'IP_ADDRESS', start: match.index, end: match.index + match[0].length }))

/** Runs of address characters with at least two colons; what they mean is settled by `isIpv6`. */
const colonRun = /(?<![\p{L}\p{N}:.])[0-9a-f:.]{2,45}(?![\p{L}\p{N}:])/giu

/** Cheap to look for, and seldom there. */
const twoColons = /:[0-9a-f]{0,4}:/i

/** IPv6 addresses in full or with `::`, also with an IPv4 tail. */
export const ipv6: Rule = (text) => {
  if (!twoColons.test(text)) return []
  return [...text.matchAll(colonRun)].flatMap((match) => {
    const run = match[0].replace(/\.+$/, '').replace(/(?<!:):$/, '')
    return isIpv6(run) && !nobody.test(run)
      ? [{ type: 'IP_ADDRESS', start: match.index, end: match.index + run.length }]
      : []
  })
}

const ipv4Whole = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

/** `::` alone is refused: it is an operator far more often than an address. */
function isIpv6(run: string): boolean {
  const halves = run.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const tail = groups.at(-1)
  const hasIpv4 = tail !== undefined && ipv4Whole.test(tail)
  const hex = hasIpv4 ? groups.slice(0, -1) : groups
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  const length = hex.length + (hasIpv4 ? 2 : 0)
  return halves.length === 2 ? length >= 1 && length <= 7 : length === 8
}
