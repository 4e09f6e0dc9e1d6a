/** A certificate as it was read from somewhere -> itself, checked: its form, and that its id is the digest of what it says. */
import { sortedJson } from '../sorted-json.ts'
import type { Certificate } from './certificate.ts'
import { CertifyError } from './certify-error.ts'
import { sha256 } from './digest.ts'

export const CERTIFICATE_FORMAT = 'edgewise.certificate/1'

/** The id of a certificate that says this. */
export async function certificateId(said: Omit<Certificate, 'id'>): Promise<string> {
  return `cert-${(await sha256(sortedJson(said))).slice(0, 16)}`
}

/** Throws CertifyError `certificate_malformed` or `certificate_altered`. Whoever can write certificates can write false ones: it is a digest, no signature. */
export async function verifyCertificate(value: unknown): Promise<Certificate> {
  const fault = certificateFault(value)
  if (fault !== null)
    throw new CertifyError(
      'certificate_malformed',
      `this is no certificate: ${fault}; make one with "edgewise certify"`,
    )
  const { id, ...said } = value as Certificate
  if (id === (await certificateId(said))) return value as Certificate
  throw new CertifyError(
    'certificate_altered',
    `certificate ${id.slice(0, 40)} was altered: its id is not the digest of what it says; certify again`,
  )
}

type Check = (value: unknown) => boolean
const isText: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 500
const isTime: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value)
const isShare: Check = (value) => isNumber(value) && (value as number) > 0 && (value as number) < 1
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isPositive: Check = (value) => isCount(value) && value !== 0
const isZeroOrMore: Check = (value) => isNumber(value) && (value as number) >= 0
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value)
const record =
  (fields: { readonly [name: string]: Check }): Check =>
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && wrongField(value, fields) === null
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)

/** The name of the first field that is missing, wrong or unknown. */
function wrongField(value: object, fields: { readonly [name: string]: Check }): string | null {
  for (const [name, check] of Object.entries(fields))
    if (!Object.hasOwn(value, name) || !check((value as Record<string, unknown>)[name])) return name
  return Object.keys(value).find((name) => !Object.hasOwn(fields, name)) ?? null
}

const isRising: Check = (value) => (value as number[]).every((knot, i, all) => i === 0 || all[i - 1]! <= knot)
const isKnots: Check = (value) => list(isNumber)(value) && (value as number[]).length > 1 && isRising(value)
const isFeature = record({ name: isText, knots: isKnots, weight: isNumber })

const isClaim: Check = (value) =>
  record({ kind: (kind) => kind === 'harm', alpha: isShare })(value) ||
  record({ kind: (kind) => kind === 'harm', alpha: isShare, calls: isPositive })(value) ||
  record({ kind: (kind) => kind === 'keeps', share: isShare })(value)

const isEntry: Check = (entry) =>
  Array.isArray(entry) && entry.length === 2 && orNull(isNumber)(entry[0]) && isCount(entry[1])
/** In ascending order, null, which stands for all that is lowest, before any number. */
const isReference: Check = (value) =>
  list(isEntry)(value) &&
  (value as Certificate['reference']).every(
    ([at], i, all) => i === 0 || (at !== null && (all[i - 1]![0] ?? Number.NEGATIVE_INFINITY) < at),
  )

const fields: { readonly [name: string]: Check } = {
  format: (value) => value === CERTIFICATE_FORMAT,
  id: isText,
  issuedAt: isTime,
  task: isText,
  device: record({ model: isText, quantisation: orNull(isText), template: orNull(isText) }),
  cloud: record({ model: isText }),
  claim: isClaim,
  delta: isShare,
  method: (value) => value === 'exact-binomial' || value === 'exact-hypergeometric' || value === 'betting',
  bar: orNull(
    record({
      signal: isText,
      threshold: isNumber,
      combination: orNull(
        record({ kind: (kind) => kind === 'logistic', intercept: isNumber, features: list(isFeature) }),
      ),
    }),
  ),
  evidence: record({
    n: isCount,
    candidates: isPositive,
    from: orNull(isTime),
    until: orNull(isTime),
    digest: isText,
    kept: isCount,
    harm: isZeroOrMore,
    saved: record({ value: isNumber, low: isNumber, high: isNumber }),
  }),
  reference: isReference,
}

/** What is wrong with its form, a clause; null when nothing is. */
export function certificateFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no JSON object'
  const wrong = wrongField(value, fields)
  return wrong === null ? null : `its "${wrong}" is missing, wrong or not known here`
}
