/**
 * Which regions' national forms are worth knowing: adds one after the other, always the one that finds most labelled numbers of
 * presidio that none before it finds, and counts the other digits each would hide.
 *
 *     cd bench && npm run redact:regions
 */
import { type CountryCode, getCountries } from 'libphonenumber-js/max'
import { e164 } from '../../packages/redact/src/rules/phone-key.ts'
import { presidioItems, wnutItems } from './items.ts'

const run =
  /(?<![\p{L}\p{N}_.+/-])\(?\d{1,15}\)?(?:(?:[-. /]{1,2}|(?<=\))|(?=\())\(?\d{1,15}\)?){0,8}(?![\p{L}\p{N}])/gu
const items = [...(await presidioItems()), ...(await wnutItems())]
const phones = new Set<string>()
const others = new Set<string>()
for (const { text, spans } of items) {
  for (const match of text.matchAll(run)) {
    const at = { start: match.index, end: match.index + match[0].length }
    const over = spans.find((span) => span.start < at.end && at.start < span.end)
    if (over?.type === 'PHONE_NUMBER') phones.add(text.slice(over.start, over.end))
    else if (match[0].replace(/\D/g, '').length >= 7 && over?.type !== 'CREDIT_CARD') others.add(match[0])
  }
}
const national = [...phones].filter((number) => !number.startsWith('+') && !number.startsWith('00'))
const has = (number: string, region: CountryCode) => e164(number.replace(/\(0\)/, ''), [region]) !== undefined
let left = national.filter(
  (number) => !/^(?:1[-. ]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}/.test(number),
)
console.log(
  `${phones.size} labelled numbers, ${national.length} national, ${left.length} not in the form of North America; ${others.size} other runs of digits`,
)
console.log(`| region | adds | of other runs | with trunk 0 |\n| --- | --- | --- | --- |`)
for (let i = 0; i < 24 && left.length > 0; i++) {
  const gains = getCountries().map((region) => ({
    region,
    found: left.filter((number) => has(number, region)),
  }))
  const best = gains.reduce((a, b) => (b.found.length > a.found.length ? b : a))
  if (best.found.length === 0) break
  const wrong = [...others].filter((number) => has(number, best.region))
  const trunk = wrong.filter((number) => /^\(?0/.test(number))
  console.log(
    `| ${best.region} | ${best.found.length} | ${wrong.length} | ${trunk.length} |   ${best.found.slice(0, 4).join('; ')}`,
  )
  left = left.filter((number) => !best.found.includes(number))
}
console.log('not found', left.length, left.join('; '))
