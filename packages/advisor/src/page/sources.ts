/** The rows that a verdict rests on: of the facts those of its devices, models, quantisations and price, and where its fleet is from. */
import { threeDigits } from '@edgewise/evidence'
import type { Verdict } from '../decide/types.ts'
import type { Facts, Source } from '../facts/types.ts'
import type { Prediction } from '../predict/types.ts'

/** A row of the list of sources. */
export interface Row {
  readonly what: string
  readonly says: string
  readonly source: Pick<Source, 'source' | 'asOf'> & { readonly basis: string }
}

/** `shown`: the predictions that are told of. */
export function rowsOf(verdict: Verdict, facts: Facts, shown: readonly Prediction[]): Row[] {
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
