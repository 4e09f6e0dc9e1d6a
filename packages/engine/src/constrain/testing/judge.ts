/** ajv as the judge of what a schema accepts, with its own idea of the formats. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Schema } from '../schema/keywords.ts'

const isDate = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}
const isTime = (text: string): boolean => {
  const parts = /^(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-](\d\d):(\d\d))$/.exec(text)
  if (!parts) return false
  const [hour, minute, second, zoneHour = '0', zoneMinute = '0'] = [1, 2, 3, 6, 7].map((i) => parts[i])
  return (
    Number(hour) < 24 &&
    Number(minute) < 60 &&
    Number(second) < 60 &&
    Number(zoneHour) < 24 &&
    Number(zoneMinute) < 60
  )
}
const isHost = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((label) => /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i.test(label))
const isUrl = (text: string): boolean =>
  /^[a-z][a-z\d+.-]*:\/\/[!-~]+$/i.test(text) && !/%(?![\da-f]{2})/i.test(text)
/** As ajv-formats has it. */
const isDuration = (text: string): boolean =>
  /^P(?!$)((\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?|(\d+W)?)$/.test(text)
const isV6 = (text: string): boolean => {
  const [left = '', right, ...more] = text.split('::')
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const all = [...groups(left), ...groups(right)]
  const isWhole = right === undefined ? all.length === 8 : all.length <= 7
  return more.length === 0 && isWhole && all.every((group) => /^[\da-f]{1,4}$/i.test(group))
}

const formats = {
  date: isDate,
  time: isTime,
  'date-time': (text: string) => isDate(text.split('T')[0]!) && isTime(text.slice(11)) && text[10] === 'T',
  duration: isDuration,
  uuid: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  ipv4: /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/,
  ipv6: isV6,
  hostname: isHost,
  email: (text: string) => {
    const [local = '', host = '', ...more] = text.split('@')
    return (
      more.length === 0 &&
      /^[^\s".]+(\.[^\s".]+)*$/.test(local) &&
      local.length <= 64 &&
      isHost(host) &&
      host.includes('.')
    )
  },
  uri: isUrl,
}

/** A validator of one schema. */
export function judge(schema: Schema): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, formats, validateSchema: false })
  return ajv.compile(schema as object | boolean) as (value: unknown) => boolean
}
