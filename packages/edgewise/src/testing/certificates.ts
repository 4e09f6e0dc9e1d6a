/** Certificates as tests need them: of the task "job", of the scripted device and cloud. None is a proof of anything. */
import { createHash } from 'node:crypto'
import type { Certificate } from '@edgewise/evidence'
import type { Rule } from '../policy/index.ts'

/** Of a device that reads no instructions and does not say how its prompts are written. */
const templateOf = (deviceTask: string): string =>
  createHash('sha256')
    .update(JSON.stringify([null, deviceTask, null]))
    .digest('hex')
    .slice(0, 16)

export const certificateOf = (said: Partial<Certificate> = {}): Certificate => ({
  format: 'edgewise.certificate/1',
  id: 'cert-1',
  issuedAt: '2026-08-01T00:00:00.000Z',
  task: 'job',
  device: { model: 'tiny', quantisation: null, template: templateOf('job') },
  cloud: { model: 'cloudy' },
  claim: { kind: 'harm', alpha: 0.05 },
  delta: 0.05,
  method: 'exact-binomial',
  bar: { signal: 'meanLogprob', threshold: -0.5, combination: null },
  evidence: {
    n: 1000,
    candidates: 1,
    from: null,
    until: null,
    digest: '0'.repeat(64),
    kept: 700,
    harm: 10,
    saved: { value: 0.7, low: 0.6, high: 0.8 },
  },
  reference: [
    [null, 300],
    [-0.3, 350],
    [-0.1, 350],
  ],
  ...said,
})

/** The rule with a certificate for each bar that names one, every second of which is for another device. */
export function provenRule(
  rule: Rule,
  { device, cloud }: { readonly device: string; readonly cloud: string },
): { rule: Rule; certificates: readonly Certificate[] } {
  const certificates: Certificate[] = []
  const escalate = rule.escalate?.map(({ certificate, ...bar }, index) => {
    // Of it less passes, so it proves nothing.
    if (certificate === undefined || bar.signal === 'length') return bar
    const id = `cert-${index}`
    const { signal, threshold = 1 } = bar
    certificates.push(
      certificateOf({
        id,
        device: {
          model: index % 2 === 0 ? device : 'another',
          quantisation: null,
          template: templateOf(rule.deviceTask ?? 'job'),
        },
        cloud: { model: cloud },
        bar: { signal, threshold, combination: null },
      }),
    )
    return { ...bar, certificate: id }
  })
  return { rule: escalate === undefined ? rule : { ...rule, escalate }, certificates }
}
