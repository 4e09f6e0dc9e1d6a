/** Does a certificate speak of what runs? A proof for another model, quantisation or prompt is none. */
import type { Setup } from './certificate.ts'

/** What differs, a clause each; empty when it fits. A value that nobody knows (null) is not taken to be the same as one that is known. */
export function mismatches(certificate: Setup, running: Setup): readonly string[] {
  const facts: readonly (readonly [string, string | null, string | null])[] = [
    ['the task', certificate.task, running.task],
    ['the device model', certificate.device.model, running.device.model],
    ['its quantisation', certificate.device.quantisation, running.device.quantisation],
    [
      'the digest of its instructions and chat template',
      certificate.device.template,
      running.device.template,
    ],
    ['the cloud model', certificate.cloud.model, running.cloud.model],
  ]
  return facts
    .filter(([, proven, runs]) => proven !== runs)
    .map(([what, proven, runs]) => `${what} is ${named(runs)}, the certificate is for ${named(proven)}`)
}

const named = (value: string | null): string => (value === null ? 'not known' : JSON.stringify(value))
