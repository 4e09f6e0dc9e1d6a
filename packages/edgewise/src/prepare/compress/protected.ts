/**
 * What compression never drops: numbers, negations, names, placeholders, URLs, quoted strings, code, JSON, tables and headings.
 * Ranges for what spans words, a test for single words. English words for negations and numbers: in other languages
 * only their digits are protected.
 */
import { splitPassages } from '../select/passages.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

/** Words with code, addresses or identifiers in them, all with a digit (placeholders, too), and what has no letter at all. */
const marked = /\p{N}|[`{}[\]<>=@_\\/|$€£%#]|[a-z]\p{Lu}|^\P{L}+$/u

const said = new Set(
  (
    'no not nor never none nothing nobody nowhere neither cannot without except unless only but however hardly ' +
    'less least more most fewer all any every each both must shall may should if until before after ' +
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
    'eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half'
  ).split(' '),
)

/** UTF-16 units from which a run without a space is an identifier, or a language written without spaces. */
const LONGEST_WORD = 30

/** Whether a single word must stay. */
export function isProtectedWord(word: string): boolean {
  if (word.length > LONGEST_WORD || marked.test(word)) return true
  const plain = word.toLowerCase().replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  return said.has(plain) || /n['’]t$/.test(plain)
}

/** Ranges that must stay whole, in the order of their starts; they may overlap. */
export function protectedRanges(text: string): Range[] {
  const ranges: Range[] = splitPassages(text).filter(({ kind }) => kind !== 'prose')
  const add = ({ index, 0: found }: RegExpExecArray): void => {
    ranges.push({ start: index, end: index + found.length })
  }
  for (const match of text.matchAll(/`[^`\n]{1,300}`|"[^"\n]{1,300}"|“[^”\n]{1,300}”|«[^»\n]{1,300}»/g))
    add(match)
  // A capital in the middle of a sentence is a name, or a word that somebody found as important.
  for (const match of text.matchAll(/(?<=[\p{Ll},;)] )\p{Lu}[\p{L}.]+/gu)) add(match)
  ranges.push(...jsonRanges(text))
  return ranges.sort((a, b) => a.start - b.start)
}

/** Objects and arrays that parse, found by their brackets in one pass; a blank line ends what was opened before it. */
function jsonRanges(text: string): Range[] {
  const ranges: Range[] = []
  const open: number[] = []
  for (const { index, 0: found } of text.matchAll(/[[{\]}]|\n[^\S\n]*\n|"(?:[^"\\\n]|\\.)*"/g)) {
    if (found === '[' || found === '{') open.push(index)
    else if (found.startsWith('\n')) open.length = 0
    else if (found.length === 1 && open.length > 0) {
      const start = open.pop()!
      if (open.length === 0 && isJson(text.slice(start, index + 1))) ranges.push({ start, end: index + 1 })
    }
  }
  return ranges
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
