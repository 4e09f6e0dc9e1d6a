/** What leaves the device leaves without identifiers, and comes back restored. */
export { RedactionError } from './errors.ts'
export { miniNames } from './mini-names.ts'
export { redactCall } from './redact-call.ts'
export { restoreParts } from './restore-parts.ts'
