/**
 * The formats that are kept by construction, as expressions for the whole text. They accept a part of what the standards
 * allow where those allow what nobody writes (quoted local parts of e-mail addresses, leap seconds).
 */

const day = '(?:0[1-9]|1\\d|2[0-8])'
const leapYear = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)'
const date =
  `(?:\\d{4}-(?:(?:0[1-9]|1[0-2])-${day}|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)` +
  `|${leapYear}-02-29)`
const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?'
const time = `${clock}(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)`
const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const group = '[\\dA-Fa-f]{1,4}'
const label = '[A-Za-z\\d](?:[A-Za-z\\d-]{0,30}[A-Za-z\\d])?'
const atom = "[A-Za-z\\d!#$%&'*+/=?^_`{|}~-]{1,31}"
const percent = '%[\\dA-Fa-f]{2}'
const pathCharacter = `(?:[A-Za-z\\d\\-._~!$&'()*+,;=:@]|${percent})`
const queryCharacter = `(?:[A-Za-z\\d\\-._~!$&'()*+,;=:@/?]|${percent})`
const period = '(?:\\d{1,9}Y(?:\\d{1,9}M(?:\\d{1,9}D)?)?|\\d{1,9}M(?:\\d{1,9}D)?|\\d{1,9}D)'
const span = 'T(?:\\d{1,9}H(?:\\d{1,9}M(?:\\d{1,9}S)?)?|\\d{1,9}M(?:\\d{1,9}S)?|\\d{1,9}S)'

export const formats: Readonly<Record<string, string>> = {
  // RFC 3339, section 5.6; every day exists.
  date,
  time,
  'date-time': `${date}T${time}`,
  // RFC 3339, appendix A.
  duration: `P(?:\\d{1,9}W|${period}(?:${span})?|${span})`,
  uuid: '[\\dA-Fa-f]{8}-[\\dA-Fa-f]{4}-[\\dA-Fa-f]{4}-[\\dA-Fa-f]{4}-[\\dA-Fa-f]{12}',
  ipv4: `${byte}(?:\\.${byte}){3}`,
  ipv6: ipv6(),
  // Labels of up to 32 characters, seven at most: within the 253 of RFC 1123.
  hostname: `${label}(?:\\.${label}){0,6}`,
  email: `${atom}(?:\\.${atom})?@${label}(?:\\.${label}){1,6}`,
  // RFC 3986 with an authority: schemes without "//" are left out.
  uri:
    `[A-Za-z][A-Za-z\\d+.\\-]*://(?:(?:[A-Za-z\\d\\-._~!$&'()*+,;=:]|${percent})*@)?(?:[A-Za-z\\d\\-._~!$&'()*+,;=]|${percent})+(?::\\d{1,5})?` +
    `(?:/${pathCharacter}*)*(?:\\?${queryCharacter}*)?(?:#${queryCharacter}*)?`,
}

/** `contentEncoding`, as expressions for the whole text (RFC 4648, sections 4 and 5). */
export const encodings: Readonly<Record<string, string>> = {
  base64: '(?:[A-Za-z\\d+/]{4})*(?:[A-Za-z\\d+/]{2}==|[A-Za-z\\d+/]{3}=)?',
  base64url: '(?:[A-Za-z\\d_-]{4})*(?:[A-Za-z\\d_-]{2}(?:==)?|[A-Za-z\\d_-]{3}=?)?',
}

/** Formats of numbers, as OpenAPI has them. */
export const numberFormats: Readonly<
  Record<string, readonly [minimum: number, maximum: number] | undefined>
> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  // Every whole number that is written and is one of these is in the range after it was parsed, too.
  int64: [-(2 ** 63), 2 ** 63 - 1024],
  float: undefined,
  double: undefined,
}

/** Eight groups, of which one run of zeros may be "::" (RFC 4291, section 2.2). */
function ipv6(): string {
  const forms = [`(?:${group}:){7}${group}`, `(?:${group}:){1,7}:`, `:(?::${group}){1,7}`, '::']
  for (let left = 1; left <= 6; left++) forms.push(`(?:${group}:){${left}}(?::${group}){1,${7 - left}}`)
  return `(?:${forms.join('|')})`
}
