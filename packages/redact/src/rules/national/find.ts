/**
 * Which number of the tables in this folder a chain of groups is (chains.ts): by the lengths of the groups, then the form, then what checks
 * it; where that does not tell it from other numbers, by its name nearby. Right behind its own name a number of the right form
 * is one even when its check digits are wrong: people mistype.
 */
import type { Chain } from '../chains.ts'
import {
  after,
  ahead,
  anywhere,
  before,
  behind,
  isAmount,
  isBehind,
  isLongCode,
  isOfThing,
  tailsOf,
  type Words,
} from '../said.ts'
import { americas } from './americas.ts'
import { asiaPacificAfrica } from './asia-pacific-africa.ts'
import { easternEurope } from './eastern-europe.ts'
import { northernEurope } from './northern-europe.ts'
import type { NationalId } from './row.ts'
import { westernEurope } from './western-europe.ts'

const rows = [...americas, ...westernEurope, ...northernEurope, ...easternEurope, ...asiaPacificAfrica].map(
  (row) => ({
    ...row,
    near: anywhere(row.names),
    behind: behind(row.names),
    ahead: ahead(row.names),
    before: before(row.names),
    after: after(row.names),
  }),
)
type Row = (typeof rows)[number]

const byGroups = new Map<string, Row[]>()
for (const row of rows) {
  for (const groups of row.groups.split('|')) byGroups.set(groups, [...(byGroups.get(groups) ?? []), row])
}
/** All names of the tables, as alternatives of an expression. */
export const nationalNames: string = rows.map((row: NationalId) => row.names).join('|')

/** What the chain is: the row whose checks and name fit, else one whose checks are enough, else one whose name stands by it. */
export function nationalType(chain: Chain, words: Words): string | undefined {
  const formed = byGroups.get(chain.groups)?.filter(({ code }) => code.test(chain.code)) ?? []
  if (formed.length === 0) return undefined
  const valid = formed.filter(({ isValid }) => isValid?.(chain.code) ?? true)
  return namedType(chain, words, formed, valid) ?? aloneType(chain, valid)
}

function namedType(
  chain: Chain,
  words: Words,
  formed: readonly Row[],
  valid: readonly Row[],
): string | undefined {
  const back = words.back(chain.end)
  const inFront = words.namedInFront(chain.start)
  if (!inFront && !words.namedBehind(chain.end)) return undefined
  const front = words.front(chain.start)
  const heads = words.heads(chain.start)
  const tails = tailsOf(back)
  const named = formed.filter((row) => (inFront && row.near.test(front)) || row.near.test(back))
  if (named.length === 0) return undefined
  const beside = named.filter((row) => isBehind(row.behind, heads) || isBehind(row.ahead, tails))
  const isFree = !isAmount(front, back) && !isOfThing(heads)
  const found =
    beside.find((row) => valid.includes(row)) ??
    beside[0] ??
    (isFree ? named.find((row) => row.isValid !== undefined && valid.includes(row)) : undefined)
  if (found !== undefined || !isFree || !isLongCode(chain.code, front)) return found?.type
  return named.find((row) => row.before.test(front) || row.after.test(back))?.type
}

function aloneType({ groups }: Chain, valid: readonly Row[]): string | undefined {
  const grouped = /\D/.test(groups)
  return valid.find(({ alone }) => alone === 'always' || (alone === 'grouped' && grouped))?.type
}
