/**
 * Phone numbers: with a country code anywhere; of ten digits in the groups of North America; and in the national forms of other
 * regions where they begin with a 0 or are said to be a phone number. The numbering plans are libphonenumber's; how often a
 * text may put a question to it is bounded.
 */
import type { Rule, Span } from '../span.ts'
import { e164, regions } from './phone-key.ts'

const group = '\\(?\\d{1,15}\\)?'
/**
 * Groups of digits, one in parentheses, parted by a space, hyphen, dot or slash or two of them; behind a + also by `_` or the end
 * of a line.
 */
const candidate = new RegExp(
  `(?<![\\p{L}\\p{N}+])\\+${group}(?:(?:[-. /_\\t]{1,2}|[ \\t-]?\\r?\\n[ \\t]{0,4}|(?<=\\))|(?=\\())${group}){0,8}` +
    `|(?<![\\p{L}\\p{N}_.+/-]|\\d[,:])${group}(?:(?:[-. /]{1,2}|(?<=\\))|(?=\\())${group}){0,8}`,
  'gu',
)
const extension = /^,? ?(?:x|ext\.?|extension) ?\d{1,6}(?![\p{L}\p{N}])/iu
/** Ten digits in groups; exchanges are not looked at, because forms and films are full of numbers that are not given out. */
const northAmerican = /^(?:\+?1[-. ]?|001[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}$/
const between =
  '\\b[\\s:.,(\'"#-]{0,4}(?:(?:is|me|us|him|her|at|on|no|nr|number|numbers|line|under|to|it|from)\\b[\\s:.,(\'"#-]{0,4}){0,3}$'
/** Behind these any number is one that is dialled. */
const dialled = new RegExp(
  `(?:phones?|tel|telephone|mobile|cell|cellphone|fax|call(?:ing|ed)?|answering|reach(?:ed)?|dial|whatsapp|hotline|landline|telefon|t[ée]l[ée]phone|tel[eé]fono|m[óo]vil|cellulare|telefoon|telefone|celular|komórka)${between}`,
  'iu',
)
/** Behind these it has to be one of a plan. */
const said = new RegExp(
  `(?:desk|office|direct|ring|text|sms|messages?|signal|handy|portable|number|contact)${between}`,
  'iu',
)
const wordAfter = /^ {0,2}[(,]? ?(?:phone|tel|telephone|mobile|cell|fax|office|home|work|desk|direct)\b/i
/** E.164: at most 15 digits. Fewer than 6 are dialled inside one town or company. */
const fewest = 6
const most = 15
/** Germany's plan has more numbers than any other: asked first, it spares the questions about the rest. */
const widestFirst = regions.toSorted((a, b) => Number(b === 'DE') - Number(a === 'DE'))
/** Questions to the library a text; beyond, a candidate is hidden for its form alone. */
const mostQuestions = 2000
/** Dates and times of day, in any order of their parts. */
const dateLike =
  /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./](?:19|20)\d\d|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2}))(?:[ T]?\d{1,2}(?:[:.]?\d{2}){0,2})?$/

export const phone: Rule = (text) => {
  const spans: Span[] = []
  const known = new Map<string, boolean>()
  const isPhone = (number: string): boolean => {
    let answer = known.get(number)
    if (answer === undefined) {
      answer = known.size >= mostQuestions || e164(number.replace('(0)', ''), widestFirst) !== undefined
      if (known.size < mostQuestions) known.set(number, answer)
    }
    return answer
  }
  for (const match of text.matchAll(candidate)) {
    const end = phoneEnd(text, match.index, match[0], isPhone)
    if (end === undefined) continue
    const more = extension.exec(text.slice(end, end + 20))?.[0].length ?? 0
    spans.push({ type: 'PHONE_NUMBER', start: match.index, end: end + more })
  }
  return spans
}

/** Where the number that begins a candidate ends: the longest that the plans know, else the longest with the form of one. */
function phoneEnd(
  text: string,
  start: number,
  run: string,
  isPhone: (number: string) => boolean,
): number | undefined {
  const ends = endsOf(text, start, run)
  const international = run.startsWith('+')
  const national = ends.find((end) => northAmerican.test(run.slice(0, end)))
  if (national !== undefined) return start + national
  const before = text.slice(Math.max(0, start - 48), start)
  const isDialled = dialled.test(before)
  const isTold =
    isDialled ||
    said.test(before) ||
    (ends[0] !== undefined && wordAfter.test(text.slice(start + ends[0], start + ends[0] + 16)))
  if (!international && !isTold && !isTrunk(run)) return undefined
  // What is whole on its first line does not go on with the next.
  const line = /[\r\n]/.exec(run)?.index ?? run.length
  const likely = ends.filter((end) => end <= line).concat(ends.filter((end) => end > line))
  const known = likely.find((end) => isPhone(run.slice(0, end)))
  if (known !== undefined) return start + known
  const formed = international ? likely.find((end) => digitsOf(run, end) >= 8) : undefined
  const end = formed ?? (isDialled ? likely[0] : undefined)
  return end === undefined ? undefined : start + end
}

/** Whether it begins with the 0 that is dialled before an area, in groups or as long as a whole number: others begin so, too. */
const isTrunk = (run: string) => /^(?:\(?0?0[1-9]\d*[-. /)(]|00?[1-9]\d{8,13}$)/.test(run)

const digitsOf = (run: string, end: number) => run.slice(0, end).replace(/\D/g, '').length

/** Ends of the run's groups with which it can be a number, the longest first. */
function endsOf(text: string, start: number, run: string): number[] {
  const ends: number[] = []
  for (const group of run.matchAll(/\d+\)?/g)) {
    const whole = group.index + group[0].length
    const open = run.slice(0, whole).split('(').length - run.slice(0, whole).split(')').length
    const end = open < 0 && group[0].endsWith(')') ? whole - 1 : whole
    const digits = digitsOf(run, end)
    const after = text.slice(start + end, start + end + 20)
    const goesOn = /^(?:[\p{L}\p{N}_]|[-.]\d)/u.test(after) && !extension.test(after) && end === run.length
    if (
      digits >= fewest &&
      digits <= most &&
      open <= 0 &&
      !goesOn &&
      !dateLike.test(run.slice(0, end).replace(/[()]/g, ''))
    )
      ends.push(end)
  }
  return ends.reverse()
}
