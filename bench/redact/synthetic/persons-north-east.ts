/** Numbers of persons and firms in northern and eastern Europe, Turkey and Israel. */
import { grouped } from './draw.ts'
import { birth, by, type Kind, luhnDigit, mod1110, oneDigit, sum, two, until, written } from './kinds.ts'

export const northEastern: readonly Kind[] = [
  {
    name: 'PL PESEL',
    words: ['PESEL', 'numer PESEL'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${year.slice(2)}${year >= '2000' ? Number(month) + 20 : month}${day}${draw.fill('####')}`
      return body + ((10 - (sum(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10)
    },
  },
  {
    name: 'PL dowód',
    words: ['numer dowodu osobistego', 'dowód osobisty', 'nr dowodu'],
    make: (draw) => draw.fill('A?? ######'),
  },
  {
    name: 'SE personnummer',
    words: ['personnummer', 'personal identity number', 'pnr'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${year.slice(2)}${month}${day}${draw.fill('###')}`
      const code = body + luhnDigit(body)
      return draw.pick([
        grouped(code, [6, 4], '-'),
        `${year.slice(0, 2)}${grouped(code, [6, 4], '-')}`,
        `${year.slice(0, 2)}${code}`,
      ])
    },
  },
  {
    name: 'FI henkilötunnus',
    words: ['henkilötunnus', 'hetu', 'personal identity code'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const date = `${day}${month}${year.slice(2)}`
      const own = `${draw.fill('%##')}`
      return `${date}${year >= '2000' ? 'A' : '-'}${own}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + own) % 31]}`
    },
  },
  {
    name: 'DK CPR',
    words: ['CPR', 'CPR-nummer', 'personnummer'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      return draw.fill(
        draw.pick([`${day}${month}${year.slice(2)}-####`, `${day}${month}${year.slice(2)}####`]),
      )
    },
  },
  {
    name: 'NO fødselsnummer',
    words: ['fødselsnummer', 'personnummer', 'national identity number'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      return written(
        draw,
        until(
          () => `${day}${month}${year.slice(2)}${draw.fill('###')}`,
          (body) => {
            const first = (11 - (sum(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11
            const second = (11 - (sum(body + first, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
            return first < 10 && second < 10 ? `${first}${second}` : undefined
          },
        ),
        by(' ', 6, 5),
      )
    },
  },
  {
    name: 'CZ rodné číslo',
    words: ['rodné číslo', 'r.č.', 'birth number'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const head = `${year.slice(2)}${two(Number(month) + draw.pick([0, 50]))}${day}`
      return until(
        () => `${head}/${draw.fill('###')}`,
        (body) => oneDigit(Number(body.replace('/', '')) % 11),
      )
    },
  },
  {
    name: 'RO CNP',
    words: ['CNP', 'cod numeric personal'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${year >= '2000' ? draw.pick(['5', '6']) : draw.pick(['1', '2'])}${year.slice(2)}${month}${day}${two(1 + draw.below(40))}${draw.fill('%##')}`
      const rest = sum(body, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
      return body + (rest === 10 ? 1 : rest)
    },
  },
  {
    name: 'BG EGN',
    words: ['ЕГН', 'EGN'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${year.slice(2)}${two(Number(month) + (year >= '2000' ? 40 : 0))}${day}${draw.fill('###')}`
      return body + ((sum(body, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10)
    },
  },
  {
    name: 'HR OIB',
    words: ['OIB', 'osobni identifikacijski broj'],
    make: (draw) => {
      const body = draw.fill('%#########')
      return body + mod1110(body)
    },
  },
  {
    name: 'EE isikukood',
    words: ['isikukood', 'personal code'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${year >= '2000' ? draw.pick(['5', '6']) : draw.pick(['3', '4'])}${year.slice(2)}${month}${day}${draw.fill('###')}`
      let rest = sum(body, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
      if (rest === 10) rest = (sum(body, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10
      return body + rest
    },
  },
  {
    name: 'GR AMKA',
    words: ['ΑΜΚΑ', 'AMKA'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${day}${month}${year.slice(2)}${draw.fill('####')}`
      return body + luhnDigit(body)
    },
  },
  {
    name: 'GR AFM',
    words: ['ΑΦΜ', 'AFM'],
    make: (draw) => {
      const body = draw.fill('########')
      return body + ((sum(body, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10)
    },
  },
  {
    name: 'TR TCKN',
    words: ['T.C. Kimlik No', 'TC kimlik numarası', 'TCKN'],
    telling: true,
    make: (draw) => {
      const body = draw.fill('%########')
      const digits = [...body].map(Number)
      const odd = digits[0]! + digits[2]! + digits[4]! + digits[6]! + digits[8]!
      const even = digits[1]! + digits[3]! + digits[5]! + digits[7]!
      const tenth = (((odd * 7 - even) % 10) + 10) % 10
      return `${body}${tenth}${(odd + even + tenth) % 10}`
    },
  },
  {
    name: 'IL ID',
    words: ['תעודת זהות', 'Israeli ID', 'teudat zehut'],
    make: (draw) => {
      const body = draw.fill('########')
      return body + luhnDigit(body)
    },
  },
  {
    name: 'RU INN',
    words: ['ИНН', 'INN'],
    make: (draw) => {
      let code = draw.fill('77########')
      code += (sum(code, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10
      return code + ((sum(code, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10)
    },
  },
  {
    name: 'RU SNILS',
    words: ['СНИЛС', 'SNILS'],
    telling: true,
    make: (draw) => {
      const body = draw.fill('%########')
      const check = (sum(body, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100
      return `${grouped(body, [3, 3, 3], '-')} ${two(check)}`
    },
  },
  {
    name: 'UA РНОКПП',
    words: ['РНОКПП', 'ІПН', 'tax number'],
    make: (draw) => {
      const body = draw.fill('3########')
      return body + ((((sum(body, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11) + 11) % 11) % 10)
    },
  },
]
