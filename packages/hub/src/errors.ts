/** Errors of the hub. Each has a stable `code`; the message says what happened, the value, and the next step. */

/**
 * - `hub_bad_reference`: a name that is no reference to a file, or one that would leave the cache.
 * - `hub_bad_setting`: HF_ENDPOINT or HF_TOKEN cannot be used.
 * - `hub_gated`: the hub wants a token, or a licence accepted.
 * - `hub_not_found`: no such repository, revision or file.
 * - `hub_offline`: the hub cannot be reached.
 * - `hub_failed`: the hub answered with something that is no answer.
 * - `hub_unsafe_redirect`: the hub sent us to where nothing should be fetched from.
 * - `hub_changed`: the file on the hub is not the one whose download was begun.
 * - `hub_checksum`: the bytes that came are not the hub's.
 * - `hub_disk_full`: there is no room for the file.
 * - `hub_not_pulled`: a file that should be on this machine is not, or not all of it.
 */
export type HubErrorCode =
  | 'hub_bad_reference'
  | 'hub_bad_setting'
  | 'hub_gated'
  | 'hub_not_found'
  | 'hub_offline'
  | 'hub_failed'
  | 'hub_unsafe_redirect'
  | 'hub_changed'
  | 'hub_checksum'
  | 'hub_disk_full'
  | 'hub_not_pulled'

export class HubError extends Error {
  override readonly name: string = 'HubError'
  readonly code: HubErrorCode
  constructor(code: HubErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
