/** Room on the disk: looked at before a download, and told as such when it runs out during one. */
import { statfs } from 'node:fs/promises'
import type { Place } from './addresses.ts'
import { HubError } from './errors.ts'
import { formatReference, type Reference } from './reference.ts'

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`

/** Throws HubError `hub_disk_full` when `needed` bytes are not free. */
export async function refuseFullDisk(reference: Reference, { folder }: Place, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (needed <= free) return
  throw new HubError(
    'hub_disk_full',
    `${formatReference(reference)} needs ${gigabytes(needed)} more, ${folder} has ${gigabytes(free)} free: ` +
      'make room, or set EDGEWISE_CACHE to a folder on a larger disk',
  )
}

/** What the file system throws when it is full, in the hub's terms; undefined for any other error. */
export function asDiskFull(error: unknown, reference: Reference, { folder }: Place): HubError | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return undefined
  return new HubError(
    'hub_disk_full',
    `${formatReference(reference)}: ${folder} is full: make room and pull it again, it goes on where it stopped`,
    { cause: error },
  )
}
