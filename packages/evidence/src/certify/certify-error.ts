/** What is wrong with what a certificate was asked for, or with a certificate. A refusal for lack of proof is no error (certify.ts). */

/**
 * - `certify_bad_option`: alpha, share, delta, or what else was given, cannot be, or cannot stand on a certificate.
 * - `certify_bad_item`: a score outside 0 to 1, or a time that is none.
 * - `certify_no_items`: no item of that task that both models answered and somebody judged.
 * - `certify_several_tasks`: a certificate is for one task, and there are several.
 * - `certify_mixed_setup`: the items come from different quantisations or prompt templates.
 * - `certify_duplicate`: the same item twice.
 * - `certificate_malformed`: it is no certificate, or of a format of another version.
 * - `certificate_altered`: its id is not the digest of what it says.
 */
export type CertifyErrorCode =
  | 'certify_bad_option'
  | 'certify_bad_item'
  | 'certify_no_items'
  | 'certify_several_tasks'
  | 'certify_mixed_setup'
  | 'certify_duplicate'
  | 'certificate_malformed'
  | 'certificate_altered'

export class CertifyError extends Error {
  override readonly name: string = 'CertifyError'
  readonly code: CertifyErrorCode
  constructor(code: CertifyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
