/**
 * Reads the structured result of a task out of whatever came with an answer. The gateway may be newer than the page,
 * and a cloud model gives none, so each reader gives null for what it cannot use, and the page shows the text instead.
 */

export interface IntentData {
  readonly label: string
  readonly probability: number
  /** The most probable labels, best first. */
  readonly top: readonly { readonly label: string; readonly probability: number }[]
}

/** A stretch of the text that was sent, by UTF-16 offsets, and what it is or becomes. */
export interface Stretch {
  readonly start: number
  readonly end: number
  readonly note: string
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

export function readIntent(data: unknown): IntentData | null {
  if (!isFields(data) || typeof data.label !== 'string' || !isNumber(data.probability)) return null
  const { label, probability, top } = data
  const usable = (entry: unknown): entry is IntentData['top'][number] =>
    isFields(entry) && typeof entry.label === 'string' && isNumber(entry.probability)
  return { label, probability, top: Array.isArray(top) ? top.filter(usable).slice(0, 5) : [] }
}

/** The stretches of `json` (its slots), `redact` and `fix` (a list), checked against each other and the text. */
export function readStretches(data: unknown, source: string): readonly Stretch[] | null {
  const list = isFields(data) && 'slots' in data ? data.slots : data
  if (!Array.isArray(list)) return null
  const stretches = list.map(readStretch)
  let at = 0
  for (const stretch of stretches) {
    if (stretch === null || stretch.start < at || stretch.end <= stretch.start) return null
    at = stretch.end
  }
  return at <= source.length ? (stretches as Stretch[]) : null
}

function readStretch(entry: unknown): Stretch | null {
  if (!isFields(entry) || !isNumber(entry.start) || !isNumber(entry.end)) return null
  const note = entry.name ?? entry.type ?? entry.to
  return typeof note === 'string' ? { start: entry.start, end: entry.end, note } : null
}

/** A piece of a text; `note` is null where nothing was found. */
export interface Piece {
  /** The offset it begins at: no two pieces share it. */
  readonly at: number
  readonly text: string
  readonly note: string | null
}

/** The whole text in order, cut at the stretches; empty plain pieces are left out. */
export function cutAt(source: string, stretches: readonly Stretch[]): readonly Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { start, end, note } of stretches) {
    if (start > at) pieces.push({ at, text: source.slice(at, start), note: null })
    pieces.push({ at: start, text: source.slice(start, end), note })
    at = end
  }
  if (at < source.length) pieces.push({ at, text: source.slice(at), note: null })
  return pieces
}
