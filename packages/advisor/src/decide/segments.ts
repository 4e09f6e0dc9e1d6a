/**
 * The users by what is best for them, when the verdict is what it leans to: kinds of devices with the same answer for the same reason are one
 * segment. A kind of device is uncertain where what it gets hangs on the end of its own interval.
 */
import { milliseconds, percent } from '@edgewise/evidence'
import type { Case } from './case.ts'
import type { Leaning } from './choose.ts'
import type { Figures } from './figures.ts'
import type { Worlds } from './options.ts'
import type { Answer, Segment } from './types.ts'

interface Own {
  readonly answer: Answer
  readonly why: string
}

/** The largest first; shares add up to 1. */
export function segmentsOf(of: Case, worlds: Worlds, leans: Leaning): readonly Segment[] {
  const found = new Map<string, { share: number; devices: string[]; own: Own }>()
  of.fleet.devices.forEach(({ at, share }, i) => {
    const own = ownAnswer(of, worlds, leans, i)
    const key = `${own.answer}\n${own.why}`
    const segment = found.get(key) ?? { share: 0, devices: [], own }
    segment.share += share
    if (!segment.devices.includes(at.device)) segment.devices.push(at.device)
    found.set(key, segment)
  })
  return [...found.values()]
    .sort((a, b) => b.share - a.share)
    .map(({ share, devices, own }) => ({ share, devices, ...own }))
}

function ownAnswer(of: Case, worlds: Worlds, leans: Leaning, i: number): Own {
  if (leans === 'no-llm') return { answer: leans, why: 'a linear classifier does it, on any device' }
  if (leans === 'cloud') return { answer: leans, why: `the cloud answers in ${milliseconds(of.cloudMs)}` }
  const inMiddle = deviceAnswer(of, worlds.middle, leans, i)
  const ends = worlds.others.flatMap(({ of: thing, figures }) =>
    thing === 'speed' ? [deviceAnswer(of, figures, leans, i)] : [],
  )
  const turned = ends.find(({ answer }) => answer !== inMiddle.answer)
  if (turned === undefined) return inMiddle
  return {
    answer: 'uncertain',
    why: `probably ${inMiddle.answer} (${inMiddle.why}), but at an end of its interval ${turned.answer} (${turned.why})`,
  }
}

function deviceAnswer(of: Case, figures: Figures, leans: Leaning, i: number): Own {
  const { latency, fit, privacy, offline } = of.useCase
  const alone = figures.alone[i]!
  if (leans === 'hybrid') {
    const { stays, inTime } = figures.first[i]!
    if (stays === 1)
      return { answer: 'on-device', why: 'its device keeps the quality and answers all its calls' }
    if (stays > 0) {
      const late = inTime ? '' : ', later than the target'
      return { answer: 'hybrid', why: `its device answers first and the cloud what is doubtful${late}` }
    }
    return {
      answer: 'cloud',
      why: alone.fits ? 'the cloud is faster than its device' : 'no candidate fits its device',
    }
  }
  const mayAsk = privacy !== 'nothing-leaves' && privacy !== 'structured-only' && offline !== 'must'
  const elsewhere = (why: string): Own =>
    mayAsk && of.cloudMs <= latency.targetMs ? { answer: 'cloud', why } : { answer: 'none', why }
  if (!alone.fits) return elsewhere('no candidate fits its device')
  if (!alone.keeps) return elsewhere(`no candidate on its device keeps ${percent(fit.keep)} of the quality`)
  if (alone.inTime)
    return { answer: 'on-device', why: `its device answers within ${milliseconds(latency.targetMs)}` }
  const late = `its device takes longer than ${milliseconds(latency.targetMs)}`
  return mayAsk && of.cloudMs <= latency.targetMs
    ? { answer: 'cloud', why: late }
    : { answer: 'on-device', why: `${late}, and nothing that is allowed is faster` }
}
