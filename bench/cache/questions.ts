/** Questions with a label that says which of them may share an answer, drawn from ../shared/tasks with a fixed seed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '@edgewise/engine'

export interface Question {
  readonly text: string
  readonly label: string
}

export interface QuestionSet {
  readonly name: string
  readonly kept: readonly Question[]
  /** None of them is letter for letter among the kept. */
  readonly asked: readonly Question[]
}

export function questionSets(folder: string): QuestionSet[] {
  const { inside, outside } = clinc(join(folder, 'clinc150/data.json'))
  const set = divided('CLINC150', inside, 1500, 1500)
  return [
    { ...set, asked: [...set.asked, ...outside] },
    divided('Banking77', banking(join(folder, 'banking77/train.csv')), 8000, 2000),
    divided('Snips', snips(join(folder, 'snips')), 8000, 2000),
  ]
}

/** The test part, which the embedded model has not seen; what is out of scope has a label of its own, each. */
function clinc(path: string): { inside: Question[]; outside: Question[] } {
  const data = JSON.parse(readFileSync(path, 'utf8')) as Record<'val' | 'oos_val', [string, string][]>
  return {
    inside: data.val.map(([text, label]) => ({ text, label })),
    outside: data.oos_val.map(([text], i) => ({ text, label: `out of scope ${i}` })),
  }
}

/** Two columns, the first quoted where it has a comma, a quote or a line break. */
function banking(path: string): Question[] {
  const rows = readFileSync(path, 'utf8').matchAll(/^(?:"((?:[^"]|"")*)"|([^",\n]*)),(\w+\??)\r?$/gm)
  return [...rows].slice(1).map(([, quoted, plain, label]) => ({
    text: (quoted?.replaceAll('""', '"') ?? plain!).replaceAll(/\s+/g, ' ').trim(),
    label: label!,
  }))
}

const snipsIntents = [
  'AddToPlaylist',
  'BookRestaurant',
  'GetWeather',
  'PlayMusic',
  'RateBook',
  'SearchCreativeWork',
  'SearchScreeningEvent',
]

/** An answer depends on what the slots say; "schedule" and "schedules" say the same. */
function snips(folder: string): Question[] {
  return snipsIntents.flatMap((intent) => {
    const bytes = readFileSync(join(folder, `train_${intent}_full.json`))
    const rows = JSON.parse(new TextDecoder().decode(bytes))[intent] as {
      data: { text: string; entity?: string }[]
    }[]
    return rows.map(({ data }) => {
      const slots = data.filter(({ entity }) => entity !== undefined)
      const values = slots.map(
        ({ entity, text }) => `${entity}=${text.trim().toLowerCase().replace(/s$/, '')}`,
      )
      return {
        text: data
          .map(({ text }) => text)
          .join('')
          .trim(),
        label: [intent, ...values.sort()].join(' '),
      }
    })
  })
}

function divided(name: string, all: readonly Question[], keep: number, ask: number): QuestionSet {
  const random = seededRandom(1)
  const drawn = all
    .map((question) => ({ question, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ question }) => question)
  const kept = drawn.slice(0, keep)
  const texts = new Set(kept.map(({ text }) => text))
  const asked = drawn.slice(keep, keep + ask).filter(({ text }) => !texts.has(text))
  return { name, kept, asked }
}
