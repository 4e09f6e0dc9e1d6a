/**
 * The roofline: tokens a second over the bytes read for each. A device's bandwidth divided by the bytes is the roof; predictions lie under
 * it, with their intervals.
 */
import type { Block, Series } from '@edgewise/evidence'
import type { Verdict } from '../../decide/types.ts'
import type { Facts } from '../../facts/types.ts'
import type { Prediction } from '../../predict/types.ts'
import { type Kind, nameOf, whichOf } from '../shown.ts'
import { gigabytes, tps } from '../words.ts'

const MOST_ROOFS = 6
/** Factor between dots of the same model, which stand beside each other: at most this, and less where models are near each other. */
const APART = 1.035

/** `kinds`: those of the most users first; the first few are drawn, with the models that are shipped anywhere. */
export function roofline(verdict: Verdict, facts: Facts, kinds: readonly Kind[]): readonly Block[] {
  const models = new Set(
    kinds.flatMap(({ prediction }) => (prediction === null ? [] : [whichOf(prediction)])),
  )
  const drawn = kinds.filter(({ prediction }) => prediction !== null).slice(0, MOST_ROOFS)
  const pointsOf = ({ share }: Kind): Prediction[] =>
    verdict.predictions.filter(
      (one) =>
        one.setting.device === share.device &&
        one.setting.runtime === share.runtime &&
        one.setting.backend === share.backend &&
        models.has(whichOf(one)),
    )
  const all = drawn.flatMap(pointsOf)
  if (all.length === 0) return []
  const sizes = all.map(bytesOf)
  const [least, most] = [Math.min(...sizes) / 1.35, Math.max(...sizes) * 1.35]
  const apart = Math.min(APART, nearest(sizes) ** (0.7 / drawn.length))
  const series = drawn.flatMap((kind, colour): Series[] => {
    const bandwidth = facts.devices.find(({ id }) => id === kind.share.device)?.bandwidthGBs
    const points = pointsOf(kind)
    const aside = apart ** (colour - (drawn.length - 1) / 2)
    return [
      {
        name: `${nameOf(facts, kind.share.device)}${bandwidth === undefined ? '' : `, ${bandwidth} GB/s`}`,
        kind: 'line',
        dashed: true,
        colour,
        points:
          bandwidth === undefined
            ? []
            : [least, most].map((size) => [size, (bandwidth * 1e9) / size] as const),
      },
      {
        name: '',
        kind: 'dots',
        colour,
        unlisted: true,
        points: points.map((one) => [aside * bytesOf(one), one.decodeTps.value] as const),
        band: points.map((one) => [aside * bytesOf(one), one.decodeTps.low, one.decodeTps.high] as const),
      },
    ]
  })
  const uprights = [...models].flatMap((which) => {
    const one = all.find((prediction) => whichOf(prediction) === which)
    return one === undefined ? [] : [{ x: bytesOf(one), text: which }]
  })
  return [
    {
      kind: 'lines',
      tones: [],
      chart: {
        title: 'Roofline: what bandwidth allows (dashed), and what is predicted',
        x: {
          label: 'bytes read a token, logarithmic (dots of one model stand side by side)',
          log: true,
          min: least,
          max: most,
          format: gigabytes,
        },
        y: { label: 'tokens a second, logarithmic', log: true, format: tps },
        series,
        uprights,
        width: 1000,
        height: 460,
      },
    },
  ]
}

/** The least factor between two sizes that are not the same model's. */
function nearest(sizes: readonly number[]): number {
  const sorted = sizes.toSorted((a, b) => a - b)
  const factors = sorted.slice(1).map((size, i) => size / sorted[i]!)
  return Math.min(...factors.filter((factor) => factor > SAME), Number.MAX_VALUE)
}

/** One model reads nearly the same bytes on all devices. */
const SAME = 1.01

const scales: { readonly [unit: string]: number } = { B: 1, bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 }

/** Read for a token, by the derivation; of a prediction that does not tell, its file. */
function bytesOf({ derivation, fileBytes }: Prediction): number {
  const step = derivation.find(({ what, unit }) => what.startsWith('bytes read') && unit in scales)
  return step === undefined ? fileBytes : step.value * scales[step.unit]!
}
