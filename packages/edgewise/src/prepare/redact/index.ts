/** What leaves the device leaves without identifiers, and comes back restored. */
export { RedactionError } from './errors.ts'
export { miniNames } from './mini-names.ts'
export { type RedactedCall, type RedactSettings, redactCall } from './redact-call.ts'
export { type RestoreOptions, restoreParts } from './restore-parts.ts'
