/**
 * A file from the hub to this machine: whole, once, verified. It gets its name only when all of it is there and its checksum
 * is the hub's; until then it is a part that the next pull goes on with. Of processes that pull the same file one
 * downloads and the others wait for it.
 */
import { mkdir, open, rename, stat } from 'node:fs/promises'
import type { Patience } from '@edgewise/engine'
import { type Place, placeOf } from './addresses.ts'
import { sha256 } from './checksum.ts'
import { asDiskFull, refuseFullDisk } from './disk.ts'
import { download } from './download.ts'
import { HubError } from './errors.ts'
import { lock } from './lock.ts'
import { PartFile, partProgress, removePart } from './part-file.ts'
import { type PullRecord, readRecord, writeRecord } from './record.ts'
import { formatReference, parseReference, type Reference } from './reference.ts'
import { inHubTerms, openRemote, type RemoteFile } from './remote.ts'
import { type HubSettings, hubSettings } from './settings.ts'

export interface PullProgress {
  /** `waiting`: another process downloads it. */
  readonly phase: 'waiting' | 'downloading' | 'verifying'
  /** Bytes, of `total`. */
  readonly done: number
  readonly total: number
}

export interface PullOptions {
  /** main unless given here or in the reference. */
  readonly revision?: string | undefined
  /** From the environment unless given. */
  readonly settings?: HubSettings | undefined
  /** Aborting leaves a part that the next pull goes on with. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: PullProgress) => void) | undefined
  readonly patience?: Partial<Patience> | undefined
  /** Called with what would be downloaded, before any of it is; throwing ends the pull. */
  readonly before?: ((file: RemoteFile) => Promise<void>) | undefined
}

export interface Pulled extends PullRecord {
  readonly path: string
  /** It was there already. */
  readonly cached: boolean
  /** Whether the hub was asked if it is still the same; false when the hub could not be reached and the file was there. */
  readonly current: boolean
}

/** Throws HubError, the signal's reason, or what the file system throws. */
export async function pull(name: string | Reference, options: PullOptions = {}): Promise<Pulled> {
  const { signal, settings = hubSettings() } = options
  const reference = typeof name === 'string' ? parseReference(name, options.revision) : name
  const place = placeOf(settings, reference)
  const here = await readRecord(place)
  let remote: RemoteFile
  try {
    remote = await openRemote(reference, settings, options)
  } catch (error) {
    const offline = error instanceof HubError && error.code === 'hub_offline'
    if (here && offline) return { ...here, path: place.file, cached: true, current: false }
    throw error
  }
  if (here?.content === remote.version) return { ...here, path: place.file, cached: true, current: true }
  await options.before?.(remote)
  await mkdir(place.folder, { recursive: true })
  const onWait = async (): Promise<void> => {
    const progress = await partProgress(place)
    options.onProgress?.({ phase: 'waiting', ...(progress ?? { done: 0, total: remote.size }) })
  }
  await using _ = await lock(place.lock, { signal, onWait })
  const meanwhile = await readRecord(place)
  if (meanwhile?.content === remote.version) {
    return { ...meanwhile, path: place.file, cached: true, current: true }
  }
  const record = await fetchWhole(remote, settings, place, options)
  return { ...record, path: place.file, cached: false, current: true }
}

async function fetchWhole(
  remote: RemoteFile,
  settings: HubSettings,
  place: Place,
  options: PullOptions,
): Promise<PullRecord> {
  const { reference, size } = remote
  let hash = await hashOfSame(remote, place, options)
  if (hash === undefined) {
    try {
      await fetchPart(remote, place, options)
    } catch (error) {
      if (error instanceof HubError && error.code === 'hub_changed') await removePart(place)
      throw asDiskFull(error, reference, place) ?? error
    }
    hash = await verify(remote, place, options)
    await putInPlace(place)
  }
  const record: PullRecord = {
    version: 1,
    reference: formatReference(reference),
    endpoint: settings.endpoint.href,
    commit: remote.commit ?? null,
    content: remote.version,
    size,
    sha256: hash,
    verified: remote.sha256 !== undefined,
    pulledAt: new Date().toISOString(),
  }
  await writeRecord(place, record)
  return record
}

/** The hash of a file that is there without its record (its writer was killed, a person put it there), if it is the hub's. */
async function hashOfSame(
  remote: RemoteFile,
  place: Place,
  options: PullOptions,
): Promise<string | undefined> {
  const found = await stat(place.file).catch(() => undefined)
  if (remote.sha256 === undefined || found?.size !== remote.size) return undefined
  const hash = await sha256(place.file, { signal: options.signal })
  return hash === remote.sha256 ? hash : undefined
}

async function fetchPart(remote: RemoteFile, place: Place, options: PullOptions): Promise<void> {
  const { reference, size, source, version } = remote
  const { signal, onProgress } = options
  await using part = await PartFile.open(place, version, size)
  let done = part.doneBytes
  await refuseFullDisk(reference, place, size - done)
  onProgress?.({ phase: 'downloading', done, total: size })
  const onBytes = (count: number): void => {
    done += count
    onProgress?.({ phase: 'downloading', done, total: size })
  }
  await inHubTerms(reference, () => download(source, part, { signal, onBytes }))
}

/** The part's sha256. Throws HubError `hub_checksum`, and then the part is gone. */
async function verify(remote: RemoteFile, place: Place, options: PullOptions): Promise<string> {
  const { size, sha256: told } = remote
  let done = 0
  const onBytes = (count: number): void => {
    done += count
    options.onProgress?.({ phase: 'verifying', done, total: size })
  }
  const hash = await sha256(place.part, { signal: options.signal, onBytes })
  if (done === size && (told === undefined || hash === told)) return hash
  await removePart(place)
  throw new HubError(
    'hub_checksum',
    `${formatReference(remote.reference)}: ${done} bytes came, of sha256 ${hash}; the hub says ${size}, of ${told ?? 'none it tells'}. ` +
      'They were removed: pull it again, and distrust the network if it happens twice',
  )
}

/** On the disk before it has its name: after a power cut, too, a file with that name is whole. */
async function putInPlace(place: Place): Promise<void> {
  const part = await open(place.part, 'r+')
  await part.sync().finally(() => part.close())
  await rename(place.part, place.file)
  await removePart(place)
}
