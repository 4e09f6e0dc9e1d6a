/**
 * Questions about long contexts, each with the text that a good answer needs, made from the held-back tldr pages and documents of
 * the US government (`../../../shared/tasks`), seeded. `test` is what models/mini/recipe/splits.py holds back, by the CRC of the name,
 * so the embedded model was not trained on it; `tune` is other documents, on which what BM25 leaves open was chosen.
 */
import { readFileSync } from 'node:fs'
import { crc32, gunzipSync } from 'node:zlib'
import { seededRandom } from '../../packages/engine/src/index.ts'

export interface RetrievalItem {
  readonly question: string
  readonly documents: readonly string[]
  /** The lines or sentences that are needed, each of which stands in one of the documents. */
  readonly needed: readonly string[]
}

export type Part = 'tune' | 'test'

interface Document {
  readonly name: string
  readonly text: string
}

export function documentsOf(file: string, part: Part): Document[] {
  const path = new URL(`../../../shared/tasks/${file}`, import.meta.url)
  const [from, to] = part === 'test' ? [0, 1] : [2, 7]
  return gunzipSync(readFileSync(path))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { page?: string; doc?: string; text: string })
    .map(({ page, doc, text }) => ({ name: page ?? doc ?? '', text }))
    .filter(({ name }) => crc32(name) % 33 >= from && crc32(name) % 33 <= to)
}

/** The description of a command asks for its examples among those of 59 other commands; its name is not in the question. */
export function commands(part: Part): RetrievalItem[] {
  const random = seededRandom(1)
  const pages = documentsOf('tldr/pages.jsonl.gz', part).flatMap(({ text }) => {
    const title = /^# (.+)$/m.exec(text)?.[1]
    const about = /^> (?!More information|See also)(.+)$/m.exec(text)?.[1]
    const examples = text.slice(text.indexOf('\n- ') + 1).trim()
    if (!title || !about || examples.length < 80 || about.includes('alias of')) return []
    const question = about.split(title).join('the command').replaceAll('`', '')
    const words = question.toLowerCase().split(/\W+/)
    if (
      title
        .toLowerCase()
        .split(/\W+/)
        .some((word) => word.length > 2 && words.includes(word))
    )
      return []
    return [{ title, question, examples }]
  })
  return pages.map(({ question, examples }, i) => {
    const others = shuffled(
      pages.filter((_, k) => k !== i),
      random,
    ).slice(0, 59)
    const texts = shuffled([...others, pages[i]!], random).map(
      (page) => `# ${page.title}\n\n${page.examples}`,
    )
    return {
      question,
      documents: [texts.join('\n\n')],
      needed: examples.split('\n').filter((line) => line.length > 3),
    }
  })
}

/** A sentence was taken out of a paragraph and is the question; what is needed is the rest of the paragraph. */
export function sentences(part: Part): RetrievalItem[] {
  const random = seededRandom(2)
  const papers = prose(part)
  return papers.flatMap((paper, i) =>
    shuffled(paragraphs(paper.text), random)
      .slice(0, 8)
      .map((paragraph) => {
        const parts = sentencesOf(paragraph)
        const question = parts[Math.floor(random() * parts.length)]!
        const rest = parts.filter((sentence) => sentence !== question)
        const text = paper.text.replace(paragraph, () => rest.join(' '))
        return { question, documents: among(papers, i, text, random), needed: rest }
      }),
  )
}

/** A sentence with its number or name taken out; what is needed is the sentence. Nearly the same words: an easy set. */
export function blanks(part: Part): RetrievalItem[] {
  const random = seededRandom(3)
  const papers = prose(part)
  return papers.flatMap((paper, i) =>
    shuffled(paragraphs(paper.text).flatMap(sentencesOf), random)
      .flatMap((sentence) => {
        const answer = /\b\d[\d,.]*\b|(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*/.exec(sentence)?.[0]
        return answer ? [{ question: `${sentence.replace(answer, 'what')}?`, sentence }] : []
      })
      .slice(0, 8)
      .map(({ question, sentence }) => ({
        question,
        documents: among(papers, i, paper.text, random),
        needed: [sentence],
      })),
  )
}

/** Documents of some length, without their near copies: forks of one guide are common there. */
function prose(part: Part): Document[] {
  const seen = new Set<string>()
  return documentsOf('usgov/docs.jsonl.gz', part).filter(({ text }) => {
    const lines = text.split('\n').filter((line) => line.length > 60)
    const isCopy = lines.filter((line) => seen.has(line)).length > lines.length / 5
    for (const line of lines) seen.add(line)
    return !isCopy && text.length > 1500 && text.length < 40_000
  })
}

const paragraphs = (text: string): string[] =>
  text
    .split(/\n\s*\n/)
    .filter(
      (paragraph) =>
        /^[A-Z][^\n|]*$/.test(paragraph) && sentencesOf(paragraph).length >= 3 && paragraph.length < 1500,
    )

const sentencesOf = (paragraph: string): string[] =>
  paragraph.split(/(?<=[.?!]) (?=[A-Z])/).filter((sentence) => sentence.split(' ').length >= 6)

/** `text` in the place of its paper, among others up to about 60,000 characters. */
function among(papers: readonly Document[], i: number, text: string, random: () => number): string[] {
  const documents = [text]
  let length = text.length
  for (const other of shuffled(
    papers.filter((_, k) => k !== i),
    random,
  )) {
    if (length > 60_000) break
    documents.push(other.text)
    length += other.text.length
  }
  return shuffled(documents, random)
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = items.slice()
  for (let i = out.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1))
    const item = out[i]!
    out[i] = out[k]!
    out[k] = item
  }
  return out
}
