/** The last calls, one row each; the time of a row is a button that puts its receipt on the card. */
import type { Receipt } from '@edgewise/evidence'
import { formatBytes, formatMs, formatTime, formatUsd } from '../format.ts'
import { sumUp } from '../ledger-view.ts'
import { PlaceName } from './place-name.tsx'

interface Props {
  readonly receipts: readonly Receipt[]
  readonly inTab: (receipt: Receipt) => boolean
  readonly picked: Receipt | null
  readonly onPick: (receipt: Receipt) => void
}

export function CallsTable({ receipts, inTab, picked, onPick }: Props) {
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
              <th scope="col">Total</th>
              <th scope="col">Cost</th>
              <th scope="col">Bytes out</th>
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
                <td>{formatMs(receipt.totalMs)}</td>
                <td>{formatUsd(receipt.costUsd)}</td>
                <td>{formatBytes(receipt.bytesOut)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Summary({ receipts }: { receipts: readonly Receipt[] }) {
  const { calls, onDevice, costUsd, avoidedUsd, bytesOut } = sumUp(receipts)
  return (
    <p>
      {onDevice} of {calls} on the device · {formatUsd(costUsd)} spent
      {avoidedUsd !== null && ` · ${formatUsd(avoidedUsd)} avoided`} · {formatBytes(bytesOut)} left this
      device
    </p>
  )
}
