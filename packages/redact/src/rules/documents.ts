/**
 * Numbers that have no form of their own and are known by what they are called: passports, driving licences, accounts, patients,
 * national numbers of countries without a row. The name stands right before the number, or right behind it.
 */
import type { Chain } from './chains.ts'
import { vin } from './checksums.ts'
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
} from './said.ts'

interface Document {
  readonly type: string
  /** Of letters and digits alone, in capitals. */
  readonly code: RegExp
  readonly names: string
}

const number = '[ -]?(?:number|num|no|nr|nummer|id|#)'
/** Whose number it is, when it is nobody's. */
const ofThings =
  '(?<!(?:order|ticket|product|item|transaction|invoice|reference|tracking|process|session|request|article|case|part|serial|build|job|event|message|post|game|course|app)[ -])'
/** At least so many digits; which letters are there beside them is free. */
const code = (least: number, most: number, digits: number) =>
  new RegExp(`^(?=(?:[A-Z]*\\d){${digits}})[A-Z\\d]{${least},${most}}$`)

const table: readonly Document[] = [
  { type: 'IMEI', code: /^\d{14,16}$/, names: 'imei' },
  {
    type: 'VIN',
    code: /^[A-HJ-NPR-Z\d]{17}$/,
    names: 'vin|vehicle identification|fahrgestellnummer|chassis',
  },
  {
    type: 'PASSPORT',
    code: code(6, 12, 4),
    names:
      'passports?|reisepass\\p{L}*|pass-?(?:nummer|nr\\.?)|passeport|pasaporte|passaporto|passaporte|paspoort\\p{L}*|paszport\\p{L}*|passi(?:n numero)?|passnummer|паспорт\\p{L}*|护照|護照|パスポート|旅券|여권',
  },
  {
    type: 'US_DRIVER_LICENSE',
    code: code(5, 20, 4),
    names: "driver'?s?'? licen[cs]e|driver\u2019s licen[cs]e|dl|d\\.l\\.|dln",
  },
  {
    type: 'DRIVER_LICENSE',
    code: code(5, 20, 4),
    names: `driving (?:licen[cs]e|permit)|licen[cs]e${number}|führerschein\\p{L}*|permis(?: de conduire)?|patente|(?:carnet|licencia|permiso) de conducir|rijbewijs\\p{L}*|carta de condução|cnh|praw[oa] jazdy|körkort\\p{L}*|førerkort\\p{L}*|ajokortti|ehliyet|运转免许|運転免許`,
  },
  {
    type: 'BANK_ACCOUNT',
    code: code(6, 20, 6),
    names: `bank account|account${number}|acct|a/c|konto(?:nummer|-?nr\\.?)?|compte|cuenta|conto corrente|c/c|rekening\\p{L}*|routing|aba|sort code|blz|bankleitzahl|clabe|bsb|numer konta|счет|счёт`,
  },
  {
    type: 'MEDICAL_RECORD',
    code: code(5, 20, 4),
    names: `mrn|medical record|patient${number}|health (?:card|record|id)|krankenversicher\\p{L}*|patienten\\p{L}*`,
  },
  {
    type: 'INSURANCE_ID',
    code: code(6, 20, 5),
    names: `(?:insurance|policy|member|subscriber|beneficiary|versicherten)${number}|insurance policy|police`,
  },
  {
    type: 'LICENSE_PLATE',
    code: code(4, 9, 1),
    names:
      'licen[cs]e plate|(?:number|registration|vehicle) plate|plate (?:number|no)|kfz-?kennzeichen|kennzeichen|vehicle registration',
  },
  { type: 'CARD_CODE', code: /^\d{3,4}$/, names: 'cvv2?|cvc2?|cid|card (?:verification|security)' },
  {
    type: 'PASSWORD',
    code: /^(?:\d{4,8}|[A-Z]?\d{4,8})$/,
    names:
      '(?:verification|one-?time|authentication|authorization|confirmation|login|sms|2fa|mfa) (?:pass)?(?:code|pin|password)|otp|one[- ]time (?:pass)?(?:code|word|pin)|bestätigungscode|code de vérification|código de verificación',
  },
  {
    type: 'NATIONAL_ID',
    code: code(6, 18, 3),
    names: `(?:national (?:id|identity|identification|insurance|register|registration)\\p{L}*|(?:personal|government|citizen(?:ship)?|resident|alien|state)[ -](?:id|identity|identification|number|code|no|registration)\\p{L}*|id(?:entity|entification)?[ -](?:number|no|card|document|code|#)|identity|ssn|sin|nin|social (?:security|insurance)|tax(?:payer)?[ -](?:id|identification|number|no|file|reference|code)\\p{L}*|tin|vat|(?:personal)?ausweis\\p{L}*|steuer-?nummer|(?:carte (?:nationale )?d['\u2019]identit[ée])|cni|documento(?: nacional)?(?: de identi(?:dad|dade))?|documento d['\u2019]identità|identiteitskaart|id-?kort|identifikations?nummer|kimlik|nomor identitas|身份证|證件|удостоверени\\p{L}*|green card|uscis|alien registration|a-number)`,
  },
]
const rows = table.map((row) => ({
  ...row,
  near: anywhere(row.names),
  behind: behind(row.names, ofThings),
  ahead: ahead(row.names),
  before: before(row.names, ofThings),
  after: after(row.names, ofThings),
}))
/** All names of the table, as alternatives of an expression. */
export const documentNames: string = table.map(({ names }) => names).join('|')

/** A day, month and year, or a stretch of years. */
const dateLike =
  /^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)?\d\d|(?:19|20)\d\d-(?:19|20)\d\d)$/
/** Of a machine: a rule of its own knows what it is. */
const address = /^[123]\.[123]\.[123]\.[123]/
/** A word in small letters, or one at the end, is not part of a number. */
const hasWord = /(?:^|[^A-Za-z\d])[A-Za-z]*[a-z][A-Za-z]*(?:$|[^A-Za-z\d])|[ ./(](?:[A-Za-z]{2,}|[AI])$/

/** What the name beside the chain says it is. */
export function documentType(text: string, chain: Chain, words: Words): string | undefined {
  if (!/\d\D*\d\D*\d|[A-Z].*\d/.test(chain.code) || address.test(chain.groups)) return undefined
  const written = text.slice(chain.start, chain.end)
  if (chain.groups === '17' && vinAlone.test(written) && vin(written)) return 'VIN'
  if (hasWord.test(written)) return undefined
  // Part of a longer number.
  if (
    /\d[ ./-]$/.test(text.slice(Math.max(0, chain.start - 2), chain.start)) ||
    /^[ ./-]\d/.test(text.slice(chain.end, chain.end + 2))
  )
    return undefined
  const isLong = /(?:\d\D*){6}/.test(chain.code)
  const inFront = words.namedInFront(chain.start)
  if (!inFront && !isLong) return undefined
  const front = words.front(chain.start)
  const back = words.back(chain.end)
  if (!inFront && !words.namedBehind(chain.end)) return undefined
  const isDate = dateLike.test(written)
  const fitting = rows.filter(
    (row) =>
      row.code.test(chain.code) &&
      !(isDate && row.type !== 'BANK_ACCOUNT') &&
      ((inFront && row.near.test(front)) || row.near.test(back)),
  )
  if (fitting.length === 0) return undefined
  const heads = words.heads(chain.start)
  const tails = isLong ? tailsOf(back) : []
  const beside = fitting.find((row) => isBehind(row.behind, heads) || isBehind(row.ahead, tails))
  if (beside !== undefined || !isLongCode(chain.code, front) || isAmount(front, back) || isOfThing(heads))
    return beside?.type
  return fitting.find((row) => row.before.test(front) || row.after.test(back))?.type
}

/** With letters and digits as a maker writes it, and a right check digit: North America and China. */
const vinAlone = /^(?=.*[A-Z].*[A-Z])(?=(?:.*\d){4})[A-HJ-NPR-Z\d]{8}[\dX][A-HJ-NPR-Z\d]{4}\d{4}$/
