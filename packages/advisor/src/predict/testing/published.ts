/**
 * The table of published measurements that lies beside the project, as rows of the advisor. Names of quantisations are made those of the
 * facts where they are the same thing; what a source does not state is null, a size of 0 bytes where none is given.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Backend, Measurement } from '../../facts/types.ts'

const path: string = fileURLToPath(
  new URL('../../../../../../shared/facts/measurements.csv', import.meta.url),
)

/** Why the table cannot be read, to stand in a test's name; empty where it can. */
export const absent: string = existsSync(path)
  ? ''
  : ' (skipped: shared/facts/measurements.csv is not beside the project)'

export function published(): readonly Measurement[] {
  const [columns, ...lines] = parseCsv(readFileSync(path, 'utf8'))
  return lines.map((cells) => {
    const cell = (name: string): string => cells[columns!.indexOf(name)] ?? ''
    const number = (name: string, scale = 1): number | null =>
      cell(name) === '' ? null : Number(cell(name)) * scale
    // Its lengths are those of the context, and its shortest time is that of a prompt whose length is not stated.
    const genie = cell('runtime') === 'Genie/QNN'
    return {
      id: cell('row_id'),
      device: cell('device_id'),
      runtime: cell('runtime'),
      backend: cell('backend').split('/')[0] as Backend,
      model: cell('model_key') || null,
      quantisation: quantisation(cell('quant'), cell('runtime')),
      fileBytes: number('file_gb', 1e9) ?? 0,
      promptTokens: genie ? null : number('prompt_len'),
      outputTokens: number('gen_len'),
      prefillTps: number('prefill_tps'),
      decodeTps: number('decode_tps'),
      firstTokenMs: genie ? null : number('ttft_s', 1000),
      peakBytes: number('memory_mb', 1e6),
      source: `${cell('source')}, ${cell('source_ref')}`,
      asOf: cell('date'),
      basis: 'published',
    }
  })
}

function quantisation(name: string, runtime: string): string {
  if (/^bf16\/fp16$|^FP16$/.test(name)) return 'F16'
  if (/SpinQuant/i.test(name)) return 'SpinQuant'
  if (/8da4w|QAT\+LoRA 4w8a/.test(name)) return '8da4w'
  if (runtime === 'MLX' && /^(4bit|Q4)$/i.test(name)) return 'MLX-4bit'
  if (runtime === 'MLX' && /^8bit$/i.test(name)) return 'MLX-8bit'
  return name
}

/** Quoted cells may hold commas, line breaks and doubled quotes. */
function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [['']]
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!
    const row = rows.at(-1)!
    if (letter === '"' && quoted && text[i + 1] === '"') {
      row[row.length - 1] += '"'
      i++
    } else if (letter === '"') quoted = !quoted
    else if (letter === ',' && !quoted) row.push('')
    else if (letter === '\n' && !quoted) rows.push([''])
    else if (letter !== '\r') row[row.length - 1] += letter
  }
  return rows.filter((row) => row.length === rows[0]!.length)
}
