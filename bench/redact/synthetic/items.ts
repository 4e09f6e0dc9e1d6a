/** Labelled sentences made of drawn values and frames; the same seed gives the same ones. */

import { email, phone } from './contact.ts'
import { documents } from './documents.ts'
import { type Draw, drawFrom } from './draw.ts'
import {
  addressFrames,
  cardFrames,
  emailFrames,
  type Frames,
  ibanFrames,
  numberFrames,
  phoneFrames,
  type Sets,
  saidFrames,
  secretFrames,
} from './frames.ts'
import { card, iban, wallet } from './money.ts'
import { negatives } from './negatives.ts'
import { ip, mac } from './network.ts'
import { northEastern } from './persons-north-east.ts'
import { western } from './persons-west.ts'
import { ofTheWorld } from './persons-world.ts'
import { known, said } from './secrets.ts'

export interface Made {
  readonly family: string
  /** Which kind of the family. */
  readonly kind: string
  readonly text: string
  readonly start: number
  readonly end: number
}
export type Part = keyof Sets

const place = (frame: string, family: string, kind: string, value: string, word = '', after = ''): Made => {
  const [before, rest] = frame.replaceAll('{w}', word).replace('{a}', after).split('{v}') as [string, string]
  return {
    family,
    kind,
    text: before + value + rest,
    start: before.length,
    end: before.length + value.length,
  }
}

/** Frames for a value: those without a word for it only where it needs none. */
const framesOf = ({ near, alone }: Frames, needsWord: boolean) => (needsWord ? near : [...near, ...alone])

/** `each`: how many of each kind. */
export function madeItems(part: Part, each: number, seed: number): Made[] {
  const draw = drawFrom(seed)
  const made: Made[] = []
  const times = (n: number, make: () => Made) => {
    for (let i = 0; i < n; i++) made.push(make())
  }
  times(each * 10, () => place(draw.pick(emailFrames[part].near), 'EMAIL', 'email', email(draw)))
  times(each * 40, () => {
    const { value, needsWord } = phone(draw)
    return place(draw.pick(framesOf(phoneFrames[part], needsWord)), 'PHONE', 'phone', value)
  })
  times(each * 10, () => place(draw.pick(framesOf(cardFrames[part], false)), 'CARD', 'card', card(draw)))
  times(each * 10, () => place(draw.pick(framesOf(ibanFrames[part], false)), 'IBAN', 'iban', iban(draw)))
  times(each * 8, () => {
    const { value, after } = ip(draw)
    return place(draw.pick(addressFrames[part].near), 'IP', 'ip', value, '', after)
  })
  times(each * 3, () => place(draw.pick(addressFrames[part].near.slice(0, 3)), 'MAC', 'mac', mac(draw)))
  times(each * 4, () => place(draw.pick(secretFrames[part].alone), 'WALLET', 'wallet', wallet(draw)))
  for (const [family, kinds] of [
    ['NATIONAL', [...western, ...northEastern, ...ofTheWorld]],
    ['DOCUMENT', documents],
  ] as const) {
    for (const { name, make, words, telling } of kinds) {
      times(each, () =>
        place(
          draw.pick(framesOf(numberFrames[part], telling === undefined)),
          family,
          name,
          make(draw),
          draw.pick(words),
        ),
      )
    }
  }
  for (const [kind, make] of Object.entries(known))
    times(each, () => place(draw.pick(secretFrames[part].alone), 'KEY', kind, make(draw)))
  for (const [i, make] of said.entries()) {
    times(each, () => {
      const { text, value } = make(draw)
      const frame = place(draw.pick(saidFrames[part].alone), 'SAID', `said ${i}`, text)
      const start = frame.start + text.lastIndexOf(value)
      return { ...frame, start, end: start + value.length }
    })
  }
  return made
}

export function madeNegatives(each: number, seed: number): string[] {
  const draw = drawFrom(seed)
  return negatives.flatMap((make) => Array.from({ length: each }, () => make(draw)))
}

export interface Value {
  readonly kind: 'phone' | 'national' | 'email' | 'iban' | 'card' | 'ip' | 'mac' | 'passport' | 'vin'
  readonly locale: string
  readonly value: string
}

/** What faker_values.py drew, each value in a frame. */
export function placed(values: readonly Value[], part: Part, seed: number): Made[] {
  const draw: Draw = drawFrom(seed)
  const numbers = (word: string) => [numberFrames[part].near, word] as const
  const ways = {
    phone: () => [phoneFrames[part].near, ''] as const,
    national: () =>
      numbers(
        draw.pick([
          'SSN',
          'national ID',
          'social security number',
          'ID number',
          'tax ID',
          'identity number',
          'personal ID',
        ]),
      ),
    email: () => [emailFrames[part].near, ''] as const,
    iban: () => [framesOf(ibanFrames[part], false), ''] as const,
    card: () => [framesOf(cardFrames[part], false), ''] as const,
    ip: () => [addressFrames[part].near, ''] as const,
    mac: () => [addressFrames[part].near.slice(0, 3), ''] as const,
    passport: () => numbers('passport number'),
    vin: () => numbers('VIN'),
  }
  return values.map(({ kind, locale, value }) => {
    const [frames, word] = ways[kind]()
    return place(draw.pick(frames), `faker ${kind}`, locale, value, word)
  })
}
