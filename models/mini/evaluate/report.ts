/** Figures as Markdown: a table of mini beside the linear baseline, who is ahead in each row, and redact by type. */
import type { Baseline } from './baseline.ts'
import type { evaluateComplete } from './complete.ts'
import type { evaluateFix } from './fix.ts'
import type { evaluateIntent } from './intent.ts'
import type { evaluateJson } from './json.ts'
import type { Score } from './metrics.ts'
import type { evaluateRedact } from './redact.ts'

type Result<F extends (...args: never[]) => unknown> = Awaited<ReturnType<F>>

export interface Figures {
  readonly model: { readonly file: string; readonly parameters: number; readonly backend: string }
  readonly intent?: Result<typeof evaluateIntent>
  readonly json?: Result<typeof evaluateJson>
  readonly redact?: Result<typeof evaluateRedact>
  readonly fix?: Result<typeof evaluateFix>
  readonly complete?: Result<typeof evaluateComplete>
}

/** One row: what is measured, mini's value, the baseline's where it has one. */
interface Row {
  readonly what: string
  readonly mini: number
  readonly linear?: number | undefined
  /** How a value is written; a share as per cent when not given. */
  readonly form?: (value: number) => string
  readonly lowerIsBetter?: boolean
}

export function report(figures: Figures, baseline: Baseline = {}): string {
  const { model, redact } = figures
  const rows = [
    ...intentRows(figures.intent, baseline.intent),
    ...jsonRows(figures.json, baseline.json),
    ...redactRows(redact, baseline.redact),
    ...fixRows(figures.fix, baseline.fix),
    ...completeRows(figures.complete, baseline.complete),
  ]
  const compared = table(
    ['measure', 'mini', 'linear', 'ahead'],
    rows.map((row) => {
      const form = row.form ?? percent
      return [row.what, form(row.mini), row.linear === undefined ? '' : form(row.linear), ahead(row)]
    }),
  )
  const types = Object.entries(redact?.byType ?? {})
    .filter(([, { wanted }]) => wanted > 0)
    .map(([type, s]) => [type, String(s.wanted), score(s)])
  return [
    `${(model.parameters / 1e6).toFixed(2)} million parameters, ${model.backend}`,
    compared,
    ...(types.length > 0 ? [table(['redact, rules and model, by type', 'wanted', 'F1 (P, R)'], types)] : []),
  ].join('\n\n')
}

function ahead({ mini, linear, lowerIsBetter = false, form = percent }: Row): string {
  if (linear === undefined) return ''
  if (form(mini) === form(linear)) return 'equal'
  return mini < linear === lowerIsBetter ? 'mini' : '**linear**'
}

function intentRows(intent: Figures['intent'], linear: Baseline['intent']): Row[] {
  if (!intent) return []
  const ways = (['together', 'model', 'linear'] as const).map((name) => [name, intent[name]] as const)
  return [
    ...ways.map(([name, { accuracy }]) => ({
      what: `intent, ${name}: accuracy on ${intent.inScope} in scope, best of 150`,
      mini: accuracy,
      linear: linear?.accuracy,
    })),
    {
      what: 'intent, together: accuracy, "oos" counted as a wrong answer',
      mini: intent.together.accuracyWithOos,
    },
    ...ways.map(([name, { oosToken }]) => ({
      what: `intent, ${name}: AUROC of P(oos), ${intent.outOfScope} out of scope`,
      mini: oosToken.auroc,
      linear: linear?.oos_auroc_oos_probability,
      form: decimals,
    })),
    ...ways.map(([name, { oosToken }]) => ({
      what: `intent, ${name}: out of scope caught by P(oos), 5 % in scope rejected`,
      mini: oosToken.caughtAt5,
      linear: linear?.oos_caught_at_5_percent_rejected,
    })),
    { what: 'intent, together: out of scope caught by argmax', mini: intent.together.oosRecall },
  ]
}

function jsonRows(json: Figures['json'], linear: Baseline['json']): Row[] {
  if (!json) return []
  return [
    {
      what: `json: intent accuracy (${json.items})`,
      mini: json.intentAccuracy,
      linear: linear?.intent_accuracy,
    },
    { what: 'json: whole answer right', mini: json.exact, linear: linear?.exact },
    {
      what: `json: slot F1 (${json.slotsWanted} slots)`,
      mini: json.slots.f1,
      linear: linear?.slot_f1,
      form: decimals,
    },
  ]
}

function redactRows(redact: Figures['redact'], linear: Baseline['redact']): Row[] {
  if (!redact) return []
  const parts = (['rules', 'model', 'both'] as const).flatMap((name): Row[] => {
    const { typed, untyped, wordRecall, wordFalse } = redact[name]
    const what = `redact, ${name} (${redact.items})`
    return [
      { what: `${what}: typed F1`, mini: typed.f1, form: decimals },
      { what: `${what}: untyped F1`, mini: untyped.f1, form: decimals },
      { what: `${what}: words to hide hidden`, mini: wordRecall },
      { what: `${what}: other words hidden`, mini: wordFalse, lowerIsBetter: true },
    ]
  })
  const names: Row = {
    what: 'redact, sent, presidio and wnut17: words of names hidden',
    mini: redact.names.wordRecall,
  }
  const sources = Object.entries(redact.bySource).flatMap(([name, { items, typed, untyped }]): Row[] => [
    {
      what: `redact, both, ${name} (${items}): typed F1`,
      mini: typed.f1,
      linear: linear?.[name]?.f1,
      form: decimals,
    },
    {
      what: `redact, both, ${name}: untyped F1`,
      mini: untyped.f1,
      linear: linear?.[name]?.untyped_f1,
      form: decimals,
    },
  ])
  return [...parts, names, ...sources]
}

function fixRows(fix: Figures['fix'], linear: Baseline['fix']): Row[] {
  if (!fix) return []
  const text = linear?.text
  const forms = Object.entries(fix.forms).flatMap(([kind, { items, exact }]): Row[] => [
    { what: `fix, ${kind} (${items}): sentence right`, mini: exact, linear: linear?.[kind]?.exact },
  ])
  return [
    { what: `fix (${fix.items} wrong sentences): word error rate before`, mini: fix.werBefore },
    { what: 'fix: word error rate after', mini: fix.werAfter, linear: text?.wer_after, lowerIsBetter: true },
    {
      what: 'fix: reduction',
      mini: fix.reduction,
      linear: text && 1 - text.wer_after / text.wer_before,
    },
    { what: 'fix: whole sentence right', mini: fix.exact, linear: text?.exact },
    {
      what: `fix (${fix.cleanItems} clean sentences): words changed`,
      mini: fix.cleanWordsChanged,
      linear: linear?.clean?.wer_after,
      form: (value) => percent(value, 2),
      lowerIsBetter: true,
    },
    ...forms,
  ]
}

function completeRows(complete: Figures['complete'], linear: Baseline['complete']): Row[] {
  return Object.entries(complete?.bySource ?? {}).flatMap(([source, s]): Row[] => [
    { what: `complete, ${source} (${s.items}): bits a byte`, mini: s.bitsPerByte, form: decimals },
    {
      what: `complete, ${source}: next word, digit or mark right`,
      mini: s.nextUnit,
      linear: linear?.[source]?.top1_next_word,
    },
    { what: `complete, ${source}: next word right`, mini: s.nextWord },
  ])
}

const percent = (share: number, digits = 1) => `${(share * 100).toFixed(digits)} %`
const decimals = (value: number) => value.toFixed(3)
const score = ({ f1, precision, recall }: Score) =>
  `${decimals(f1)} (${decimals(precision)}, ${decimals(recall)})`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
