/** Numbers of persons and firms in America, Asia, Australia and Africa. */
import { capitals, grouped } from './draw.ts'
import {
  birth,
  by,
  type Kind,
  luhnDigit,
  oneDigit,
  sum,
  two,
  until,
  verhoeffDigit,
  written,
} from './kinds.ts'

export const ofTheWorld: readonly Kind[] = [
  {
    name: 'US SSN',
    words: ['SSN', 'social security number', 'Social Security No.', 'soc sec #'],
    telling: true,
    make: (draw) => {
      const area = draw.pick([draw.fill('%##')].filter((code) => !/^(?:666|9)/.test(code)).concat('219'))
      return draw.pick([
        (c: string) => grouped(c, [3, 2, 4], '-'),
        (c: string) => grouped(c, [3, 2, 4], ' '),
      ])(`${area}${two(1 + draw.below(99))}${draw.fill('%###')}`)
    },
  },
  {
    name: 'US SSN bare',
    words: ['SSN', 'social security number', 'SSN#'],
    make: (draw) => `4${draw.fill('##')}${two(1 + draw.below(99))}${draw.fill('%###')}`,
  },
  {
    name: 'US ITIN',
    words: ['ITIN', 'taxpayer ID'],
    telling: true,
    make: (draw) => `9${draw.fill('##')}-7${draw.fill('#')}-${draw.fill('####')}`,
  },
  {
    name: 'US EIN',
    words: ['EIN', 'employer identification number', 'Federal Tax ID', 'FEIN'],
    make: (draw) => draw.fill(`${draw.pick(['12', '20', '45', '83'])}-#######`),
  },
  {
    name: 'US MBI',
    words: ['Medicare number', 'MBI', 'Medicare beneficiary identifier'],
    make: (draw) => {
      const letter = () => draw.string(1, 'ACDEFGHJKMNPQRTUVWXY')
      const either = () => draw.pick([letter(), draw.fill('#')])
      const code = `${draw.fill('%')}${letter()}${either()}${draw.fill('#')}${letter()}${either()}${draw.fill('#')}${letter()}${letter()}${draw.fill('##')}`
      return draw.pick([code, grouped(code, [4, 3, 4], '-')])
    },
  },
  {
    name: 'IN Aadhaar',
    words: ['Aadhaar', 'Aadhaar number', 'UID', 'आधार'],
    make: (draw) => {
      const body = draw.fill(`${draw.pick(['2', '5', '9'])}##########`)
      return written(draw, body + verhoeffDigit(body), by(' ', 4, 4, 4), by('-', 4, 4, 4))
    },
  },
  {
    name: 'IN PAN',
    words: ['PAN', 'PAN card', 'permanent account number'],
    telling: true,
    make: (draw) => draw.fill(`???P?####?`),
  },
  {
    name: 'BR CPF',
    words: ['CPF', 'cadastro de pessoa física'],
    telling: true,
    make: (draw) => {
      const body = draw.fill('#########')
      const digit = (code: string) => {
        const rest = [...code].reduce((all, digit, i) => all + Number(digit) * (code.length + 1 - i), 0) % 11
        return rest < 2 ? 0 : 11 - rest
      }
      const first = `${body}${digit(body)}`
      const code = `${first}${digit(first)}`
      return draw.pick([code, `${grouped(code, [3, 3, 3], '.')}-${code.slice(9)}`])
    },
  },
  {
    name: 'BR CNPJ',
    words: ['CNPJ'],
    telling: true,
    make: (draw) => {
      let code = draw.fill('########0001')
      for (const weights of [
        [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2],
        [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2],
      ]) {
        const rest = sum(code, weights) % 11
        code += rest < 2 ? 0 : 11 - rest
      }
      return draw.pick([code, code.replace(/(..)(...)(...)(....)(..)/, '$1.$2.$3/$4-$5')])
    },
  },
  {
    name: 'CA SIN',
    words: ['SIN', 'social insurance number', 'NAS'],
    make: (draw) => {
      const body = draw.fill('%#######').replace(/^8/, '5')
      return written(draw, body + luhnDigit(body), by(' ', 3, 3, 3), by('-', 3, 3, 3))
    },
  },
  {
    name: 'AU TFN',
    words: ['TFN', 'tax file number'],
    make: (draw) =>
      written(
        draw,
        until(
          () => draw.fill('%#######'),
          (body) => {
            // The last weight is 10: its digit makes the sum divisible by 11.
            const rest = sum(body, [1, 4, 3, 7, 5, 8, 6, 9]) % 11
            return oneDigit(rest)
          },
        ),
        by(' ', 3, 3, 3),
      ),
  },
  {
    name: 'AU Medicare',
    words: ['Medicare', 'Medicare card number', 'medicare no'],
    make: (draw) => {
      const body = draw.fill(`${draw.pick(['2', '3', '4', '5', '6'])}#######`)
      return written(
        draw,
        `${body}${sum(body, [1, 3, 7, 9, 1, 3, 7, 9]) % 10}${draw.fill('%')}`,
        by(' ', 4, 5, 1),
      )
    },
  },
  {
    name: 'AU ABN',
    words: ['ABN', 'Australian Business Number'],
    make: (draw) => {
      for (;;) {
        const code = draw.fill('%##########')
        const less = `${Number(code[0]) - 1}${code.slice(1)}`
        if (sum(less, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89 === 0)
          return written(draw, code, by(' ', 2, 3, 3, 3))
      }
    },
  },
  {
    name: 'NZ IRD',
    words: ['IRD number', 'IRD'],
    make: (draw) => draw.fill(draw.pick(['##-###-###', '1##-###-###'])),
  },
  {
    name: 'SG NRIC',
    words: ['NRIC', 'NRIC/FIN', 'FIN'],
    telling: true,
    make: (draw) => {
      const first = draw.pick(['S', 'T', 'F', 'G'])
      const body = draw.fill('#######')
      const rest = (sum(body, [2, 7, 6, 5, 4, 3, 2]) + ('TG'.includes(first) ? 4 : 0)) % 11
      return first + body + ('ST'.includes(first) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[rest]
    },
  },
  {
    name: 'MY MyKad',
    words: ['MyKad', 'IC number', 'NRIC'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      return draw.fill(`${year.slice(2)}${month}${day}-${two(1 + draw.below(16))}-####`)
    },
  },
  {
    name: 'TH ID',
    words: ['เลขบัตรประชาชน', 'Thai ID', 'national ID number'],
    make: (draw) => {
      const body = draw.fill(`${draw.pick(['1', '2', '3', '5', '8'])}###########`)
      const code = body + ((11 - (sum(body, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10)
      return draw.pick([code, `${grouped(code, [1, 4, 5, 2, 1], '-')}`])
    },
  },
  {
    name: 'KR RRN',
    words: ['주민등록번호', 'resident registration number', 'RRN'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${year.slice(2)}${month}${day}${year >= '2000' ? draw.pick(['3', '4']) : draw.pick(['1', '2'])}${draw.fill('#####')}`
      const check = (11 - (sum(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10
      return grouped(body + check, [6, 7], '-')
    },
  },
  {
    name: 'JP My Number',
    words: ['マイナンバー', 'My Number', '個人番号'],
    make: (draw) => {
      const body = draw.fill('###########')
      const rest = sum(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
      return written(draw, body + (rest < 2 ? 0 : 11 - rest), by(' ', 4, 4, 4))
    },
  },
  {
    name: 'CN ID',
    words: ['身份证号', 'resident ID', '身份证号码'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${draw.pick(['110101', '310104', '440305'])}${year}${month}${day}${draw.fill('###')}`
      return body + '10X98765432'[sum(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11]
    },
  },
  {
    name: 'TW ID',
    words: ['身分證字號', 'Taiwan ID', 'national ID'],
    telling: true,
    make: (draw) => {
      const letter = draw.pick([...'ABCDEFGH'])
      const value = 10 + 'ABCDEFGH'.indexOf(letter)
      const body = draw.pick(['1', '2']) + draw.fill('#######')
      const total = Math.floor(value / 10) + (value % 10) * 9 + sum(body, [8, 7, 6, 5, 4, 3, 2, 1])
      return `${letter}${body}${(10 - (total % 10)) % 10}`
    },
  },
  {
    name: 'HK ID',
    words: ['HKID', 'Hong Kong ID', '身份證號碼'],
    telling: true,
    make: (draw) => {
      const letter = draw.pick([...capitals])
      const body = draw.fill('######')
      const total = 36 * 9 + (10 + capitals.indexOf(letter)) * 8 + sum(body, [7, 6, 5, 4, 3, 2])
      const check = (11 - (total % 11)) % 11
      return `${letter}${body}(${check === 10 ? 'A' : check})`
    },
  },
  {
    name: 'ID NIK',
    words: ['NIK', 'nomor KTP', 'KTP'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      return draw.fill(`3174##${day}${month}${year.slice(2)}####`)
    },
  },
  { name: 'PH SSS', words: ['SSS number', 'SSS no.'], make: (draw) => draw.fill('##-#######-#') },
  {
    name: 'PK CNIC',
    words: ['CNIC', 'CNIC number'],
    telling: true,
    make: (draw) => draw.fill('4####-#######-#'),
  },
  {
    name: 'ZA ID',
    words: ['SA ID number', 'South African ID', 'ID number'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${year.slice(2)}${month}${day}${draw.fill('####')}${draw.pick(['0', '1'])}8`
      return body + luhnDigit(body)
    },
  },
  {
    name: 'NG NIN',
    words: ['NIN', 'National Identification Number'],
    make: (draw) => draw.fill('%##########'),
  },
  {
    name: 'MX CURP',
    words: ['CURP'],
    telling: true,
    make: (draw) => {
      const { year, month, day } = birth(draw)
      const body = `${draw.string(1, 'BCGLMR')}${draw.pick([...'AEIOU'])}${draw.string(2, 'BCGLMRST')}${year.slice(2)}${month}${day}${draw.pick(['H', 'M'])}${draw.pick(['DF', 'JC', 'NL', 'MC'])}${draw.string(3, 'BCDGLMNRST')}${draw.fill(year >= '2000' ? '?' : '#')}`
      const table = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'
      const total = [...body].reduce((all, letter, i) => all + table.indexOf(letter) * (18 - i), 0)
      return body + ((10 - (total % 10)) % 10)
    },
  },
  {
    name: 'MX RFC',
    words: ['RFC'],
    make: (draw) => {
      const { year, month, day } = birth(draw)
      return `${draw.fill('????')}${year.slice(2)}${month}${day}${draw.fill('?#?')}`
    },
  },
  {
    name: 'AR DNI',
    words: ['DNI', 'documento'],
    make: (draw) => `${draw.pick(['20', '28', '35', '41'])}.${draw.fill('###.###')}`,
  },
  {
    name: 'AR CUIT',
    words: ['CUIT', 'CUIL'],
    make: (draw) => {
      for (;;) {
        const body = draw.pick(['20', '27', '23', '30']) + draw.fill('########')
        const check = (11 - (sum(body, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
        if (check < 10) return draw.pick([`${body}${check}`, `${body.slice(0, 2)}-${body.slice(2)}-${check}`])
      }
    },
  },
  {
    name: 'CL RUT',
    words: ['RUT', 'RUN'],
    telling: true,
    make: (draw) => {
      const body = draw.fill('1#######')
      const total = [...body].reverse().reduce((all, digit, i) => all + Number(digit) * (2 + (i % 6)), 0)
      const check = 11 - (total % 11)
      return `${grouped(body, [2, 3, 3], '.')}-${check === 11 ? 0 : check === 10 ? 'K' : check}`
    },
  },
  {
    name: 'CO cédula',
    words: ['cédula', 'cédula de ciudadanía', 'C.C.'],
    make: (draw) => draw.fill(draw.pick(['1.0##.###.###', '10########', '79######'])),
  },
]
