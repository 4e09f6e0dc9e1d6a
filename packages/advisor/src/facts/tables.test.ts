/**
 * The bundled rows against the tables they were taken from, `../shared/facts`: figure by figure. The tables are no part of the project;
 * where they are absent these tests are skipped and say so.
 */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { facts } from './facts.ts'
import { deviceOf, modelOf, priceOf } from './lookup.ts'

const folder = new URL('../../../../../shared/facts/', import.meta.url)
const present = existsSync(folder)
const skipped = present ? '' : ' (skipped: ../shared/facts is absent)'

/** Rows by column; cells may be quoted. */
function csv(name: string): readonly { readonly [column: string]: string }[] {
  const [head, ...lines] = readFileSync(new URL(name, folder), 'utf8').trim().split('\n')
  const cells = (line: string): string[] =>
    [...line.trim().matchAll(/(?:^|,)(?:"([^"]*)"|([^,"]*))/g)].map(([, quoted, plain]) => quoted ?? plain!)
  const columns = cells(head!)
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, i) => [columns[i]!, cell])))
}

test.skipIf(!present)(`devices${skipped}`, () => {
  const rows = csv('devices.csv')
  expect(rows).toHaveLength(facts.devices.length)
  for (const row of rows) {
    const device = deviceOf(facts, row.device_id!)
    expect(device).toMatchObject({
      name: row.device,
      chip: row.chip,
      class: row.class,
      bandwidthGBs: Number(row.mem_bw_gbs),
      memoryBytes: Number(row.ram_gb) * 2 ** 30,
      usableBytes: Math.round(Number(row.usable_ram_gb) * 2 ** 30),
    })
    expect(device.basis === 'claimed').toBe(row.bw_verified !== 'fetched')
    // "computed 64b LPDDR5-6400" names both; "(5300 MHz)" behind it is the clock.
    const bus = /computed (\d+)b (?:LP)?DDR\w+-(\d+)/.exec(row.bw_basis!)
    if (bus) expect(device.bus).toEqual({ bits: Number(bus[1]), mtps: Number(bus[2]) })
  }
})

test.skipIf(!present)(`models${skipped}`, () => {
  for (const row of csv('models.csv')) {
    const model = modelOf(facts, row.model_key!)
    expect(model).toMatchObject({
      name: row.name,
      layers: Number(row.layers),
      hidden: Number(row.hidden),
      vocab: Number(row.vocab),
      tied: row.tied_embeddings === 'True',
      context: Number(row.context),
      parameters: Number(row.total_params),
    })
    for (const benchmark of ['mmlu', 'ifeval', 'gsm8k'] as const)
      expect(model.scores[benchmark]).toBe(row[benchmark] ? Number(row[benchmark]) : undefined)
    if (row.recompute_matches !== 'True') continue
    expect(model).toMatchObject({
      heads: Number(row.heads),
      kvHeads: Number(row.kv_heads),
      headDim: Number(row.head_dim),
      ffn: Number(row.ffn),
      bodyParameters: Number(row.nonembedding_params),
    })
    // Keys and values of two bytes: in all layers, and in those that have no window.
    const { layers, kvHeads, headDim, window } = model
    expect(4 * layers * kvHeads * headDim).toBe(Number(row.kv_bytes_per_token_fp16))
    expect(4 * (layers - (window?.layers ?? 0)) * kvHeads * headDim).toBe(
      Number(row.kv_bytes_per_token_beyond_window),
    )
  }
})

test.skipIf(!present)(`prices${skipped}`, () => {
  const rows = csv('prices.csv')
  expect(new Set(rows.map((row) => row.model_id)).size).toBe(facts.prices.length)
  for (const row of rows) {
    const cached = row.usd_per_1m_cached_input
    expect(priceOf(facts, row.model_id!)).toMatchObject({
      vendor: row.vendor,
      inputPerMTok: Number(row.usd_per_1m_input),
      cachedInputPerMTok: cached ? Number(cached) : null,
      outputPerMTok: Number(row.usd_per_1m_output),
      asOf: row.as_of,
    })
  }
})
