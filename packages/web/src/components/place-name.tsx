/** Where a call was answered, in the colour of that place; or that it was not. */
import type { Receipt } from '@edgewise/evidence'

export function PlaceName({ receipt, inTab }: { receipt: Receipt; inTab: boolean }) {
  return (
    <span class="place" data-place={receipt.place}>
      {receipt.place ?? (receipt.error === 'aborted' ? 'stopped' : 'no answer')}
      {inTab && <small> this tab</small>}
    </span>
  )
}
