/** Who finds what no rule can: names of persons, places, organisations. */
import type { Span } from './span.ts'

export interface NameFinder {
  /** Of the model, for the receipt. */
  readonly id: string
  /** The share of names it finds, and on what that was measured; null when nobody measured it. */
  readonly recall: { readonly recall: number; readonly measuredOn: string } | null
  /** Spans in any order, also overlapping. Throws when it cannot look: then nothing leaves. */
  find(text: string, signal?: AbortSignal): Promise<readonly Span[]>
}
