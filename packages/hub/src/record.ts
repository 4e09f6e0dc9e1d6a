/** What is kept beside a file that was pulled: what it is, where it came from, and whether its checksum was the hub's. */
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import type { Place } from './addresses.ts'

export interface PullRecord {
  readonly version: 1
  /** `hf:<org>/<repo>/<file>` */
  readonly reference: string
  readonly endpoint: string
  readonly commit: string | null
  /** The hub's name for the content. */
  readonly content: string
  readonly size: number
  readonly sha256: string
  /** Whether the hub gave a checksum to compare with. */
  readonly verified: boolean
  /** ISO 8601 */
  readonly pulledAt: string
}

/** The record of a file that is there; undefined when one of the two is missing or they do not fit together. */
export async function readRecord(place: Place): Promise<PullRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(place.record, 'utf8')) as PullRecord
    const file = await stat(place.file)
    return record.version === 1 && file.isFile() && file.size === record.size ? record : undefined
  } catch {
    return undefined
  }
}

export async function writeRecord(place: Place, record: PullRecord): Promise<void> {
  const next = `${place.record}.next`
  await writeFile(next, `${JSON.stringify(record, null, 2)}\n`)
  await rename(next, place.record)
}
