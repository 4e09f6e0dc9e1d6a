/**
 * The embedded model as a finder of names, places and organisations. It takes 512 tokens at a time, so a long text is read in
 * overlapping windows. What its recall is stands here and on every receipt: docs/redaction.md.
 */
import type { JSONValue } from '@ai-sdk/provider'
import type { NameFinder, Span } from '@edgewise/redact'
import type { MiniLike } from '../../device/mini-device.ts'

/**
 * The share of the words in names of persons, places and organisations that are hidden, on sentences it was not trained on:
 * `redact.names.wordRecall` of models/mini/figures.json, made by
 * `node --conditions=edgewise-source models/mini/evaluate/main.ts EVAL/test models/mini/edgewise-mini.gguf models/mini/baseline.json`.
 */
export const miniNameRecall: NonNullable<NameFinder['recall']> = {
  recall: 0.978,
  measuredOn: 'words of names in held-back sentences of presidio (99.8 %) and in WNUT 2017 dev (89.7 %)',
}

/** What a window has at most, in UTF-16 units, and shares with the next. */
const windowUnits = 600
const sharedUnits = 120
/** What the model marks and no rule finds. Other types of its own (dates, titles) name nobody. */
const kinds = new Set(['PERSON', 'ADDRESS', 'ORGANIZATION'])

/** UTF-16 units of texts whose names are remembered: a conversation and its tools are sent again with every turn. */
const rememberedUnits = 400_000

export function miniNames(mini: MiniLike): NameFinder {
  /** In the order of last use. */
  const remembered = new Map<string, readonly Span[]>()
  let units = 0
  const remember = (text: string, spans: readonly Span[]) => {
    if (!remembered.delete(text)) units += text.length
    remembered.set(text, spans)
    for (const oldest of remembered.keys()) {
      if (units <= rememberedUnits) break
      remembered.delete(oldest)
      units -= oldest.length
    }
    return spans
  }
  return {
    id: mini.modelId,
    recall: miniNameRecall,
    async find(text, signal) {
      const before = remembered.get(text)
      if (before) return remember(text, before)
      const spans: Span[] = []
      for (let start = 0; start < text.length; ) {
        const end = windowEnd(mini, text, start)
        const marked = await marks(mini, text.slice(start, end), signal)
        for (const span of marked) spans.push({ ...span, start: span.start + start, end: span.end + start })
        if (end === text.length) break
        start = afterSpace(text, Math.max(start + 1, end - Math.min(sharedUnits, (end - start) >> 2)), end)
      }
      return remember(text, joined(spans))
    },
  }
}

/** Where the window from `start` ends: at white space where there is some, and where the model can read it all. */
function windowEnd(mini: MiniLike, text: string, start: number): number {
  for (let units = windowUnits; ; units = units >> 1) {
    const end = start + units >= text.length ? text.length : beforeSpace(text, start, start + units)
    const fits = mini.countTokens('redact', text.slice(start, end)) <= mini.contextLength
    if (fits || units <= 8) return end
  }
}

function beforeSpace(text: string, start: number, end: number): number {
  for (let at = end; at > start + (end - start) / 2; at--) if (/\s/.test(text[at]!)) return at
  return isInsidePair(text, end) ? end - 1 : end
}

function afterSpace(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (/\s/.test(text[at]!)) return at
  return isInsidePair(text, start) ? start + 1 : start
}

const isInsidePair = (text: string, at: number) =>
  /[\udc00-\udfff]/.test(text[at] ?? '') && /[\ud800-\udbff]/.test(text[at - 1] ?? '')

async function marks(mini: MiniLike, text: string, signal?: AbortSignal): Promise<Span[]> {
  if (!/\p{L}/u.test(text)) return []
  const run = mini.run('redact', text, { careful: true, ...(signal && { signal }) })
  try {
    let step = await run.next()
    while (!step.done) step = await run.next()
    return spansOf(step.value.data)
  } finally {
    await run.return()
  }
}

/** Throws TypeError for data that are no spans. */
function spansOf(data: JSONValue | null): Span[] {
  if (!Array.isArray(data)) throw new TypeError('the model gave no list of spans')
  return data.flatMap((item) => {
    const { type, start, end } = item as Record<string, JSONValue>
    if (typeof type !== 'string' || typeof start !== 'number' || typeof end !== 'number') {
      throw new TypeError('the model gave a span without a type or an end')
    }
    return kinds.has(type) ? [{ type, start, end }] : []
  })
}

/** Spans of one type that overlap, because two windows saw them, as one. */
function joined(spans: readonly Span[]): Span[] {
  const kept: Span[] = []
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = kept.findLast(({ type }) => type === span.type)
    if (last && span.start < last.end)
      kept[kept.indexOf(last)] = { ...last, end: Math.max(last.end, span.end) }
    else kept.push(span)
  }
  return kept
}
