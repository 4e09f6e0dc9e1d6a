/**
 * What the laws say of measurements that they were not fitted to: of a device none of whose rows they saw; of a model on a device of which
 * they saw other models; of a device of which they saw nothing but are told one row. Starting values are never used here.
 */
import { type Fits, fitLaws, lawNames, observedOf, promptCase } from './fit-laws.ts'
import type { LawName } from './laws.ts'
import type { Sound } from './left-out.ts'
import { nothingTold, type Told, tell, wordOf } from './own.ts'

/** cold: the device was not seen. known: other models of it were. own: told one row of its runtime. */
export type Stage = 'cold' | 'known' | 'own'

/** A law's word on a row that it did not see: logarithms of what was measured and of what was said, and its own spread. */
export interface Held {
  readonly one: Sound
  readonly law: LawName
  readonly stage: Stage
  readonly observed: number
  readonly said: number
  readonly spread: number
}

/** `asked`: how a row is put to the laws that did not see it; as it is, or with less than is known of it. */
export function leaveDevicesOut(
  sound: readonly Sound[],
  asked: (one: Sound) => Sound = (one) => one,
): readonly Held[] {
  const held: Held[] = []
  for (const device of new Set(sound.map(({ device }) => device.id))) {
    const fits = fitLaws(
      sound.filter((one) => one.device.id !== device),
      false,
    )
    const of = sound.filter((one) => one.device.id === device).map(asked)
    for (const law of lawNames) held.push(...of.flatMap((one) => hold(one, law, 'cold', fits) ?? []))
    held.push(...toldOne(of, fits))
  }
  return held
}

/** Of devices with more than one model: each model in turn is left out. */
export function leaveModelsOut(sound: readonly Sound[]): readonly Held[] {
  const pairs = new Map<string, Set<string>>()
  for (const { device, model } of sound)
    pairs.set(device.id, (pairs.get(device.id) ?? new Set()).add(model.id))
  const held: Held[] = []
  for (const [device, models] of pairs) {
    if (models.size < 2) continue
    for (const model of models) {
      const out = (one: Sound): boolean => one.device.id === device && one.model.id === model
      const fits = fitLaws(
        sound.filter((one) => !out(one)),
        false,
      )
      for (const one of sound.filter(out))
        held.push(...lawNames.flatMap((law) => hold(one, law, 'known', fits) ?? []))
    }
  }
  return held
}

/** So many rows of a device and runtime are told, each alone; said of the other models there. */
const TOLD = 6

function toldOne(of: readonly Sound[], fits: Fits): readonly Held[] {
  const held: Held[] = []
  const engine = ({ traits }: Sound): string => `${traits.runtime}/${traits.backend}`
  const count = new Map<string, number>()
  for (const own of of) {
    const rank = count.get(engine(own)) ?? 0
    count.set(engine(own), rank + 1)
    if (rank >= TOLD) continue
    const told = tell(fits, [own])
    const others = of.filter((one) => engine(one) === engine(own) && one.model.id !== own.model.id)
    for (const law of lawNames)
      if (told[law].known.length)
        held.push(...others.flatMap((one) => hold(one, law, 'own', fits, told) ?? []))
  }
  return held
}

function hold(one: Sound, law: LawName, stage: Stage, fits: Fits, told: Told = nothingTold): Held | null {
  const prompt =
    law === 'firstToken' && one.row.promptTokens !== null
      ? wordOf(fits, 'prefill', promptCase(one, one.row.promptTokens, fits), told).value
      : null
  const observed = observedOf(law, one, fits, prompt)
  if (!observed) return null
  const { value, spread } = wordOf(fits, law, observed, told)
  return { one, law, stage, observed: Math.log(observed.seconds), said: Math.log(value), spread }
}
