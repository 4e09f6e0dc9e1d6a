/** Secrets on a command line and in XML: `--password value`, `curl -u user:password`, `<password>value</password>`. */
import type { Rule, Span } from '../span.ts'
import { isCode, isSecret, secretNames } from './secret-value.ts'

const option = new RegExp(
  `(?<![\\w-])--?(?:[a-z\\d]{1,32}-){0,4}(${secretNames})[ \\t]{1,4}(?:"([^"\\n]+)"|'([^'\\n]+)'|(?=\\S*[\\d!#$%^&*+])([^\\s"'\`<>([{-][^\\s"'\`<>]+))`,
  'giu',
)
const user =
  /(?<=[\s"'])(?:-[a-zA-Z]{0,5}u|--user|--proxy-user)(?:[ \t=]{1,4}|(?=["']))(?:"([^"\n]+)"|'([^'\n]+)'|([^\s"'`]+))/g
/** A program that takes `user:password`, on the line before, which a backslash may continue. */
const webClient = /\b(?:curl|wget|https?|xh)\s(?:[^\n]|(?<=\\)\n)*$/
const element = new RegExp(`(${secretNames})(?:\\s[^<>\\n]{0,128})?>([^<>]+)</[\\w.:-]{0,60}\\1>`, 'giu')
const lineBefore = 300

export const command: Rule = (text) => [...options(text), ...users(text), ...elements(text)]

function options(text: string): Span[] {
  return [...text.matchAll(option)].flatMap((match) => {
    const quoted = match[2] ?? match[3]
    const value = quoted ?? match[4]!
    const isOne = isSecret(match[1]!, value) && (quoted !== undefined || !isCode(value, ''))
    return isOne ? [endOf(match, value, quoted !== undefined)] : []
  })
}

function users(text: string): Span[] {
  return [...text.matchAll(user)].flatMap((match) => {
    const quoted = match[1] ?? match[2]
    const value = quoted ?? match[3]!
    const [, password] = /^[^:]+:([\s\S]+)$/.exec(value) ?? []
    if (password === undefined || !isSecret('password', password) || /^\d+:\d+$/.test(value)) return []
    if (quoted === undefined && isCode(password, '')) return []
    if (!webClient.test(text.slice(Math.max(0, match.index - lineBefore), match.index))) return []
    return [endOf(match, value, quoted !== undefined)]
  })
}

function elements(text: string): Span[] {
  if (!text.includes('</')) return []
  return [...text.matchAll(element)].flatMap((match) => {
    const value = match[2]!.trim()
    if (!isSecret(match[1]!, value)) return []
    const start = text.indexOf(value, match.index + match[0].indexOf('>') + 1)
    return [{ type: 'PASSWORD', start, end: start + value.length }]
  })
}

/** The value at the end of a match. */
function endOf(match: RegExpExecArray, value: string, quoted: boolean): Span {
  const end = match.index + match[0].length - Number(quoted)
  return { type: 'PASSWORD', start: end - value.length, end }
}
