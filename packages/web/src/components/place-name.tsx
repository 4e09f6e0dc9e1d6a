/** Where a call was answered, in the colour of that place; or that it was not. A cloud that was played says so. */
import type { Receipt } from '@edgewise/evidence'

export function PlaceName({ receipt, inTab }: { receipt: Receipt; inTab: boolean }) {
  return (
    <span class="place" data-place={receipt.place}>
      {receipt.place ?? (receipt.error === 'aborted' ? 'stopped' : 'no answer')}
      {inTab && <small> this tab</small>}
      {receipt.rehearsal && ' '}
      {receipt.rehearsal && <small class="rehearsed">rehearsal</small>}
    </span>
  )
}
