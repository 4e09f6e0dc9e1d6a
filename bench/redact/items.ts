/**
 * Labelled sentences of `../shared/tasks`: presidio's made-up ones and WNUT 2017's dev tweets. `heldBack` says whether the
 * embedded model saw a sentence's frame in training; the split is that of models/mini/recipe/splits.py. Offsets are UTF-16.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Span } from '@edgewise/redact'

export interface Item {
  readonly source: 'presidio' | 'wnut17'
  readonly text: string
  readonly spans: readonly Span[]
  readonly heldBack: boolean
}

export const tasksFolder: string = join(import.meta.dirname, '../../../shared/tasks')

const merged: Readonly<Record<string, string>> = {
  LOCATION: 'ADDRESS',
  STREET_ADDRESS: 'ADDRESS',
  GPE: 'ADDRESS',
  ZIP_CODE: 'ADDRESS',
}
const presidioFiles = ['generated_large.json', 'synth_v2_dev.json']

interface Row {
  readonly full_text: string
  readonly masked: string
  readonly spans: readonly { entity_type: string; start_position: number; end_position: number }[]
}

/** Both files, each text once. */
export async function presidioItems(folder: string = tasksFolder): Promise<Item[]> {
  const files = presidioFiles.map((name) => readFile(join(folder, 'presidio', name), 'utf8'))
  const rows = (await Promise.all(files)).flatMap((text) => JSON.parse(text) as Row[])
  const templates = await readFile(join(folder, 'presidio/templates.txt'), 'utf8')
  const isHeldBack = split([
    ...rows.map(({ masked }) => masked),
    ...templates.split('\n').map((line) => line.trim()),
  ])
  const seen = new Set<string>()
  return rows.flatMap(({ full_text, masked, spans }) => {
    const text = full_text.trim()
    if (seen.has(text)) return []
    seen.add(text)
    const cut = full_text.length - full_text.trimStart().length
    const unit = codePointOffsets(full_text)
    const typed = spans.map(({ entity_type, start_position, end_position }) => ({
      type: merged[entity_type] ?? entity_type,
      start: unit(start_position) - cut,
      end: unit(end_position) - cut,
    }))
    return [{ source: 'presidio' as const, text, spans: joined(text, typed), heldBack: isHeldBack(masked) }]
  })
}

/** The offset in UTF-16 units of a code point. */
function codePointOffsets(text: string): (offset: number) => number {
  const units: number[] = []
  let at = 0
  for (const letter of text) {
    units.push(at)
    at += letter.length
  }
  return (offset) => units[offset] ?? text.length
}

/** In order, without white space at their edges; neighbouring parts of one address as one. */
function joined(text: string, spans: readonly Span[]): Span[] {
  const out: Span[] = []
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    let { start, end } = span
    while (end > start && /\s/.test(text[end - 1]!)) end--
    while (start < end && /\s/.test(text[start]!)) start++
    const last = out.at(-1)
    if (start >= end || (last && start < last.end)) continue
    const isMore =
      last?.type === 'ADDRESS' &&
      span.type === 'ADDRESS' &&
      /^[\s,.\-/]{0,4}$/.test(text.slice(last.end, start))
    if (isMore) out[out.length - 1] = { ...last, end }
    else out.push({ type: span.type, start, end })
  }
  return out
}

const wordsOf = (masked: string) =>
  masked
    .replace(/\{\{.*?\}\}/g, ' ')
    .toLowerCase()
    .match(/[a-z]+/g) ?? []

/** Frames whose hash puts them into test, and that share no more than 60 % of their words with one of training. */
function split(all: readonly string[]): (masked: string) => boolean {
  const frames = [...new Set(all)].filter((frame) => frame !== '')
  const bucket = (frame: string) => crc32(wordsOf(frame).join(' ').slice(0, 60)) % 20
  const training = frames.filter((frame) => bucket(frame) > 5).map((frame) => new Set(wordsOf(frame)))
  const test = frames.filter((frame) => bucket(frame) < 4)
  const held = new Set(
    test.filter((frame) => {
      const own = new Set(wordsOf(frame))
      return !training.some((other) => {
        const shared = [...own].filter((word) => other.has(word)).length
        return shared > 0.6 * (own.size + other.size - shared)
      })
    }),
  )
  return (masked) => held.has(masked)
}

const wnutTypes: Readonly<Record<string, string>> = {
  person: 'PERSON',
  location: 'ADDRESS',
  corporation: 'ORGANIZATION',
  group: 'ORGANIZATION',
}

/** WNUT 2017's own dev split, from which the model learnt nothing; products and works of art are no names here. */
export async function wnutItems(folder: string = tasksFolder): Promise<Item[]> {
  const blocks = (await readFile(join(folder, 'wnut17/emerging.dev.conll'), 'utf8')).split(/\n\s*\n/)
  return blocks.flatMap((block) => {
    let text = ''
    const spans: Span[] = []
    for (const line of block.trim().split('\n')) {
      const [word = '', tag = 'O'] = line.split('\t').map((part) => part.trim())
      if (text !== '' && !/^([.,!?;:%)\]]|'s|'m|'re|'ve|'ll|'d|n't)/.test(word)) text += ' '
      const type = wnutTypes[tag.slice(2)]
      const last = spans.at(-1)
      const end = text.length + word.length
      if (type && tag.startsWith('I') && last?.type === type) spans[spans.length - 1] = { ...last, end }
      else if (type) spans.push({ type, start: text.length, end })
      text += word
    }
    return text === ''
      ? []
      : [{ source: 'wnut17' as const, text, spans: joined(text, spans), heldBack: true }]
  })
}
