/** Model files from a hub: whole, once, verified. Node only. */
export { HubError, type HubErrorCode } from './errors.ts'
export { type FileSource, openFile } from './open-file.ts'
export { type Pulled, type PullOptions, type PullProgress, pull } from './pull.ts'
export type { PullRecord } from './record.ts'
export { formatReference, isReference, parseReference, type Reference } from './reference.ts'
export { openRemote, type RemoteFile } from './remote.ts'
export { resolveModel } from './resolve.ts'
export { type HubSettings, hubSettings } from './settings.ts'
