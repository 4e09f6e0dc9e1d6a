/** Numbers of persons and firms in western and southern Europe. */
import { grouped, numerals } from './draw.ts'
import {
  birth,
  by,
  italian,
  type Kind,
  mod1110,
  oneDigit,
  spanish,
  sum,
  two,
  until,
  written,
} from './kinds.ts'

export const western: readonly Kind[] = [
  {
    name: 'UK NINO',
    words: ['National Insurance number', 'NI number', 'NINO'],
    telling: true,
    make: (draw) =>
      written(
        draw,
        `${draw.pick(['AB', 'CE', 'JM', 'PX', 'SR', 'YW'])}${draw.fill('######')}${draw.pick(['A', 'B', 'C', 'D'])}`,
        by(' ', 2, 2, 2, 2, 1),
      ),
  },
  {
    name: 'UK NHS',
    words: ['NHS number', 'NHS no.', 'nhs'],
    make: (draw) =>
      written(
        draw,
        until(
          () => draw.fill('%########'),
          (body) => oneDigit((11 - (sum(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11),
        ),
        by(' ', 3, 3, 4),
        by('-', 3, 3, 4),
      ),
  },
  {
    name: 'UK UTR',
    words: ['UTR', 'Unique Taxpayer Reference'],
    make: (draw) => draw.pick([draw.fill('##########'), draw.fill('##### #####')]),
  },
  {
    name: 'DE Steuer-ID',
    words: ['Steuer-ID', 'Steueridentifikationsnummer', 'IdNr.', 'tax ID'],
    telling: true,
    make: (draw) => {
      const order = [...numerals].sort(() => draw.below(3) - 1)
      while (order[0] === '0') order.push(order.shift()!)
      const body = order.slice(0, 9)
      body.splice(1 + draw.below(8), 0, body[draw.below(9)]!)
      if (body[0] === '0') body[0] = order[9]!
      const code = body.join('') + mod1110(body.join(''))
      return written(draw, code, by(' ', 2, 3, 3, 3))
    },
  },
  {
    name: 'DE Personalausweis',
    words: ['Personalausweisnummer', 'Ausweisnummer', 'Personalausweis Nr.', 'ID card number'],
    make: (draw) => {
      const set = 'CFGHJKLMNPRTVWXYZ0123456789'
      const body = `${draw.pick(['L', 'M', 'N', 'P', 'R', 'T', 'V'])}${draw.string(4, set)}${draw.fill('####')}`
      const total = [...body].reduce(
        (all, letter, i) => all + Number.parseInt(letter, 36) * [7, 3, 1][i % 3]!,
        0,
      )
      return body + (total % 10)
    },
  },
  {
    name: 'DE Rentenversicherung',
    words: ['Sozialversicherungsnummer', 'Rentenversicherungsnummer', 'SV-Nummer', 'Versicherungsnummer'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      return written(
        draw,
        `${draw.pick(['12', '15', '65'])}${day}${month}${year.slice(2)}${draw.fill('?###')}`,
        by(' ', 2, 6, 1, 3),
      )
    },
  },
  {
    name: 'FR NIR',
    words: ['numéro de sécurité sociale', 'NIR', 'n° sécu', 'INSEE number'],
    telling: true,
    make: (draw) => {
      const { year, month } = birth(draw)
      const body =
        `${draw.pick(['1', '2'])}${year.slice(2)}${month}${draw.pick(['75', '13', '69', '2A', '33'])}${draw.fill('%##')}${draw.fill('###')}`.slice(
          0,
          13,
        )
      const check = 97n - (BigInt(body.replace('2A', '19')) % 97n)
      return written(draw, body + two(Number(check)), by(' ', 1, 2, 2, 2, 3, 3, 2))
    },
  },
  {
    name: 'ES DNI',
    words: ['DNI', 'NIF', 'documento nacional de identidad'],
    telling: true,
    make: (draw) => {
      const body = draw.fill('########')
      const code = body + spanish(Number(body))
      return draw.pick([code, `${body}-${code[8]}`, `${grouped(body, [2, 3, 3], '.')}-${code[8]}`])
    },
  },
  {
    name: 'ES NIE',
    words: ['NIE', 'número de identidad de extranjero'],
    telling: true,
    make: (draw) => {
      const first = draw.below(3)
      const body = draw.fill('#######')
      const letter = spanish(Number(first + body))
      return draw.pick([`${'XYZ'[first]}${body}${letter}`, `${'XYZ'[first]}-${body}-${letter}`])
    },
  },
  {
    name: 'IT codice fiscale',
    words: ['codice fiscale', 'CF', 'C.F.'],
    telling: true,
    make: (draw) => draw.pick([italian(draw), italian(draw).toLowerCase()]),
  },
  {
    name: 'NL BSN',
    words: ['BSN', 'burgerservicenummer'],
    make: (draw) =>
      written(
        draw,
        until(
          () => draw.fill('%#######'),
          (body) => oneDigit(sum(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11),
        ),
        by('.', 4, 2, 3),
      ),
  },
  {
    name: 'BE rijksregisternummer',
    words: ['rijksregisternummer', 'numéro national', 'NISS', 'national register number'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${year.slice(2)}${month}${day}${draw.fill('%##')}`
      const check = two(97 - (Number((year >= '2000' ? '2' : '') + body) % 97))
      return draw.pick([`${grouped(body, [2, 2, 2], '.')}-${body.slice(6)}.${check}`, body + check])
    },
  },
  {
    name: 'PT NIF',
    words: ['NIF', 'número de contribuinte', 'contribuinte'],
    make: (draw) => {
      const body = draw.fill('2#######')
      const rest = sum(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
      return written(draw, body + (rest < 2 ? 0 : 11 - rest), by(' ', 3, 3, 3))
    },
  },
  {
    name: 'CH AHV',
    words: ['AHV-Nummer', 'AVS', 'numéro AVS'],
    telling: true,
    make: (draw) => {
      const body = draw.fill('756#########')
      return written(
        draw,
        body + ((10 - (sum(body, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10),
        by('.', 3, 4, 4, 2),
      )
    },
  },
  {
    name: 'AT SVNR',
    words: ['Sozialversicherungsnummer', 'SVNR', 'SV-Nummer'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const date = `${day}${month}${year.slice(2)}`
      for (;;) {
        const own = draw.fill('%##')
        const check = sum(own + date, [3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11
        if (check < 10) return draw.pick([`${own}${check}${date}`, `${own}${check} ${date}`])
      }
    },
  },
  {
    name: 'IE PPS',
    words: ['PPS number', 'PPSN', 'PPS no'],
    make: (draw) => {
      const body = draw.fill('#######')
      return `${body}${'WABCDEFGHIJKLMNOPQRSTUV'[sum(body, [8, 7, 6, 5, 4, 3, 2]) % 23]}`
    },
  },
  {
    name: 'EU VAT',
    words: ['VAT number', 'VAT ID', 'USt-IdNr.', 'TVA intracommunautaire'],
    make: (draw) =>
      draw.fill(
        draw.pick([
          'DE#########',
          'FR##########',
          'NL#########B##',
          'ATU########',
          'ESB########',
          'IT###########',
        ]),
      ),
  },
]
