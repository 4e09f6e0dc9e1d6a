/** Numbers of papers, vehicles, devices and accounts. */
import { grouped } from './draw.ts'
import { type Kind, luhnDigit } from './kinds.ts'

export const documents: readonly Kind[] = [
  {
    name: 'passport',
    words: [
      'passport number',
      'passport no.',
      'passport',
      'Reisepassnummer',
      'Passnummer',
      'numéro de passeport',
      'número de pasaporte',
      'Passport #',
    ],
    make: (draw) =>
      draw.fill(
        draw.pick([
          '#########',
          '?########',
          '??#######',
          '##??#####',
          '?#######',
          'C01X0006H'.replace('0006', '####'),
        ]),
      ),
  },
  {
    name: 'driver licence',
    words: [
      "driver's license",
      "driver's license number",
      'driving licence number',
      'DL number',
      'driver license no.',
      'Führerscheinnummer',
      'permis de conduire',
      'DL#',
    ],
    make: (draw) =>
      draw.fill(
        draw.pick([
          '?#######',
          '#########',
          '?###-####-####',
          '???##?######',
          'MORGA657054SM9IJ',
          '########',
          '??######',
          'B072RRE2I55',
          '####################'.slice(0, 12),
        ]),
      ),
  },
  {
    name: 'IMEI',
    words: ['IMEI', 'IMEI number'],
    make: (draw) => {
      const body = draw.fill('35############')
      return draw.pick([(c: string) => c, (c: string) => grouped(c, [2, 6, 6, 1], '-')])(
        body + luhnDigit(body),
      )
    },
  },
  {
    name: 'VIN',
    words: ['VIN', 'vehicle identification number'],
    make: (draw) => {
      const set = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'
      const code =
        draw.pick(['1HG', 'WBA', 'JTD', '5YJ']) + draw.string(14, set).replace(/.{5}$/, draw.fill('#####'))
      const values: Record<string, number> = {}
      for (const [letters, value] of [
        ['AJ', 1],
        ['BKS', 2],
        ['CLT', 3],
        ['DMU', 4],
        ['ENV', 5],
        ['FW', 6],
        ['GPX', 7],
        ['HY', 8],
        ['RZ', 9],
      ] as const)
        for (const letter of letters) values[letter] = value
      const total = [...code].reduce(
        (all, letter, i) =>
          all + (values[letter] ?? Number(letter)) * [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2][i]!,
        0,
      )
      return code.slice(0, 8) + (total % 11 === 10 ? 'X' : total % 11) + code.slice(9)
    },
  },
  {
    name: 'bank account',
    words: ['account number', 'acct no.', 'bank account', 'Kontonummer', 'a/c no'],
    make: (draw) => draw.fill(draw.pick(['########', '##########', '############', '#### #### ##'])),
  },
  {
    name: 'routing number',
    words: ['routing number', 'ABA routing number', 'sort code'],
    make: (draw) =>
      draw.pick([draw.pick(['021000021', '121000248', '026009593', '322271627']), draw.fill('##-##-##')]),
  },
  {
    name: 'medical record',
    words: ['MRN', 'medical record number', 'patient ID'],
    make: (draw) => draw.fill(draw.pick(['MRN-#######', '########', '#######'])),
  },
]
