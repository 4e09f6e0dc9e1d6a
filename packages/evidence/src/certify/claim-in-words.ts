/** A claim as a clause for people. */
import type { Claim } from './certificate.ts'

export function claimInWords(claim: Claim): string {
  if (claim.kind === 'keeps') return `at least ${percent(claim.share)} of the cloud's quality is kept`
  const calls = claim.calls === undefined ? 'all calls' : `the next ${claim.calls.toLocaleString('en')} calls`
  return `at most ${percent(claim.alpha)} of ${calls} are harmed by staying on the device`
}

/** As somebody would write what was asked for: `5 %`, `0.5 %`. */
const percent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`
