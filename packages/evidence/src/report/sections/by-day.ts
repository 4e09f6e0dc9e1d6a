/** A chart over days. Days without calls are drawn as 0, days whose figure nobody knows as a gap. */
import type { Block, Tone } from '../../document/document.ts'
import { count, day as dayInWords } from '../../document/words.ts'
import type { Day } from '../types.ts'

interface Line {
  readonly name: string
  readonly tone: Tone
  of(day: Day): number | null
}

const DAY_MS = 86_400_000

/** Nothing for less than two days; a line whose every value is 0 or unknown is left out. */
export function byDay(
  days: readonly Day[],
  title: string,
  label: string,
  lines: readonly Line[],
  format: (value: number) => string = count,
): readonly Block[] {
  const known = new Map(days.flatMap((day) => (day.day === null ? [] : [[numberOf(day.day), day] as const])))
  const numbers = [...known.keys()]
  const [first, last] = [numbers[0], numbers.at(-1)]
  if (first === undefined || last === undefined || last === first) return []
  // A ledger with one call of 1970 is not drawn day by day.
  const drawn = last - first < 3 * numbers.length + 60 ? span(first, last) : numbers
  const shown = lines.filter(({ of }) => days.some((day) => (of(day) ?? 0) !== 0))
  if (shown.length === 0) return []
  return [
    {
      kind: 'lines',
      tones: shown.map(({ tone }) => tone),
      chart: {
        title,
        x: { label: 'day, UTC', format: dayOf },
        y: { label, format, min: 0 },
        width: 1000,
        height: 300,
        series: shown.map(({ name, of }) => ({
          name,
          kind: 'line',
          points: drawn.map((number) => {
            const day = known.get(number)
            return [number, day === undefined ? 0 : (of(day) ?? Number.NaN)] as const
          }),
        })),
      },
    },
  ]
}

const numberOf = (day: string): number => Date.parse(day) / DAY_MS

const span = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i)

const dayOf = (number: number): string =>
  dayInWords(new Date(Math.round(number) * DAY_MS).toISOString()).slice(0, -5)
