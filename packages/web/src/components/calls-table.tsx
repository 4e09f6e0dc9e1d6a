/** The last calls, one row each; the time of a row is a button that puts its receipt on the card. */
import type { Receipt } from '@edgewise/evidence'
import { formatBytes, formatMs, formatSentence, formatTime, formatUsd } from '../format.ts'
import { sumUp } from '../ledger-view.ts'
import { PlaceName } from './place-name.tsx'

interface Props {
  readonly receipts: readonly Receipt[]
  readonly inTab: (receipt: Receipt) => boolean
  readonly picked: Receipt | null
  readonly onPick: (receipt: Receipt) => void
  /** Why this tab's receipts will be gone after a reload, or null. */
  readonly notKept: string | null
}

export function CallsTable({ receipts, inTab, picked, onPick, notKept }: Props) {
  if (receipts.length === 0) return null
  return (
    <section class="card calls" aria-labelledby="calls">
      <div class="card-head">
        <h2 id="calls">The last calls</h2>
        <Summary receipts={receipts} />
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Task</th>
              <th scope="col">Place</th>
              <th scope="col">First token</th>
              <th scope="col">Cost</th>
              <th scope="col">Avoided</th>
              <th scope="col">Left</th>
            </tr>
          </thead>
          <tbody>
            {receipts.map((receipt) => (
              <tr key={receipt.id} data-picked={receipt === picked}>
                <td>
                  <button
                    type="button"
                    class="pick"
                    aria-label={`Receipt of ${receipt.task} at ${formatTime(receipt.at)}`}
                    aria-pressed={receipt === picked}
                    onClick={() => onPick(receipt)}
                  >
                    {formatTime(receipt.at)}
                  </button>
                </td>
                <td>{receipt.task}</td>
                <td>
                  <PlaceName receipt={receipt} inTab={inTab(receipt)} />
                </td>
                <td>{orDash(receipt.firstTokenMs, formatMs)}</td>
                <td>{orDash(receipt.costUsd, formatUsd)}</td>
                <td>{orDash(receipt.avoidedUsd, formatUsd)}</td>
                <td>{formatBytes(receipt.bytesOut)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {notKept !== null && (
        <p class="not-kept">This tab's receipts are gone after a reload. {formatSentence(notKept)}</p>
      )}
    </section>
  )
}

/** In a table of figures a dash is enough for what nobody knows; the receipt says it in words. */
const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? '–' : format(value)

function Summary({ receipts }: { receipts: readonly Receipt[] }) {
  const { calls, onDevice, rehearsals, costUsd, avoidedUsd, bytesOut } = sumUp(receipts)
  return (
    <p>
      {onDevice} of {calls} on the device
      {rehearsals > 0 && ` · ${rehearsals} rehearsed, not counted as money`} · {formatUsd(costUsd)} spent
      {avoidedUsd !== null && ` · ${formatUsd(avoidedUsd)} avoided`} · {formatBytes(bytesOut)} left this
      device
    </p>
  )
}
