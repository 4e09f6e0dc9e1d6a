/** Made-up requests of three topics, and some of none: enough to learn from, seeded. */
import { seededRandom } from '@edgewise/evidence'
import type { LinearExample } from '../types.ts'

const topics = {
  weather: ['rain', 'sun', 'snow', 'forecast'],
  money: ['bank', 'card', 'transfer', 'balance'],
  music: ['song', 'play', 'album', 'band'],
}
const elsewhere = [
  'gravity',
  'tulip',
  'volcano',
  'poem',
  'dentist',
  'chess',
  'whale',
  'bicycle',
  'atom',
  'castle',
]

export function requests(n: number, seed: number): LinearExample[] {
  const random = seededRandom(seed)
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  return Array.from({ length: n }, () => {
    const [target, words] = one(Object.entries(topics))
    return { target, text: `${hello(random)} ${one(words)} ${one(words)} ${Math.floor(random() * 1e6)}` }
  })
}

export function outside(n: number, seed: number): LinearExample[] {
  const random = seededRandom(seed)
  const one = (): string => elsewhere[Math.floor(random() * elsewhere.length)]!
  return Array.from({ length: n }, () => ({ target: 'none', text: `${hello(random)} ${one()} ${one()}` }))
}

const hello = (random: () => number): string => ['please', 'hey', 'now'][Math.floor(random() * 3)]!
