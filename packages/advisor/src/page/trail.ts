/**
 * From each number of a page to how it was made: the derivations of the options and of the predictions that are shown, each step with a
 * mark (`2.3`), and the rows they rest on (`S4`). A number leads to the step whose value it is, else to all steps of its owner.
 */
import { type Block, type Run, type Section, type Table, threeDigits, UNKNOWN } from '@edgewise/evidence'
import type { Option, Verdict } from '../decide/types.ts'
import type { Facts } from '../facts/types.ts'
import type { Derivation, Prediction } from '../predict/types.ts'
import { ownSteps } from './own-steps.ts'
import { type Row, rowsOf } from './sources.ts'
import { gigabytes, lowerTitle, shareText, usd } from './words.ts'

type Owner = Option | Prediction

interface Group {
  readonly mark: string
  readonly caption: string
  readonly steps: readonly Derivation[]
  /** Ids of the rows that its owner is of: several rows may have the same source. */
  readonly own: readonly string[]
}

export class Trail {
  readonly #groups: Group[] = []
  readonly #of = new Map<Owner, Group>()
  readonly #rows: Row[] = []
  /** By the name or the source that a derivation gives. */
  readonly #marks = new Map<string, string>()

  /** `shown`: the predictions whose steps are on the page. */
  constructor(verdict: Verdict, facts: Facts, shown: readonly Prediction[]) {
    for (const row of rowsOf(verdict, facts, shown)) this.#addRow(row)
    for (const option of verdict.options) {
      const caption = `Option: ${lowerTitle(option.answer)}`
      this.#add(caption, option.derivation, [verdict.price.id], option)
    }
    for (const { caption, steps } of ownSteps(verdict)) this.#add(caption, steps, [])
    for (const prediction of shown) {
      const { device, model, quantisation } = prediction.setting
      this.#add(captionOf(prediction), prediction.derivation, [device, model, quantisation], prediction)
    }
  }

  /**
   * The text, as a link to the step of its owner that makes the value, or to another's, or to all of its owner's. A value that is 0 or
   * round may be made anywhere, and leads to its owner alone. Of several steps with the value it is the one that is `named`.
   */
  to(owner: Owner | undefined, value: number, text: string, named?: string): Run {
    if (text === UNKNOWN) return text
    const own = owner && this.#of.get(owner)
    const groups = isRound(value) ? [own] : [own, ...this.#groups]
    for (const group of groups) {
      const makes = (step: Derivation): boolean => isSame(step.value, value)
      const exact = group?.steps.findIndex((step) => step.what === named && makes(step)) ?? -1
      const step = exact >= 0 ? exact : (group?.steps.findLastIndex(makes) ?? -1)
      if (step >= 0) return { text, mark: `${group!.mark}.${step + 1}` }
    }
    return own === undefined ? text : { text, mark: own.mark }
  }

  /** The text, as a link to the row of the facts with this name. */
  toRow(name: string, text: string): Run {
    const mark = this.#marks.get(name)
    return mark === undefined ? text : { text, mark }
  }

  steps(): Section {
    return {
      id: 'how',
      title: 'How every number was made',
      lead: 'Each number above leads here: its formula with the numbers in it, its value, and the rows it rests on.',
      blocks: this.#groups.map(
        ({ mark, caption, steps, own }): Block => ({
          kind: 'steps',
          mark,
          caption,
          steps: steps.map(({ what, formula, value, unit, from }, i) => ({
            mark: `${mark}.${i + 1}`,
            what,
            formula,
            value: valueText(value, unit),
            from: [...new Set(from)].map((name) => this.#source(name, own)),
          })),
        }),
      ),
    }
  }

  sources(): Section {
    const table: Table = {
      kind: 'table',
      caption: 'Rows, what they say, where they are from and when that was true',
      columns: ['Row', 'Says', 'Source', 'As of', 'Basis'].map((head) => ({ head, align: 'left' })),
      rows: this.#rows.map(({ what, says, source: { source, asOf, basis } }) => [
        what,
        says,
        source,
        asOf,
        basis,
      ]),
      marks: this.#rows.map((_, i) => `S${i + 1}`),
    }
    return {
      id: 'sources',
      title: 'Where the facts are from',
      lead: 'Measured: somebody ran it. Published: read at its maker or a third party. Computed: made here of its parts. Claimed: from memory or a rule of thumb, not checked.',
      blocks: [table],
    }
  }

  /** A step's source: the row of its owner that has it, by its name, else the first row that has it. */
  #source(name: string, own: readonly string[]): Run {
    const rows = this.#rows.map(({ what, source }, i) => ({ what, source: source.source, mark: `S${i + 1}` }))
    const row =
      rows.find(({ what, source }) => source === name && own.includes(what)) ??
      rows.find(({ what, source }) => source === name || what === name) ??
      rows.find(({ what, source }) => source !== '' && name.startsWith(source) && name.endsWith(what))
    return row === undefined ? name : { text: row.what, mark: row.mark }
  }

  #add(caption: string, steps: readonly Derivation[], own: readonly string[], owner?: Owner): void {
    if (steps.length === 0) return
    const group = { mark: `${this.#groups.length + 1}`, caption, steps, own }
    this.#groups.push(group)
    if (owner !== undefined) this.#of.set(owner, group)
    for (const from of steps.flatMap(({ from }) => from))
      if (typeof this.#source(from, own) === 'string')
        this.#addRow({ what: from, says: '', source: { source: '', asOf: '', basis: '' } })
  }

  #addRow(row: Row): void {
    this.#rows.push(row)
    const mark = `S${this.#rows.length}`
    for (const name of [row.what, row.source.source]) if (!this.#marks.has(name)) this.#marks.set(name, mark)
  }
}

const isRound = (value: number): boolean => Number(value.toPrecision(2)) === value

/** The same number, perhaps in another unit of it. */
function isSame(a: number, b: number): boolean {
  return [1, 1e3, 1e-3, 1e9, 1e-9, 100, 0.01].some(
    (factor) => Math.abs(a * factor - b) <= 1e-6 * Math.abs(b) && (b !== 0 || a === 0),
  )
}

const restsOn: { readonly [basis in Prediction['basis']]: string } = {
  'own-measurement': 'a measurement of yours',
  'runtime-and-class': 'runtime and class',
  class: 'class alone',
  everything: 'all devices',
}

const captionOf = ({ setting, basis }: Prediction): string =>
  `${setting.model} ${setting.quantisation} on ${setting.device}, ${setting.runtime} on its ${setting.backend.toUpperCase()}; rests on ${restsOn[basis]}`

function valueText(value: number, unit: string): string {
  if (!Number.isFinite(value)) return UNKNOWN
  if (unit === 'US dollars') return usd(value)
  if (unit === 'bytes') return gigabytes(value)
  if (unit.startsWith('of the ')) return `${shareText(value)} ${unit}`
  return unit === '' ? threeDigits(value) : `${threeDigits(value)} ${unit}`
}
