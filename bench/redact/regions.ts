/**
 * Which regions' national forms are worth knowing. Numbers that begin with a 0 and stand behind no word such as "call" are told
 * from other digits by a numbering plan alone: adds one region after the other, always the one that finds most labelled ones of
 * presidio that none before it finds; of equals, the one whose plan has fewest of the other runs of digits.
 *
 *     cd bench && npm run redact:regions
 */
import { type CountryCode, getCountries } from 'libphonenumber-js/min'
import { e164, regions } from '../../packages/redact/src/rules/phone-key.ts'
import { presidioItems, wnutItems } from './items.ts'

const run =
  /(?<![\p{L}\p{N}_.+/-])\(?\d{1,15}\)?(?:(?:[-. /]{1,2}|(?<=\))|(?=\())\(?\d{1,15}\)?){0,8}(?![\p{L}\p{N}])/gu
const phones = new Set<string>()
const others = new Set<string>()
for (const { text, spans } of [...(await presidioItems()), ...(await wnutItems())]) {
  for (const match of text.matchAll(run)) {
    const end = match.index + match[0].length
    const over = spans.find((span) => span.start < end && match.index < span.end)
    if (over?.type === 'PHONE_NUMBER') phones.add(text.slice(over.start, over.end))
    else if (match[0].replace(/\D/g, '').length >= 7 && over?.type !== 'CREDIT_CARD') others.add(match[0])
  }
}
const trunk = [...phones].filter((number) => /^\(?0[1-9]/.test(number))
const has = (number: string, region: CountryCode) => e164(number.replace('(0)', ''), [region]) !== undefined
console.log(
  `${phones.size} labelled numbers, ${trunk.length} begin with a 0; ${others.size} other runs of digits\n`,
)
const inPlans = trunk.filter((number) => e164(number.replace('(0)', '')) !== undefined).length
console.log(`The regions that are known, ${regions.join(', ')}: ${inPlans}\n`)
console.log('| region | adds | has of the others | of these with a 0 |\n| --- | --- | --- | --- |')
for (let left = trunk; left.length > 0; ) {
  const gains = getCountries().map((region) => ({
    region,
    found: left.filter((number) => has(number, region)),
    wrong: [...others].filter((number) => has(number, region)),
  }))
  const best = gains.reduce((a, b) =>
    (b.found.length - a.found.length || a.wrong.length - b.wrong.length) > 0 ? b : a,
  )
  if (best.found.length === 0) {
    console.log(`\nIn no region's plan: ${left.length}`)
    break
  }
  const zero = best.wrong.filter((number) => /^\(?0/.test(number))
  console.log(`| ${best.region} | ${best.found.length} | ${best.wrong.length} | ${zero.length} |`)
  left = left.filter((number) => !best.found.includes(number))
}
