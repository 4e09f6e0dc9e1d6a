/** The receipt of a call, as one that a till prints: where and why, the way there, the figures, what left the device. */
import type { PriceUsed, Receipt, Tokens } from '@edgewise/evidence'
import { formatMs, formatSentence, formatSpeed, formatTime, formatUsd, unknown } from '../format.ts'
import { PlaceName } from './place-name.tsx'
import { Line } from './receipt-line.tsx'
import { Attempts, Path, Signals } from './receipt-path.tsx'
import { Sent } from './receipt-sent.tsx'

interface Props {
  readonly receipt: Receipt | null
  readonly inTab: (receipt: Receipt) => boolean
  readonly running: boolean
}

export function ReceiptCard({ receipt, inTab, running }: Props) {
  return (
    <aside class="receipt-side" aria-label="Receipt" aria-live="polite">
      <div class="paper" data-empty={receipt === null} key={receipt?.id ?? 'empty'}>
        {receipt ? <Printed receipt={receipt} inTab={inTab(receipt)} /> : <Blank running={running} />}
      </div>
    </aside>
  )
}

function Blank({ running }: { running: boolean }) {
  return (
    <>
      <h2>Receipt</h2>
      <p class="waiting">
        {running ? 'Printing when the call is done.' : 'Run a task: its receipt is printed here.'}
      </p>
    </>
  )
}

function Printed({ receipt, inTab }: { receipt: Receipt; inTab: boolean }) {
  const r = receipt
  return (
    <>
      {r.rehearsal && (
        <p class="rehearsal">
          <strong>Rehearsal</strong> The cloud is played: nothing was bought, nothing was saved.
        </p>
      )}
      <h2>Receipt</h2>
      <p class="stub">
        <time dateTime={r.at}>{formatTime(r.at)}</time> · {r.task}
        <br />
        <span class="id">{r.id}</span>
      </p>
      <dl>
        <Line name="where">
          <PlaceName receipt={r} inTab={inTab} />
        </Line>
        {r.model && <Line name="model">{r.model}</Line>}
        {r.error && <Line name="error">{r.error}</Line>}
      </dl>
      <p class="why">{formatSentence(r.why)}</p>
      <Path steps={r.path} />
      <Attempts attempts={r.attempts} />
      <Signals signals={r.signals} />
      <Figures receipt={r} />
      <dl>
        <Line name="cost">
          {formatUsd(r.costUsd)}
          {r.rehearsal && ' (not paid)'}
        </Line>
        <Line name="avoided">{r.rehearsal ? 'nothing, a rehearsal' : formatUsd(r.avoidedUsd)}</Line>
        {r.price && <Price price={r.price} />}
        {r.deviceEnergyJ !== null && <Line name="device energy">{r.deviceEnergyJ.toPrecision(2)} J</Line>}
      </dl>
      <Sent receipt={r} />
    </>
  )
}

function Figures({ receipt: r }: { receipt: Receipt }) {
  const { device, cloud } = r.tokens
  return (
    <dl>
      {r.cache && (
        <Line name="kept answer">
          {r.cache.kind}, {Math.round(r.cache.ageSeconds)} s old
        </Line>
      )}
      {r.certificate && <Line name="certificate">{r.certificate}</Line>}
      {r.queueMs !== null && r.queueMs >= 1 && <Line name="waited">{formatMs(r.queueMs)}</Line>}
      <Line name="first token">{formatMs(r.firstTokenMs)}</Line>
      <Line name="total">{formatMs(r.totalMs)}</Line>
      {/* An answer in one piece has no decoding speed. */}
      {r.tokensPerSecond !== null && <Line name="speed">{formatSpeed(r.tokensPerSecond)}</Line>}
      <Line name="tokens in · out">
        {r.inputTokens ?? unknown} · {r.outputTokens ?? unknown}
      </Line>
      {!!r.cachedTokens && <Line name="of them ready">{r.cachedTokens}</Line>}
      {/* With one place at work the line above says it all. */}
      {ran(device) && ran(cloud) && (
        <>
          <Line name="on the device">{inOut(device)}</Line>
          <Line name="in the cloud">{inOut(cloud)}</Line>
        </>
      )}
    </dl>
  )
}

const ran = ({ input, output }: Tokens): boolean => input !== null || output !== null
const inOut = ({ input, output }: Tokens): string => `${input ?? unknown} · ${output ?? unknown}`

function Price({ price }: { price: PriceUsed }) {
  const { model, inputPerMTok, cachedInputPerMTok, outputPerMTok, asOf, source } = price
  return (
    <p class="price">
      At the price of {model}
      {asOf !== null && ` on ${asOf}`}: {formatUsd(inputPerMTok)} in, {formatUsd(cachedInputPerMTok)} cached,{' '}
      {formatUsd(outputPerMTok)} out a million tokens{source !== null && ` (${source})`}.
    </p>
  )
}
