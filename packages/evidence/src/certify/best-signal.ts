/**
 * The better of two bars: the plain signal's, and that of a combination which has passed the gate (combine/gate.ts). The plain one is
 * tested on all items, the combination on those kept aside, as the others made it; each at half of delta, so that taking the better one
 * is paid for. What a combination gains must first make up for that.
 */
import { type Gate, gate, isAside } from '../combine/gate.ts'
import type { TraceItem } from '../trace/item.ts'
import { type Certified, type CertifyOptions, certify } from './certify.ts'

/** The name of a combined signal on certificates and in policies. */
export const COMBINED = 'combined'

export interface BestCertified {
  readonly certified: Certified
  /** null: there are too few items, or nothing to combine, or what there is has changed. */
  readonly gate: Gate | null
}

/** Throws CertifyError. */
export async function certifyBest(
  items: readonly TraceItem[],
  options: Omit<CertifyOptions, 'signal' | 'combination' | 'candidates'> & { readonly signal: string },
): Promise<BestCertified> {
  const plain = await certify(items, { ...options, candidates: 2 })
  // Half of items that changed may look as if they had not.
  if (plain.kind === 'refused' && plain.code === 'shifted') return { certified: plain, gate: null }
  const ofTask = options.task === undefined ? items : items.filter(({ task }) => task === options.task)
  const gated = gate(ofTask, options.pair, options.signal)
  if (gated === null || !gated.passed) return { certified: plain, gate: gated }
  const { combination } = gated
  const aside = ofTask.filter(isAside)
  const combined = await certify(aside, { ...options, signal: COMBINED, combination, candidates: 2 })
  return { certified: savedBy(combined) > savedBy(plain) ? combined : plain, gate: gated }
}

const savedBy = (certified: Certified): number =>
  certified.kind === 'refused' ? -1 : certified.certificate.evidence.saved.value
