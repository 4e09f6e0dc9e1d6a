/**
 * Phone numbers: with a country code anywhere; of ten digits in the groups of North America; and in the national forms of other
 * regions where they begin with a 0 or are said to be a phone number. The numbering plans are libphonenumber's; how often a
 * text may put a question to it is bounded.
 */
import type { Rule, Span } from '../span.ts'
import { e164, regions } from './phone-key.ts'
import {
  after,
  ahead,
  before,
  behind,
  headsOf,
  isAmount,
  isBehind,
  isOfThing,
  tailsOf,
  textAfter,
  textBefore,
} from './said.ts'

const group = '(?:\\( ?)?\\d{1,15}(?: ?\\))?'
/**
 * Groups of digits, one in parentheses, parted by a space, hyphen, dot or slash or up to three of them; behind a + also by `_` or the end
 * of a line.
 */
const candidate = new RegExp(
  `(?<![\\p{Lu}\\p{Ll}\\p{N}+])\\+${group}(?:(?:[-. /_\\t]{1,3}|[ \\t-]?\\r?\\n[ \\t]{0,4}|(?<=\\))|(?=\\())${group}){0,8}` +
    `|(?<![\\p{Lu}\\p{Ll}\\p{N}_.+/-]|\\d[,:])${group}(?:(?:[-. /]{1,3}|(?<=\\))|(?=\\())${group}){0,8}`,
  'gu',
)
const extension = /^,? ?(?:x|ext\.?|extension) ?\d{1,6}(?![\p{L}\p{N}])/iu
/** Ten digits in groups; exchanges are not looked at, because forms and films are full of numbers that are not given out. */
const northAmerican = /^(?:\+?1[-. ]?|001[-. ])?(?:\(?[1-9]\d\d\)[-. ]{0,2}|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}$/
/** Forms that tell: of North America; of Russia, dialled at home; of Brazil. */
const telling = new RegExp(
  `${northAmerican.source}|^8[- ]?\\(\\d{3,4}\\) ?\\d{2,3}-\\d\\d-?\\d\\d$|^\\([1-9]\\d\\) ?9?\\d{4}-\\d{4}$`,
)
/** Behind these any number is one that is dialled. */
const dialled = behind(
  '\\p{L}{0,12}phones?(?: ?(?:num(?:ber)?|no)s?)?|ph|tel|telephone|mobile|mob|cell(?:ular)?|fax|call(?:ing|ed|s)?|answering|picking up|reach(?:ed)?|dial(?:l?ed|l?ing)?|ring|text(?:ed)?|sms|whatsapp|signal|' +
    'hotline|fon|voicemail|landline|helpline|switchboard|callback|contact(?:s| (?:number|no))?|(?:my|his|her|their|our|your|home|work|office|emergency) (?:num(?:ber)?|no)|' +
    't[ée]l(?:[ée]phone)?s?|t[ée]l[ée]phone|portable|cellulaire|telefon\\p{L}*|handy\\p{L}*|mobil\\p{L}*|ruf\\p{L}*|durchwahl|anruf\\p{L}*|tel[eé]fonos?|celular|m[óo]vil|cel|cellulare|gsm|' +
    'telefoon\\p{L}*|telefone|telemóvel|kom(?:órka|órkowy|\\.)?|tlf|puh(?:elin\\p{L}*)?|matkapuhelin|mobiel|telp|hp|điện thoại|sđt|тел(?:ефон\\p{L}*)?|моб(?:ильный)?|τηλ(?:έφωνο)?|κινητό|טלפון|נייד|هاتف|جوال|تلفن|फ़?ोन|मोबाइल|โทร|电话|手机|電話|携帯|携帯電話|전화|휴대폰',
)
/** With these near and no other number between, it is in groups, or long, or of a plan. */
const aboutPhones =
  '(?:tele|cell|smart)?phones?|mobile|fax|hotline|landline|voicemail|sms|whatsapp|call(?:er)?(?: id)?|ring|dial|reach|text|contact|get hold of|(?:support|help|direct|customer|order) line|leave (?:a )?(?:message|word)|(?:a )?message for|answer(?:s|ed|ing)?|telefon\\p{L}*|t[ée]l[ée]phone|tel[eé]fono'
const nearby = before(aboutPhones)
const nearbyBehind = after(
  '(?:tele|cell|mobile |smart)?phone|voicemail|landline|hotline|telefon|t[ée]l[ée]phone',
)
const nearBehind = ahead('(?:tele|cell|mobile )?(?:phone|mobile|fax|cell)(?: number)?')
/** The letters of a card or a signature: phone, mobile, work, home, office, fax. */
const letter = /(?:^|[\n|,;\u00b7\u2022] ?)[tmpfcwoh]\.?: ?$/
const plain = behind('number|num|line')
/** Behind these it is in groups, or of a plan. */
const said = behind('desk|office|direct|messages?|registered')
/** Behind these it is another number of somebody, which other rules know. */
const otherwise = behind('card|account|konto\\p{L}*|member|policy|ssn|passport|licen[cs]e|pin|iban|identity')
const wordAfter = /^ {0,2}[(,]? ?(?:phone|tel|telephone|mobile|cell|fax|office|home|work|desk|direct)\b/i
/** E.164: at most 15 digits. Fewer than 6 are dialled inside one town or company. */
const fewest = 6
/** With a word further away. */
const fewestNear = 7
const most = 15
/** Germany's plan has more numbers than any other: asked first, it spares the questions about the rest. */
const widestFirst = regions.toSorted((a, b) => Number(b === 'DE') - Number(a === 'DE'))
/** Questions to the library a text; beyond, a candidate is hidden for its form alone. */
const mostQuestions = 2000
/** Dates and times of day, in any order of their parts. */
const dateLike =
  /^(?:(?:1[5-9]|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}[-./ ](?:19|20)\d\d|\d{1,2}([-./])\d{1,2}\2(?:\d{4}|\d{2}))(?:[ T]?\d{1,2}(?:[:.]?\d{2}){0,2})?$/
/** From one time of day to another; what begins with a whole date. */
const timesLike =
  /^(?:[01]\d|2[0-3])[0-5]\d ?- ?(?:[01]\d|2[0-3])[0-5]\d$|^\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d(?!\d)|^(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])(?!\d)/

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
  if (ends.length === 0) return undefined
  const international = run.startsWith('+')
  const front = textBefore(text, start)
  const heads = headsOf(front)
  const isDialled = isBehind(dialled, heads)
  const isOther = !international && !isDialled && (isBehind(otherwise, heads) || isOfThing(heads))
  const formed = isOther ? undefined : ends.find((end) => telling.test(run.slice(0, end)))
  if (formed !== undefined) return start + withTail(run, ends, formed)
  const back = textAfter(text, start + ends[0]!)
  const isNear =
    letter.test(front) ||
    isBehind(nearBehind, tailsOf(back)) ||
    (digitsOf(run, ends[0]!) >= fewestNear &&
      (nearby.test(front) || nearbyBehind.test(back)) &&
      !isAmount(front, back))
  const isTold =
    isDialled ||
    isBehind(said, heads) ||
    isBehind(plain, heads) ||
    isNear ||
    wordAfter.test(text.slice(start + ends[0]!, start + ends[0]! + 16))
  if (isOther || (!international && !isTold && !isTrunk(run) && !isTenDigits(text, start, run)))
    return undefined
  // What is whole on its first line does not go on with the next.
  const line = /[\r\n]/.exec(run)?.index ?? run.length
  const likely = ends.filter((end) => end <= line).concat(ends.filter((end) => end > line))
  const known = likely.find((end) => isPhone(run.slice(0, end)))
  if (known !== undefined) return start + withTail(run, ends, known)
  const long = international ? likely.find((end) => digitsOf(run, end) >= 8) : undefined
  const grouped =
    isBehind(said, heads) || isNear ? likely.find((end) => inGroups.test(run.slice(0, end))) : undefined
  const end = long ?? (isDialled ? likely[0] : grouped)
  return end === undefined ? undefined : start + end
}

/** Seven digits or more, or nine in one piece. */
const inGroups =
  /^(?=(?:\D*\d){7})(?:\(?\d{1,4}\)?(?:[-. ]\d{2,4}){1,4}|\(?\d{1,5}\)?[-. ]?\d{5,8}|\d{9,12})$/

/** E.164 without the 0 that is dialled at home. */
const mostTogether = 13

/** `end` or where the groups end that go on behind it: right behind a sign, or as short as a number's last ones. */
function withTail(run: string, ends: readonly number[], end: number): number {
  let last = end
  for (const next of ends.toReversed()) {
    if (next <= last || digitsOf(run, next) > mostTogether) continue
    const more = run.slice(last, next)
    if (!/^[-./]\d|^ \d{3,4}$/.test(more) || northAmerican.test(run.slice(0, last))) break
    last = next
  }
  return last
}

/** Whether it begins with the 0 that is dialled before an area, in groups or as long as a whole number: others begin so, too. */
const isTrunk = (run: string) => /^(?:\(?0?0[1-9]\d*[-. /)(]|00?[1-9]\d{8,13}$)/.test(run)

/** Ten digits in one piece as North America dials them, with nothing around that makes them an amount or the value of a name. */
function isTenDigits(text: string, start: number, run: string): boolean {
  if (!/^[2-9]\d\d[2-9]\d{6}$/.test(run)) return false
  return (
    !/[=:#$€£"'_{]\s?$/.test(text.slice(Math.max(0, start - 2), start)) &&
    !/^(?: ?[%$€£]|["'_]| \p{Ll})/u.test(text.slice(start + run.length, start + run.length + 3))
  )
}

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
    const goesOn =
      /^(?:[\p{Lu}\p{Ll}\p{N}_]|[-.]\d)/u.test(after) && !extension.test(after) && end === run.length
    if (
      digits >= fewest &&
      digits <= most &&
      open <= 0 &&
      !goesOn &&
      !dateLike.test(run.slice(0, end).replace(/[()]/g, '')) &&
      !timesLike.test(run.slice(0, end))
    )
      ends.push(end)
  }
  return ends.reverse()
}
