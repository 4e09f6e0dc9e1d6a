/** A linear head that a person names by its file. */
import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type LinearHead, readLinear } from '@edgewise/student/linear'
import { trainingName } from './open-model.ts'

export interface OpenedLinear {
  readonly head: LinearHead
  /** The file's name without its ending, and its digest: another training under the same name is another model. */
  readonly name: string
  readonly bytes: number
}

/** null for a file that is not there or begins otherwise; StudentError `linear_invalid` for one that is broken. */
export async function openLinearFile(path: string): Promise<OpenedLinear | null> {
  const begins = await beginning(path).catch(() => null)
  if (begins !== 'EDGELIN1') return null
  const bytes = await readFile(path)
  const digest = createHash('sha256').update(bytes).digest('hex')
  const name = trainingName(basename(path).replace(/\.linear$/i, ''), digest)
  return { head: readLinear(bytes), name, bytes: bytes.length }
}

async function beginning(path: string): Promise<string> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
  return buffer.toString('latin1', 0, bytesRead)
}
