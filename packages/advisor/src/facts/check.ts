/**
 * Facts against themselves: what can be computed again is, and what is only claimed is listed. An issue that `disagrees` is a mistake in
 * one of two figures; one that is `claimed` is a figure that nobody has looked up. Pure; every row of every table is looked at.
 */
import { checkDevice, checkMeasurement, checkModel, checkPrice, checkQuantisation } from './check-rows.ts'
import type { Facts, Source } from './types.ts'

/** `own` are the user's own measurements. */
export type FactTable = 'devices' | 'models' | 'quantisations' | 'prices' | 'own'

export interface FactIssue {
  readonly kind: 'disagrees' | 'claimed'
  readonly table: FactTable
  readonly id: string
  /** What is wrong with the figures, or whose word they are: a clause. */
  readonly message: string
}

/** By table and row; those that disagree before those that are claimed. */
export function checkFacts(facts: Facts): readonly FactIssue[] {
  const disagreeing = [
    ...ofTable('devices', facts.devices, checkDevice),
    ...ofTable('models', facts.models, checkModel),
    ...ofTable('quantisations', facts.quantisations, checkQuantisation),
    ...ofTable('prices', facts.prices, checkPrice),
    ...ofTable('own', facts.own, (row) => checkMeasurement(row, facts)),
  ]
  const claimed = (['devices', 'models', 'quantisations', 'prices', 'own'] as const).flatMap((table) =>
    facts[table]
      .filter(({ basis }) => basis === 'claimed')
      .map(({ id, source }): FactIssue => ({ kind: 'claimed', table, id, message: source })),
  )
  return [...disagreeing, ...claimed]
}

function ofTable<Row extends Source & { readonly id: string }>(
  table: FactTable,
  rows: readonly Row[],
  check: (row: Row) => readonly string[],
): readonly FactIssue[] {
  const seen = new Set<string>()
  return rows.flatMap((row) => {
    const twice = seen.has(row.id) ? ['this id is there twice'] : []
    seen.add(row.id)
    return [...twice, ...check(row)].map(
      (message): FactIssue => ({ kind: 'disagrees', table, id: row.id, message }),
    )
  })
}
