/**
 * What is looked up for every prediction, once for the same facts: rows by id, own measurements that may be used by their device. Facts are
 * plain data that nobody changes; whoever does makes new ones, and these are made anew.
 */
import type { Device, Facts, ModelShape, Quantisation } from '../facts/types.ts'
import { lineOf } from './chip-line.ts'
import { type Reason, type Sound, sortOut } from './left-out.ts'

export interface Looked {
  readonly devices: ReadonlyMap<string, Device>
  readonly lines: ReadonlyMap<string, string>
  readonly models: ReadonlyMap<string, ModelShape>
  readonly quantisations: ReadonlyMap<string, Quantisation>
  /** Own measurements by device, and the ids of those that are not used. */
  readonly own: ReadonlyMap<string, readonly Sound[]>
  readonly notUsed: ReadonlyMap<string, readonly string[]>
}

const kept = new WeakMap<Facts, Looked>()

export function lookedUp(facts: Facts): Looked {
  const before = kept.get(facts)
  if (before) return before
  const { sound, leftOut } = sortOut(facts.own, facts)
  const deviceOf = new Map(facts.own.map((row) => [row.id, row.device]))
  const looked: Looked = {
    devices: byId(facts.devices),
    lines: new Map(facts.devices.map((device) => [device.id, lineOf(device)])),
    models: byId(facts.models),
    quantisations: byId(facts.quantisations),
    own: Map.groupBy(sound.slice(-MOST_OWN), ({ device }) => device.id),
    notUsed: grouped(leftOut, (id) => deviceOf.get(id)),
  }
  kept.set(facts, looked)
  return looked
}

/** Own measurements that count, the last of the list: each is weighed against every other. */
const MOST_OWN = 50

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]))
}

function grouped(
  leftOut: readonly { readonly id: string; readonly reason: Reason }[],
  deviceOf: (id: string) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>()
  for (const { id, reason } of leftOut) {
    const device = deviceOf(id) ?? ''
    map.set(device, [...(map.get(device) ?? []), `${id}: ${reason}`])
  }
  return map
}
