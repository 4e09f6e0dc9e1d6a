import { expect, test } from 'vitest'
import { accepts, overBytes } from '../testing/accepts.ts'
import { judge } from '../testing/judge.ts'
import { formats } from './formats.ts'

const constraints = new Map(
  Object.keys(formats).map((format) => [format, overBytes({ jsonSchema: { type: 'string', format } })]),
)

const right: Readonly<Record<string, readonly string[]>> = {
  date: ['2026-11-26', '2024-02-29', '2000-02-29', '0000-01-01', '1999-12-31', '2023-02-28', '2023-04-30'],
  time: ['00:00:00Z', '23:59:59.999+23:59', '12:30:01-00:00'],
  'date-time': ['2026-11-26T09:05:00Z', '2024-02-29T23:59:59.5+01:00'],
  duration: ['P1Y', 'P1Y2M3D', 'P2M', 'P2M1D', 'PT1H', 'PT1H2M3S', 'PT5S', 'P1DT1M', 'P10W'],
  uuid: ['123e4567-e89b-12d3-a456-426614174000', 'ABCDEF01-0000-0000-0000-000000000000'],
  ipv4: ['0.0.0.0', '255.255.255.255', '10.1.99.200'],
  ipv6: [
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7::',
    '::2:3:4:5:6:7:8',
    'fe80::a:b',
  ],
  hostname: ['localhost', 'a-b.example.org', '3com.com', 'x'.repeat(32)],
  email: ['a@b.de', 'first.last+tag@mail.example.org', "o'neil@example.co.uk"],
  uri: ['https://example.org', 'http://user@host:8080/a/b?c=d&e#f', 'ftp://x/%20'],
}

const wrong: Readonly<Record<string, readonly string[]>> = {
  date: [
    '2023-02-29',
    '1900-02-29',
    '2023-04-31',
    '2023-13-01',
    '2023-00-10',
    '2023-1-1',
    '23-01-01',
    '2023-01-32',
  ],
  time: ['24:00:00Z', '12:60:00Z', '12:00:60Z', '12:00Z', '12:00:00', '12:00:00.Z'],
  'date-time': ['2026-11-26 09:05:00Z', '2026-11-26', '2023-02-29T00:00:00Z'],
  duration: ['P', 'PT', '1D', 'P1S', 'PT1D', 'P1DT', 'P1WT1H'],
  uuid: ['123e4567e89b12d3a456426614174000', '123e4567-e89b-12d3-a456-42661417400g'],
  ipv4: ['256.0.0.0', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.'],
  ipv6: ['1:2:3:4:5:6:7', ':::', '1::2::3', '12345::', '1:2:3:4:5:6:7:8:9', ':1', '1:'],
  hostname: ['-a', 'a-', 'a..b', '.a', 'a_b', ''],
  email: ['a', '@b.de', 'a@', 'a@b', 'a@-b.de', 'a b@c.de', '.a@b.de', 'a@b.de.'],
  uri: ['example.org', '//a', 'http://', 'http://a b', 'http://a/%2', '1http://a'],
}

test.each(Object.keys(formats))(
  '%s: what is right is accepted, what is wrong is not, and the judge agrees',
  (format) => {
    const validate = judge({ type: 'string', format })
    const constraint = constraints.get(format)!
    for (const text of right[format]!) {
      expect([text, accepts(constraint, JSON.stringify(text)), validate(text)]).toEqual([text, true, true])
    }
    for (const text of wrong[format]!) {
      expect([text, accepts(constraint, JSON.stringify(text)), validate(text)]).toEqual([text, false, false])
    }
  },
)
