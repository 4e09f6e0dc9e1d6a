/** Addresses of machines: IPv4 and IPv6 in the forms of RFC 4291 and 5952, with zone, port and prefix length; hardware addresses. */
import { type Draw, hexadecimal } from './draw.ts'

/** `value` is the address alone; `written` has what stands right after it. */
export function ip(draw: Draw): { value: string; after: string } {
  const four = () => [1 + draw.below(222), draw.below(256), draw.below(256), 1 + draw.below(254)].join('.')
  const group = () => draw.string(1 + draw.below(4), hexadecimal).replace(/^0+(?=.)/, '')
  const groups = (n: number) => Array.from({ length: n }, group).join(':')
  const value = draw
    .pick([
      four,
      four,
      () => `192.168.${draw.below(256)}.${draw.below(256)}`,
      () => `10.${draw.below(256)}.${draw.below(256)}.${draw.below(256)}`,
      () => `2001:db8:${groups(6)}`,
      () => `2001:0DB8:85A3:0000:0000:8A2E:0370:${draw.fill('73^^').toUpperCase()}`,
      () => `fe80::${groups(4)}`,
      () => `2a02:8071::${groups(2)}`,
      () => `fd${draw.fill('^^')}:${groups(3)}::${group()}`,
      () => `::ffff:${four()}`,
      () => `2001:db8::${group()}`,
    ])()
    .replace(/^127\./, '128.')
  const six = value.includes(':')
  return { value, after: six ? draw.pick(['', '', '/64', '%eth0']) : draw.pick(['', '', '', ':8080', '/24']) }
}

export function mac(draw: Draw): string {
  const pairs = Array.from({ length: 6 }, () => draw.string(2, hexadecimal))
  return draw.pick([
    pairs.join(':'),
    pairs.join('-').toUpperCase(),
    pairs.join(':').toUpperCase(),
    `a${pairs.join('').slice(1)}`.replace(/.{4}(?=.)/g, '$&.'),
  ])
}
