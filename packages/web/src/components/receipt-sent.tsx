/** The foot of the receipt: what left this device, how it was made smaller and safer before, and its digest. */
import type { Prepared, Receipt } from '@edgewise/evidence'
import { formatBytes, formatShare } from '../format.ts'
import { Line } from './receipt-line.tsx'

const promises: Record<Receipt['privacy'], string> = {
  'nothing-leaves': 'nothing may leave',
  'structured-only': 'identifiers leave redacted, free text does not',
  redacted: 'leaves redacted',
  anything: 'may leave as it is',
}

export function Sent({ receipt }: { receipt: Receipt }) {
  const { bytesOut, sentDigest, privacy, prepared } = receipt
  return (
    <section class="left-device" data-none={bytesOut === 0} aria-label="What left">
      <dl>
        <div class="line total">
          <dt>left this device</dt>
          <dd>{formatBytes(bytesOut)}</dd>
        </div>
        <Line name="privacy">{promises[privacy] ?? privacy}</Line>
        {sentDigest !== null && (
          <Line name="sha256">
            <abbr title={sentDigest}>{sentDigest.slice(0, 16)}…</abbr>
          </Line>
        )}
        {prepared.redacted !== null && <Line name="redacted">{counted(prepared.redacted)}</Line>}
        {prepared.nameRecall !== null && (
          <Line name="names found">
            {formatShare(prepared.nameRecall.recall)} on {prepared.nameRecall.measuredOn}
          </Line>
        )}
        {prepared.selected !== null && (
          <Line name="selected">
            {prepared.selected.keptPassages} of {prepared.selected.passages} passages,{' '}
            {kept(prepared.selected)}
          </Line>
        )}
        {prepared.compressed !== null && <Line name="compressed">{kept(prepared.compressed)}</Line>}
      </dl>
    </section>
  )
}

/** `2 PERSON, 1 EMAIL_ADDRESS`, or that none were found: counts, never values. */
function counted(redacted: NonNullable<Prepared['redacted']>): string {
  const found = Object.entries(redacted).filter(([, count]) => count > 0)
  if (found.length === 0) return 'nothing was found'
  return found.map(([type, count]) => `${count} ${type}`).join(', ')
}

const kept = ({ tokens, keptTokens }: { tokens: number; keptTokens: number }): string =>
  `${keptTokens} of ${tokens} tokens`
