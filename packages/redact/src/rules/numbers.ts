/** Numbers of persons, firms, papers and accounts: one walk over the chains of groups in a text, each asked of the tables. */
import type { Rule, Span } from '../span.ts'
import { type Chain, chainsOf } from './chains.ts'
import { documentNames, documentType } from './documents.ts'
import { nationalNames, nationalType } from './national/find.ts'
import { anywhere, Words } from './said.ts'

const names = anywhere(`${nationalNames}|${documentNames}`, 'gu')

export const number: Rule = (text) => {
  const spans: Span[] = []
  let taken = 0
  let words: Words | undefined
  for (const chains of chainsOf(text)) {
    if (chains[0]!.start < taken) continue
    words ??= new Words(text, names)
    const around = words
    const found =
      first(text, chains, (chain) => nationalType(chain, around)) ??
      first(text, chains, (chain) => documentType(text, chain, around))
    if (found === undefined) continue
    spans.push(found)
    taken = found.end
  }
  return spans
}

/** The longest chain that is something. */
function first(
  text: string,
  chains: readonly Chain[],
  typeOf: (chain: Chain) => string | undefined,
): Span | undefined {
  for (const chain of chains) {
    const type = typeOf(chain)
    if (type !== undefined && standsAlone(text, chain)) return { type, start: chain.start, end: chain.end }
  }
  return undefined
}

/** No letter, digit or further group of digits stands around it, and it is no part of a path or of `name-of-a-page-123`. */
function standsAlone(text: string, { start, end }: Chain): boolean {
  const last = text.slice(Math.max(0, start - 2), start)
  return (
    !/[\p{Lu}\p{Ll}\p{N}_/]$|\d[-.]$|\p{L}-$/u.test(last) &&
    !/^(?:[\p{Lu}\p{Ll}\p{N}_]|[-.]\d)/u.test(text.slice(end, end + 2))
  )
}
