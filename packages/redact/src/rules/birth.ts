/** Dates of birth: a whole date behind a word for it. Other dates name nobody, and a year alone few. */
import type { Rule } from '../span.ts'

const words =
  'd\\.?o\\.?b\\.?|date of birth|birth ?date|birthday|born|geburtsdatum|geboren|geb\\.|née? le|date de naissance|fecha de nacimiento|nacid[oa] el|data di nascita|nat[oa] il|geboortedatum|urodzon[ya]|data urodzenia|data de nascimento'
const months =
  '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?'
const dates = [
  '(?:19|20)\\d\\d[-./](?:0?[1-9]|1[0-2])[-./](?:[0-2]?\\d|3[01])',
  '(?:[0-2]?\\d|3[01])[-./] ?(?:[0-2]?\\d|3[01])[-./] ?(?:(?:19|20)\\d\\d|\\d\\d)',
  `(?:[0-2]?\\d|3[01])(?:st|nd|rd|th|\\.)? (?:of )?${months},? (?:19|20)\\d\\d`,
  `${months} (?:[0-2]?\\d|3[01])(?:st|nd|rd|th)?,? (?:19|20)\\d\\d`,
]
const born = new RegExp(
  `(?<!\\p{L})(?:${words})(?!\\p{L})[\\s:"'=(,]{0,6}(?:(?:on|is|was|am|le|el|il|den|dnia)[\\s:"']{1,3}){0,2}(${dates.join('|')})(?![\\p{L}\\p{N}])`,
  'giu',
)

export const birthDate: Rule = (text) =>
  [...text.matchAll(born)].map((match) => {
    const end = match.index + match[0].length
    return { type: 'DATE_OF_BIRTH', start: end - match[1]!.length, end }
  })
