/** E-mail addresses: the longest local part before each @, the longest domain of at least two labels after it. */
import type { Rule, Span } from '../span.ts'

/** With the quotes (RFC 5321). In them no brackets and no sign at an edge: `f("a") + "@b.org"` is code. */
const mostLocal = 64
const quoted = /"[\p{L}\p{N}](?:[^"\n()[\]{}]{0,60}[\p{L}\p{N}])?"$/u
/** RFC 5321 limits: 64 before the @, 255 after it. Marks, too: letters may be written with combining ones. */
const localTail = /[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}$/u
/** Inside a URL what parts its pieces is no part of an address. */
const localTailInUrl = /[\p{L}\p{M}\p{N}._%+'~-]{1,64}$/u
/** What separates or quotes an address is also allowed in it (RFC 5322 atext): at its start it is taken as the former. */
const localLead = /^[^\p{L}\p{N}_%+]+/u
const domainHead = /^[\p{L}\p{M}\p{N}-]{1,63}(?:\.[\p{L}\p{M}\p{N}-]{1,63}){1,8}/u
const urlUnits = 224

export const email: Rule = (text) => {
  const spans: Span[] = []
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const domain = domainOf(domainHead.exec(text.slice(at + 1, at + 256))?.[0] ?? '')
    if (!domain) continue
    const url = urlBefore(text, at)
    // `user:password@host`: the rule for URLs takes it.
    if (url !== undefined && /:\/\/[^\s/?#@]*:[^\s/?#,;]*$/.test(url)) continue
    const tail = url === undefined ? localTail : localTailInUrl
    const before = text.slice(Math.max(0, at - mostLocal), at)
    const local = quoted.exec(before)?.[0] ?? tail.exec(before)?.[0].replace(localLead, '')
    // The user of every repository on a host, and a person's on none.
    if (!local || local === 'git') continue
    spans.push({ type: 'EMAIL_ADDRESS', start: at - local.length, end: at + 1 + domain.length })
  }
  return spans
}

/** The run of letters before `at` when a URL begins in it. */
function urlBefore(text: string, at: number): string | undefined {
  let from = at
  while (from > 0 && at - from < urlUnits && !/\s/.test(text[from - 1]!)) from--
  const run = text.slice(from, at)
  return /:\/\/|mailto:|www\./i.test(run) ? run : undefined
}

/** Letters, or an internationalised name in its ASCII form (RFC 5890). */
const topLabel = /^(?:xn--[a-z\d]{1,59}(?:-[a-z\d]{1,59}){0,4}|\p{L}[\p{L}\p{M}]{1,62})(?=-|$)/iu

/** `labels` without what follows the last one that can be a top-level domain: "acme.com-please" and "acme.com.2" end at com. */
function domainOf(labels: string): string | undefined {
  const parts = labels.split('.')
  for (let last = parts.length - 1; last > 0; last--) {
    const top = topLabel.exec(parts[last]!)?.[0]
    if (top) return [...parts.slice(0, last), top].join('.')
  }
  return undefined
}
