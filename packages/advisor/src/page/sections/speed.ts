/** How fast each kind of device would be: latencies with intervals against the target, the roofline, and the figures. */
import { type Block, type Cell, type DotRow, type Section, table, text, UNKNOWN } from '@edgewise/evidence'
import type { Verdict } from '../../decide/types.ts'
import type { Facts } from '../../facts/types.ts'
import { type Kind, latencyOf, MOST_DEVICES, nameOf, optionOf, whichOf } from '../shown.ts'
import type { Trail } from '../trail.ts'
import { gigabytes, ms, shareText, tps, whole, within } from '../words.ts'
import { roofline } from './roofline.ts'

export function speed(verdict: Verdict, facts: Facts, kinds: readonly Kind[], trail: Trail): Section {
  const shown = kinds.slice(0, MOST_DEVICES)
  return {
    id: 'speed',
    title: 'How fast',
    lead: 'Decoding a token reads every weight once, so memory bandwidth is the roof. Intervals were tested on devices that the fit had not seen.',
    blocks: [
      ...ranges(verdict, facts, shown),
      ...roofline(verdict, facts, shown),
      ...figures(facts, shown, trail),
      ...(kinds.length > shown.length
        ? [text(`Of ${kinds.length} kinds of devices, those of the most users are shown; the JSON has all.`)]
        : []),
    ],
  }
}

function ranges(verdict: Verdict, facts: Facts, kinds: readonly Kind[]): readonly Block[] {
  const { latency } = verdict.useCase
  const rows: DotRow[] = kinds.map(({ share, prediction }) => ({
    label: nameOf(facts, share.device),
    note: shareText(share.share),
    dot: prediction === null ? null : { series: 0, ...latencyOf(verdict, prediction) },
  }))
  const cloud = optionOf(verdict, 'cloud')?.latencyMs
  if (cloud != null)
    rows.push({ label: verdict.useCase.cloud.model, note: 'cloud', dot: { series: 1, ...cloud } })
  return [
    {
      kind: 'dots',
      tones: ['device', 'cloud'],
      chart: {
        title: `${latency.of === 'first-token' ? 'To the first token' : 'To the whole answer'}, by device`,
        axis: { label: 'milliseconds, logarithmic', log: true, format: ms },
        names: ['on the device', 'in the cloud'],
        rows,
        target: { value: latency.targetMs, text: `target ${ms(latency.targetMs)}` },
        format: ms,
        width: 1000,
      },
    },
  ]
}

function figures(facts: Facts, kinds: readonly Kind[], trail: Trail): readonly Block[] {
  const hasEnergy = kinds.some(({ prediction }) => prediction?.energyJ != null)
  return table(
    'The same in figures, with 80 % intervals',
    [
      'Device',
      'Model',
      ':Tokens a second',
      ':First token',
      ':Whole answer',
      ':Memory at most',
      ...(hasEnergy ? [':Energy a call'] : []),
      'Fits',
    ],
    kinds.map(({ share, prediction }): Cell[] => {
      const name = trail.toRow(share.device, nameOf(facts, share.device))
      if (prediction === null)
        return [name, 'no candidate', ...Array.from({ length: hasEnergy ? 6 : 5 }, () => '-')]
      const { decodeTps, firstTokenMs, totalMs, peakBytes, energyJ, fits } = prediction
      return [
        name,
        whichOf(prediction),
        // Its step is the time a token.
        trail.to(prediction, 1000 / decodeTps.value, within(decodeTps, tps)),
        trail.to(prediction, firstTokenMs.value, within(firstTokenMs, ms)),
        trail.to(prediction, totalMs.value, within(totalMs, ms)),
        trail.to(prediction, peakBytes.value, within(peakBytes, gigabytes)),
        ...(!hasEnergy
          ? []
          : [energyJ === null ? UNKNOWN : trail.to(prediction, energyJ.value, within(energyJ, joules))]),
        fits === null ? 'perhaps' : fits ? 'yes' : 'no',
      ]
    }),
  )
}

function joules(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN
  return `${value < 9.95 ? value.toPrecision(2) : whole(value)} J`
}
