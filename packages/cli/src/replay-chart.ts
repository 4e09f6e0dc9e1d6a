/** Cost and quality of a replay as a picture: curves of signals, the policy and what it has to beat as dots. */
import {
  type Curve,
  type Estimate,
  lineChart,
  type Replay,
  type Series,
  type Strategy,
} from '@edgewise/evidence'

/** An SVG document. The cost is a share of the cloud's alone, as is that of the replay's bill. */
export function replayChart({ pair, policy, baselines, billBy }: Replay, curves: readonly Curve[]): string {
  const { alwaysDevice, alwaysCloud, bestConstant, meanLogprob, oracle } = baselines
  const isOther = bestConstant.model !== alwaysDevice.model && bestConstant.model !== alwaysCloud.model
  const series: readonly Series[] = [
    ...curves.map(lineOf),
    {
      name: 'random mix',
      kind: 'line',
      dashed: true,
      points: [alwaysDevice, alwaysCloud].flatMap(pointOf),
    },
    dot(policy),
    dot(alwaysDevice),
    dot(alwaysCloud),
    ...(isOther ? [dot(bestConstant)] : []),
    // Where the plain bar's curve is drawn, its dot would say it twice.
    ...(meanLogprob === null || curves.some(({ signal }) => signal === 'meanLogprob')
      ? []
      : [dot(meanLogprob)]),
    dot(oracle),
  ]
  return lineChart({
    title: `${pair.device} with ${pair.cloud}`,
    x: {
      label: billBy === 'usd' ? 'cost, of the cloud alone' : 'calls to the cloud',
      format: percent,
      min: 0,
      max: 1,
    },
    y: { label: 'quality', format: percent },
    series: series.filter(({ points }) => points.length > 0),
  })
}

const lineOf = ({ signal, points }: Curve): Series => ({
  name: signal,
  kind: 'line',
  points: points.map(({ cost, quality }) => [cost, quality] as const),
})

function pointOf({ billCut, quality }: Strategy): (readonly [number, number])[] {
  return billCut === null || quality === null ? [] : [[1 - billCut.value, quality.value]]
}

function dot(strategy: Strategy): Series {
  const points = pointOf(strategy)
  const { low, high } = strategy.quality ?? ({} as Partial<Estimate>)
  const band = points.flatMap(([x]) =>
    low === undefined || high === undefined ? [] : [[x, low, high] as const],
  )
  return { name: strategy.name, kind: 'dots', points, band }
}

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`
