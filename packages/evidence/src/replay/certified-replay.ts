/**
 * A certificate as a policy to replay: its bar, watched as at run time. From the moment its monitor gives alarm, or where an item comes
 * from another setup than it was proven for, calls go to the cloud. Items are taken in the order of the trace.
 */
import type { Certificate } from '../certify/certificate.ts'
import { mismatches } from '../certify/matches.ts'
import { signalOf } from '../certify/sample.ts'
import { type DriftAlarm, DriftMonitor } from '../drift/drift-monitor.ts'
import { hash32 } from '../statistics/random.ts'
import { judgedItem, type Outcome, outcomeOf, type TraceItem } from '../trace/item.ts'
import type { ReplayDecision, ReplayPolicy } from './result.ts'

export interface CertifiedReplay extends ReplayPolicy {
  /** What made it fall back, and after how many items; null when it stood to the end. */
  readonly fell: (DriftAlarm & { readonly item: number }) | null
}

/** `audited`: the share of calls whose outcome the monitor learns, by their ids. Default 1: of a trace all are known. */
export function certifiedReplay(
  certificate: Certificate,
  { audited = 1 }: { readonly audited?: number } = {},
): CertifiedReplay {
  const monitor = new DriftMonitor(certificate)
  const pair = { device: certificate.device.model, cloud: certificate.cloud.model }
  const misfits = new Map<string, number>()
  const { claim } = certificate
  const calls = claim.kind === 'harm' ? (claim.calls ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  let items = 0
  let answers = 0
  let misfitting = 0
  let fellAt = 0

  function decide(item: TraceItem): ReplayDecision {
    items++
    const device = outcomeOf(item, pair.device)
    const cloud = outcomeOf(item, pair.cloud)
    const running = {
      task: item.task,
      device: {
        model: pair.device,
        quantisation: device?.quantisation ?? null,
        template: device?.template ?? null,
      },
      cloud: { model: pair.cloud },
    }
    const [misfit] = mismatches(certificate, running)
    if (misfit !== undefined) {
      misfitting++
      misfits.set(misfit, (misfits.get(misfit) ?? 0) + 1)
    }
    const isOver = answers >= calls
    if (misfit !== undefined || isOver || monitor.alarm !== null || device === null) return onCloud(cloud)
    answers++
    const { bar } = certificate
    const value = bar === null ? null : signalOf(device, bar.signal, bar.combination)
    const kept = bar === null || (value !== null && value >= bar.threshold)
    watch(item, value, kept)
    if (kept) return { place: 'device', asked: ['device'], latencyMs: device.latencyMs }
    const latencyMs = sum(device.latencyMs, cloud?.latencyMs ?? null)
    const missing = bar !== null && value === null ? bar.signal : null
    return { place: cloud === null ? null : 'cloud', asked: ['device', 'cloud'], latencyMs, missing }
  }

  function watch(item: TraceItem, value: number | null, kept: boolean): void {
    monitor.signal(value)
    const judged = judgedItem(item, pair)
    if (judged !== null && hash32(item.id) < audited * 2 ** 32)
      monitor.audit({ kept, device: judged.device.score, cloud: judged.cloud.score })
    if (monitor.alarm !== null) fellAt = items
  }

  return {
    name: `certificate ${certificate.id}`,
    decide,
    get fell() {
      return monitor.alarm === null ? null : { ...monitor.alarm, item: fellAt }
    },
    notes() {
      const { alarm } = monitor
      const said =
        misfitting === items
          ? 'the certificate is for none of the items'
          : alarm === null
            ? `the certificate stood to the end of the ${items} items`
            : `from item ${fellAt} of ${items} on the certificate did not stand: ${alarm.why}; calls went to the cloud`
      const others = [...misfits].map(([why, count]) => `${count} items went to the cloud: ${why}`)
      if (answers >= calls && items > answers)
        others.push(`after the ${calls} calls it was proven for, items went to the cloud`)
      return [said, ...others]
    },
  }
}

const onCloud = (cloud: Outcome | null): ReplayDecision =>
  cloud === null
    ? { place: null, asked: [], latencyMs: null }
    : { place: 'cloud', asked: ['cloud'], latencyMs: cloud.latencyMs }

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b)
