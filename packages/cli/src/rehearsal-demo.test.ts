/** The demo's scenes end as their titles say, and their receipts call them a rehearsal. */
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { playDemo } from './rehearsal-demo.ts'

test('each scene ends as its title says', async () => {
  const printed: string[] = []
  await playDemo((text) => printed.push(stripVTControlCharacters(text)))
  const [intro, sure, unsure, hedged, letter, down, here, ...more] = printed
  expect(more).toEqual([])
  expect(intro).toContain('rehearsal')
  expect(sure).toMatch(/cloud got nothing\nanswer {4}balance\n.*place +device · edgewise-mini/s)
  expect(unsure).toMatch(/answer {4}track_parcel\n.*place +cloud.*device edgewise-mini · rejected/s)
  expect(hedged).toMatch(/answer {4}I received the package.*place +device.*cloud-rehearsal · cancelled/s)
  expect(letter).toMatch(
    /cloud got \[PERSON_1\] in \[[A-Z]+_1\], \[EMAIL_ADDRESS_1\], about card \[CREDIT_CARD_1\]\n/,
  )
  expect(letter).toMatch(
    /answer {4}I shall write to Anna Kowalski in Kraków, anna@example.com, about card 4111/,
  )
  expect(down).toMatch(/\(3 times\).*place +device.*sent 3 times · HTTP 503/s)
  expect(here).toMatch(/cloud got nothing\n.*sent +nothing left this device/s)
  for (const scene of [unsure, hedged, letter, down])
    expect(scene).toContain('nothing was bought, nothing saved')
})
