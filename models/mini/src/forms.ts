/**
 * The one way `fix` writes dates, times, US phone numbers, weekdays and "I" (protocol.md, "What fix changes"). Pure reading and writing:
 * the model says where one stands and whether to change it; the digits are only moved, never made up.
 */

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'],
  ...['November', 'December'],
]

/** `text` as a date, a time, a phone number, a weekday or "I" in its form, or undefined if all of it is not one. */
export function inForm(text: string): string | undefined {
  return date(text) ?? time(text) ?? phone(text) ?? weekday(text) ?? (text === 'i' ? 'I' : undefined)
}

/** A month's name or the beginning of one, a day and a year, in any order: "3rd of mar. 2026" is "March 3, 2026". */
function date(text: string): string | undefined {
  const parts = text.toLowerCase().match(/[a-z]+|\d+|[^\sa-z\d]/g) ?? []
  const rest = parts.filter((part) => !/^(?:st|nd|rd|th|of|the|[,.])$/.test(part))
  const [month, ...others] = months.filter((name) => rest.some((part) => startsMonth(name, part)))
  const day = rest.find((part) => /^\d{1,2}$/.test(part) && Number(part) >= 1 && Number(part) <= 31)
  const year = rest.find((part) => /^\d{4}$/.test(part))
  const whole =
    rest[0] === parts[0] && rest.length === 3 && month !== undefined && others.length === 0 && day && year
  return whole ? `${month} ${day}, ${year}` : undefined
}

const startsMonth = (name: string, part: string) =>
  part.length >= 3 && (name.toLowerCase().startsWith(part) || (part === 'sept' && name === 'September'))

/** 12-hour times: "5:30P.M." is "5:30 pm". */
function time(text: string): string | undefined {
  const match = /^(\d{1,2})(:[0-5]\d)?\s?([ap])\.?m\.?$/i.exec(text)
  if (!match || Number(match[1]) < 1 || Number(match[1]) > 12) return undefined
  return `${match[1]}${match[2] ?? ''} ${match[3]!.toLowerCase()}m`
}

/** Ten digits, the area not starting with 0 or 1: "555.123.4567" is "(555) 123-4567". */
function phone(text: string): string | undefined {
  const match = /^(?:\(([2-9]\d\d)\)|([2-9]\d\d))[-. ]?(\d{3})[-. ]?(\d{4})$/.exec(text)
  return match ? `(${match[1] ?? match[2]}) ${match[3]}-${match[4]}` : undefined
}

/** Weekdays have one meaning and a capital; months are left to the model, for "may" and "march" have two. */
function weekday(text: string): string | undefined {
  return /^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$/i.test(text)
    ? text[0]!.toUpperCase() + text.slice(1).toLowerCase()
    : undefined
}
