/**
 * A use case with every default filled in. A file says what differs from these; nothing else knows them. What is an assumption of ours
 * and not of the team is listed by `assumptions`, and stands among a verdict's warnings.
 */
import { clopperPearson } from '@edgewise/evidence'
import { deviceOf } from '../facts/lookup.ts'
import type { Backend, DeviceClass, Facts } from '../facts/types.ts'
import type { MeasuredInput, UseCaseInput } from './schema.ts'
import type { MeasuredQuality, UseCase } from './types.ts'

const assumed = {
  firstTokenMs: 500,
  decodeTps: 80,
  days: 20,
  usdPerDay: 600,
  egressUsdPerGB: 0.05,
} as const

/** Of an input that was checked: every device is in `facts`. */
export function withDefaults(input: UseCaseInput, facts: Facts): UseCase {
  const { fit, latency, volume, cloud, fleet, engineering = {} } = input
  return {
    name: input.name,
    task: input.task ?? taskName(input.name),
    fit: {
      models: fit.models ?? [],
      keep: fit.keep ?? 0.95,
      measured: (fit.measured ?? []).map(measuredQuality),
      kind: fit.kind,
    },
    latency: {
      targetMs: latency.targetMs,
      of: latency.of ?? 'first-token',
      share: latency.share ?? 0.9,
    },
    privacy: input.privacy,
    offline: input.offline,
    volume: { ...volume, cachedShare: volume.cachedShare ?? 0 },
    cloud: {
      model: cloud.model,
      firstTokenMs: cloud.firstTokenMs ?? assumed.firstTokenMs,
      decodeTps: cloud.decodeTps ?? assumed.decodeTps,
    },
    fleet:
      typeof fleet === 'string'
        ? fleet
        : fleet.map(({ device, share, runtime, backend }) => {
            const usual = usualRuntime(deviceOf(facts, device).class)
            return { device, share, runtime: runtime ?? usual.runtime, backend: backend ?? usual.backend }
          }),
    engineering: {
      days: engineering.days ?? assumed.days,
      usdPerDay: engineering.usdPerDay ?? assumed.usdPerDay,
      months: engineering.months ?? 12,
      egressUsdPerGB: engineering.egressUsdPerGB ?? assumed.egressUsdPerGB,
    },
  }
}

/** Of a use case what stands at a value that we assume: a sentence each. A team that measured the same number reads it, too. */
export function assumptions({ cloud, engineering }: UseCase): readonly string[] {
  const found: string[] = []
  if (cloud.firstTokenMs === assumed.firstTokenMs && cloud.decodeTps === assumed.decodeTps)
    found.push(
      `the cloud's ${assumed.firstTokenMs} ms to the first word and ${assumed.decodeTps} tokens a second are assumed: measure them from where your users are`,
    )
  if (engineering.days === assumed.days && engineering.usdPerDay === assumed.usdPerDay)
    found.push(
      `${assumed.days} days of engineering at $${assumed.usdPerDay} are assumed: put in your own estimate`,
    )
  return found
}

/** What most people would run on a device of this class, where the use case does not say. */
export function usualRuntime(device: DeviceClass): { readonly runtime: string; readonly backend: Backend } {
  const onCpu = device === 'phone' || device === 'phone-mid' || device === 'sbc'
  return { runtime: 'llama.cpp', backend: onCpu ? 'cpu' : 'gpu' }
}

function measuredQuality({ who, right, of, low, high, kept }: MeasuredInput): MeasuredQuality {
  // Of scores between right and wrong the count is rounded outward on either side: wider than it must be, never narrower.
  const exact = {
    low: clopperPearson(Math.floor(right), of).low,
    high: clopperPearson(Math.ceil(right), of).high,
  }
  return {
    who,
    right,
    of,
    low: low ?? exact.low,
    high: high ?? exact.high,
    ...(kept === undefined ? {} : { kept }),
  }
}

/** `Ticket triage` is `ticket-triage`; a name without a letter is `task`. */
function taskName(name: string): string {
  const plain = name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 64)
  // The router keeps this name for calls that have none.
  return plain === '' || plain === 'default' ? 'task' : plain
}
