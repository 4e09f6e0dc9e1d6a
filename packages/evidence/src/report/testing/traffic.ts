/**
 * A month of made-up traffic of five tasks, the same for the same seed: what a report of it looks like is printed in docs/report.md. It
 * has whatever a report tells of: bars, races, failures, kept answers, redaction, audits, users, a certificate that fell.
 */
import type { Certificate } from '../../certify/certificate.ts'
import type { Judgement } from '../../judgement.ts'
import type { Attempt, Receipt } from '../../receipt.ts'
import { seededRandom } from '../../statistics/random.ts'
import { attemptOf, receiptOf } from '../../testing/receipts.ts'

const START = Date.UTC(2026, 6, 6)
const DAY_MS = 86_400_000
const price = { inputPerMTok: 1, outputPerMTok: 4 }

interface TaskOfTraffic {
  readonly name: string
  readonly share: number
  readonly place: string
  readonly privacy: Receipt['privacy']
  readonly input: number
  readonly output: number
  readonly deviceMs: number
  /** How often the device's answer does not pass, and how often one that passes is worse than the cloud's. */
  readonly rejected: number
  readonly harmed: number
  readonly kept: number
}

const tasks: readonly TaskOfTraffic[] = [
  {
    name: 'intent',
    share: 0.46,
    place: 'prefer-device',
    privacy: 'anything',
    input: 180,
    output: 4,
    deviceMs: 14,
    rejected: 0.12,
    harmed: 0.02,
    kept: 0.2,
  },
  {
    name: 'summarise',
    share: 0.2,
    place: 'prefer-device',
    privacy: 'redacted',
    input: 1400,
    output: 130,
    deviceMs: 240,
    rejected: 0.41,
    harmed: 0.11,
    kept: 0,
  },
  {
    name: 'redact',
    share: 0.16,
    place: 'device-only',
    privacy: 'nothing-leaves',
    input: 240,
    output: 240,
    deviceMs: 22,
    rejected: 0,
    harmed: 0,
    kept: 0,
  },
  {
    name: 'letter',
    share: 0.1,
    place: 'cloud-only',
    privacy: 'redacted',
    input: 620,
    output: 310,
    deviceMs: 0,
    rejected: 0,
    harmed: 0,
    kept: 0,
  },
  {
    name: 'polish',
    share: 0.08,
    place: 'race',
    privacy: 'anything',
    input: 90,
    output: 80,
    deviceMs: 330,
    rejected: 0,
    harmed: 0.05,
    kept: 0,
  },
]

export interface Traffic {
  readonly receipts: readonly Receipt[]
  readonly judgements: ReadonlyMap<string, readonly Judgement[]>
  readonly certificates: readonly Certificate[]
}

export function traffic(calls: number, seed = 1): Traffic {
  const random = seededRandom(seed)
  const judgements = new Map<string, readonly Judgement[]>()
  const receipts: Receipt[] = []
  for (let i = 0; i < calls; i++) {
    // Fewer calls at weekends.
    let time: number
    do time = START + random() * 30 * DAY_MS
    while (new Date(time).getUTCDay() % 6 === 0 && random() < 0.6)
    const receipt = call(`call-${i}`, time, random)
    receipts.push(receipt)
    const judged = judge(receipt, random)
    if (judged.length > 0) judgements.set(receipt.id, judged)
  }
  return { receipts, judgements, certificates: [certificate] }
}

/** Skewed to the right, as waiting is. */
const waited = (middle: number, random: () => number): number =>
  middle * Math.exp(0.45 * (random() + random() + random() + random() - 2))

function call(id: string, time: number, random: () => number): Receipt {
  let drawn = random()
  const task = tasks.find(({ share }) => (drawn -= share) < 0) ?? tasks[0]!
  const input = Math.round(waited(task.input, random))
  const output = Math.max(1, Math.round(waited(task.output, random)))
  const always = (input * price.inputPerMTok + output * price.outputPerMTok) / 1e6
  const bytes = input * 4 + 310
  const base: Partial<Receipt> = {
    id,
    at: new Date(Math.floor(time)).toISOString(),
    task: task.name,
    privacy: task.privacy,
    path: [{ rule: 'place', value: task.place, threshold: null, then: '' }],
    inputTokens: input,
    outputTokens: output,
    rehearsal: random() < 0.01,
  }
  const first = waited(task.deviceMs, random)
  const device: Attempt = attemptOf({
    firstOutputMs: first,
    ms: first + output * 7,
    inputTokens: input,
    outputTokens: output,
  })
  const cloudFirst = waited(420, random)
  const tries = random() < 0.03 ? 2 : 1
  const cloud: Attempt = attemptOf({
    place: 'cloud',
    model: 'large',
    tries,
    bytesOut: bytes * tries,
    costUsd: always,
    firstOutputMs: cloudFirst,
    ms: cloudFirst + output * 12,
    inputTokens: input,
    outputTokens: output,
  })
  const prepared =
    task.privacy === 'redacted'
      ? {
          redacted: {
            PERSON: Math.floor(random() * 3),
            EMAIL_ADDRESS: random() < 0.3 ? 1 : 0,
            PHONE_NUMBER: random() < 0.2 ? 1 : 0,
          },
          nameRecall: { recall: 0.913, measuredOn: 'edgewise-mini, 2,000 sentences' },
          selected: null,
          compressed: null,
        }
      : receiptOf().prepared
  const finished = (changes: Partial<Receipt>): Receipt => {
    const receipt = receiptOf({ ...base, ...changes })
    return receipt.rehearsal ? { ...receipt, avoidedUsd: null } : receipt
  }
  const inCloud = (attempts: readonly Attempt[], startMs: number): Partial<Receipt> => ({
    place: 'cloud',
    model: 'large',
    attempts,
    costUsd: always,
    avoidedUsd: 0,
    bytesOut: cloud.bytesOut,
    firstTokenMs: startMs + cloudFirst,
    totalMs: startMs + cloud.ms,
    prepared,
  })
  const onDevice = {
    attempts: [device],
    costUsd: 0,
    avoidedUsd: always,
    firstTokenMs: first,
    totalMs: device.ms,
  }

  if (task.kept > random())
    return finished({
      model: 'cache',
      attempts: [],
      costUsd: 0,
      avoidedUsd: always,
      firstTokenMs: 0.4,
      totalMs: 0.6,
      cache: { kind: random() < 0.8 ? 'exact' : 'semantic', of: 'call-0', ageSeconds: 60, similarity: 1 },
    })
  if (task.place === 'device-only') return finished(onDevice)
  if (random() < 0.006 && task.place !== 'race') {
    const failed: Attempt = { ...cloud, outcome: 'failed', code: 'http_503', costUsd: 0, outputTokens: null }
    return finished({
      place: null,
      model: null,
      attempts: [failed],
      costUsd: 0,
      bytesOut: cloud.bytesOut,
      prepared,
      error: random() < 0.25 ? 'aborted' : 'cloud_failed',
      firstTokenMs: null,
      inputTokens: null,
      outputTokens: null,
    })
  }
  if (task.place === 'cloud-only') return finished(inCloud([cloud], 0))
  if (task.place === 'race') {
    const deviceWins = first < cloudFirst
    const lost = deviceWins
      ? { ...cloud, outcome: 'cancelled' as const, estimated: true }
      : { ...device, outcome: 'cancelled' as const }
    return finished(
      deviceWins
        ? { ...onDevice, attempts: [device, lost], costUsd: always, avoidedUsd: 0, bytesOut: cloud.bytesOut }
        : inCloud([lost, cloud], 0),
    )
  }
  if (random() < task.rejected) {
    const threshold = task.name === 'intent' ? -0.2 : -0.6
    return finished({
      ...inCloud(
        [
          { ...device, outcome: 'rejected' },
          { ...cloud, startMs: device.ms },
        ],
        device.ms,
      ),
      signals: [{ name: 'meanLogprob', value: threshold - 0.3, threshold, pass: false }],
    })
  }
  const certified = task.name === 'intent'
  const stands = !certified || time < START + 24 * DAY_MS || random() < 0.5
  return finished({
    ...onDevice,
    certificate: certified && stands ? certificate.id : null,
    path: stands
      ? base.path!
      : [
          ...base.path!,
          {
            rule: 'certificate',
            value: certificate.id,
            threshold: null,
            then: 'the template of the device is another one',
          },
        ],
  })
}

function judge(
  { id, at, task, place, cache, rehearsal, attempts }: Receipt,
  random: () => number,
): readonly Judgement[] {
  const found: Judgement[] = []
  const one = (judgement: Partial<Judgement>): void =>
    void found.push({ receiptId: id, at, by: 'user', device: null, cloud: null, shadow: null, ...judgement })
  const { harmed = 0, privacy, input = 0, output = 0 } = tasks.find(({ name }) => name === task) ?? {}
  if (rehearsal || place === null) return found
  if (place === 'device' && cache === null && privacy !== 'nothing-leaves' && random() < 0.06) {
    const costUsd = (input * price.inputPerMTok + output * price.outputPerMTok) / 1e6
    const shadow = attemptOf({ place: 'cloud', model: 'large', costUsd, bytesOut: input * 4 + 310 })
    one({
      by: 'shadow',
      device: random() < harmed ? 0 : 1,
      cloud: 1,
      shadow: attempts.length === 1 ? shadow : null,
    })
  }
  if (random() < 0.02) one({ [place]: random() < 0.9 ? 1 : 0 })
  return found
}

const certificate: Certificate = {
  format: 'edgewise.certificate/1',
  id: 'cert-3f9a0c21d4e85b76',
  issuedAt: '2026-07-05T16:20:00.000Z',
  task: 'intent',
  device: { model: 'edgewise-mini', quantisation: 'Q8_0', template: null },
  cloud: { model: 'large' },
  claim: { kind: 'harm', alpha: 0.05 },
  delta: 0.05,
  method: 'exact-binomial',
  bar: { signal: 'meanLogprob', threshold: -0.2, combination: null },
  evidence: {
    n: 912,
    candidates: 24,
    from: '2026-06-01T00:00:00.000Z',
    until: '2026-07-04T00:00:00.000Z',
    digest: '0'.repeat(64),
    kept: 803,
    harm: 21,
    saved: { value: 0.86, low: 0.84, high: 0.88 },
  },
  reference: [],
}
