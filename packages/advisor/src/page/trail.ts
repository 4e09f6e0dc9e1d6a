/**
 * From each number of a page to how it was made: the derivations of the options and of the predictions that are shown, each step with a
 * mark (`2.3`), and the rows they rest on (`S4`). A number leads to the step whose value it is, else to all steps of its owner.
 */
import { type Block, type Run, type Section, type Table, threeDigits, UNKNOWN } from '@edgewise/evidence'
import type { Option, Verdict } from '../decide/types.ts'
import type { Facts, Source } from '../facts/types.ts'
import type { Derivation, Prediction } from '../predict/types.ts'
import { answerTitles, shareText, usd } from './words.ts'

type Owner = Option | Prediction

interface Group {
  readonly mark: string
  readonly caption: string
  readonly steps: readonly Derivation[]
  /** Ids of the rows that its owner is of: several rows may have the same source. */
  readonly own: readonly string[]
}

/** A row of the list of sources. */
interface Row {
  readonly what: string
  readonly says: string
  readonly source: Pick<Source, 'source' | 'asOf'> & { readonly basis: string }
}

export class Trail {
  readonly #groups = new Map<Owner, Group>()
  readonly #rows: Row[] = []
  /** By the name or the source that a derivation gives. */
  readonly #marks = new Map<string, string>()

  /** `shown`: the predictions whose steps are on the page. */
  constructor(verdict: Verdict, facts: Facts, shown: readonly Prediction[]) {
    rowsOf(verdict, facts, shown).forEach((row) => {
      this.#addRow(row)
    })
    const owners: readonly (readonly [Owner, string])[] = [
      ...verdict.options.map(
        (option) => [option, `Option: ${answerTitles[option.answer].toLowerCase()}`] as const,
      ),
      ...shown.map((one) => [one, captionOf(one)] as const),
    ]
    for (const [owner, caption] of owners) {
      if (owner.derivation.length === 0) continue
      this.#groups.set(owner, {
        mark: `${this.#groups.size + 1}`,
        caption,
        steps: owner.derivation,
        own: ownOf(owner, verdict),
      })
      for (const from of owner.derivation.flatMap(({ from }) => from))
        if (typeof this.#source(from, ownOf(owner, verdict)) === 'string')
          this.#addRow({ what: from, says: '', source: { source: '', asOf: '', basis: '' } })
    }
  }

  /** The text, as a link to where the value is made. */
  to(owner: Owner | undefined, value: number, text: string): Run {
    const group = owner && this.#groups.get(owner)
    if (group === undefined || text === UNKNOWN) return text
    const step = group.steps.findLastIndex((step) => isSame(step.value, value))
    return { text, mark: step < 0 ? group.mark : `${group.mark}.${step + 1}` }
  }

  /** Whether a step of its owner makes the value. */
  has(owner: Owner, value: number): boolean {
    return this.#groups.get(owner)?.steps.some((step) => isSame(step.value, value)) ?? false
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
      blocks: [...this.#groups.values()].map(
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

  #addRow(row: Row): void {
    this.#rows.push(row)
    const mark = `S${this.#rows.length}`
    for (const name of [row.what, row.source.source]) if (!this.#marks.has(name)) this.#marks.set(name, mark)
  }
}

const ownOf = (owner: Owner, { price }: Verdict): readonly string[] =>
  'setting' in owner ? [owner.setting.device, owner.setting.model, owner.setting.quantisation] : [price.id]

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
  if (unit.startsWith('of the ')) return `${shareText(value)} ${unit}`
  return unit === '' ? threeDigits(value) : `${threeDigits(value)} ${unit}`
}

/** Of the facts, what the verdict was made with. */
function rowsOf(verdict: Verdict, facts: Facts, shown: readonly Prediction[]): Row[] {
  const { price, fleet, fleetSource } = verdict
  const named = (pick: (prediction: Prediction) => string): Set<string> => new Set(shown.map(pick))
  const [models, quantisations] = [
    named((one) => one.setting.model),
    named((one) => one.setting.quantisation),
  ]
  const devices = new Set(fleet.map(({ device }) => device))
  return [
    {
      what: 'the fleet',
      says: fleet.length === 1 ? 'one kind of device' : `${fleet.length} kinds of devices with their shares`,
      source: { source: fleetSource, asOf: '', basis: '' },
    },
    {
      what: price.id,
      says: `$${price.inputPerMTok} a million tokens in${price.cachedInputPerMTok === null ? '' : `, $${price.cachedInputPerMTok} cached`}, $${price.outputPerMTok} out`,
      source: price,
    },
    ...facts.devices
      .filter(({ id }) => devices.has(id))
      .map((row) => ({
        what: row.id,
        says: `${row.name}: ${row.bandwidthGBs} GB/s; an app may use ${threeDigits(row.usableBytes / 2 ** 30)} of ${threeDigits(row.memoryBytes / 2 ** 30)} GiB: ${row.usableWhy}`,
        source: row,
      })),
    ...facts.models
      .filter(({ id }) => models.has(id))
      .map((row) => ({
        what: row.id,
        says: `${row.name}: ${threeDigits(row.parameters / 1e9)} billion parameters, ${row.layers} layers of ${row.hidden}, ${row.vocab.toLocaleString('en')} tokens, ${row.tied ? 'tied' : 'untied'}`,
        source: row,
      })),
    ...facts.quantisations
      .filter(({ id }) => quantisations.has(id))
      .map((row) => ({
        what: row.id,
        says: `${row.bodyBits} bits a weight of the body, ${row.headBits} of the head`,
        source: row,
      })),
  ]
}
