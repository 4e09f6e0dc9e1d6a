/** What the recipe's baseline.py writes: linear models and tables, scored on the same items. Any part may be missing. */
interface SpanScore {
  readonly f1: number
  readonly precision: number
  readonly recall: number
}

interface Correction {
  readonly wer_before: number
  readonly wer_after: number
  readonly exact: number
}

export interface Baseline {
  readonly intent?: {
    readonly accuracy: number
    readonly oos_auroc_max_probability: number
    readonly oos_auroc_oos_probability: number
    readonly oos_caught_at_5_percent_rejected: number
  }
  readonly json?: {
    readonly intent_accuracy: number
    readonly exact: number
    readonly slot_f1: number
  }
  readonly redact?: Readonly<Record<string, SpanScore & { readonly untyped_f1: number }>>
  readonly fix?: Readonly<Record<string, Correction>>
  readonly complete?: Readonly<Record<string, { readonly top1_next_word: number }>>
}
