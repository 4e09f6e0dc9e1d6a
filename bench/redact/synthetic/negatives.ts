/** Numbers and codes that are nobody's identifier: what a rule finds in these lines is found wrongly. */
import { base62, type Draw, grouped, hexadecimal } from './draw.ts'

const two = (n: number) => String(n).padStart(2, '0')
const date = (d: Draw) => ({
  y: String(1990 + d.below(40)),
  m: two(1 + d.below(12)),
  t: two(1 + d.below(28)),
})
const uuid = '^^^^^^^^-^^^^-4^^^-a^^^-^^^^^^^^^^^^'

function isbn13(d: Draw): string {
  const body = d.fill('978%########')
  const total = [...body].reduce((all, digit, i) => all + Number(digit) * (i % 2 ? 3 : 1), 0)
  return grouped(body + ((10 - (total % 10)) % 10), [3, 1, 4, 4, 1], d.pick(['-', '']))
}
const isbn10 = (d: Draw) => {
  const body = d.fill('0########')
  const total = [...body].reduce((all, digit, i) => all + Number(digit) * (10 - i), 0)
  const check = (11 - (total % 11)) % 11
  return body + (check === 10 ? 'X' : check)
}

export const negatives: readonly ((draw: Draw) => string)[] = [
  (d) => `Your order number is ${d.fill('%#########')}.`,
  (d) => `Order #${d.fill('%###-#######-#######')} has shipped.`,
  (d) => `Invoice ${d.fill('INV-20##-0####')} is due on ${date(d).y}-${date(d).m}-${date(d).t}.`,
  (d) => `Tracking number ${d.fill('1Z???????%########')} is on its way.`,
  (d) => `Tracking: ${d.fill('9400 1000 0000 0000 0000 ##')}`,
  (d) => `We upgraded to version ${d.fill('%.##.%')} from ${d.fill('%.#.##')}.`,
  (d) => `Release v${d.fill('%.#.#-rc%')} fixes issue #${d.fill('%####')}.`,
  (d) => `The meeting is on ${date(d).m}/${date(d).t}/${date(d).y} at ${two(d.below(24))}:${d.fill('3#')}.`,
  (d) =>
    `${date(d).y}-${date(d).m}-${date(d).t}T${two(d.below(24))}:${d.fill('3#:4#.###')}Z INFO started in ${d.fill('%###')} ms`,
  (d) => `Created at ${d.fill('17########')} and updated at ${d.fill('17###########')}.`,
  (d) => `timestamp=${d.fill('16########.######')}`,
  (d) => `It costs $${d.fill('%,###.##')} plus ${d.fill('##.#')} % tax, ${d.fill('%.###,##')} € in all.`,
  (d) => `Revenue rose from ${d.fill('%##,###,###')} to ${d.fill('%,###,###,###')} dollars.`,
  (d) => `Die Summe beträgt ${d.fill('%##.###.###,##')} Euro.`,
  (d) => `La population est de ${d.fill('%## ### ###')} habitants.`,
  (d) => `ISBN ${isbn13(d)}, second edition.`,
  (d) => `ISBN-10: ${isbn10(d)}`,
  (d) => `ISSN ${d.fill('%###-####')} and DOI 10.${d.fill('%###/****.##.####')}`,
  (d) => `The place is at ${d.fill('4#.######, -7#.######')}.`,
  (d) => `GPS: 5${d.fill('#.####° N, 1#.####° E')}`,
  (d) => `Reverted in commit ${d.string(40, hexadecimal)}.`,
  (d) => `See ${d.string(7, hexadecimal).replace(/^./, 'a')} on main.`,
  (d) => `Request id ${d.fill(uuid)} failed.`,
  (d) => `sha256:${d.string(64, hexadecimal)}`,
  (d) => `The MD5 checksum is ${d.string(32, hexadecimal)}.`,
  (d) =>
    `Part number ${d.fill('%##-####-%#')} replaces ${d.fill('%###-##-%###')}x.`.replace(
      /(\d{4})-(\d\d)-(\d{4})x/,
      '$1-$2-$3',
    ),
  (d) => `Part no. ${d.fill('???-####-??')} in stock: ${d.fill('%##')}.`,
  (d) => `SKU: ${d.fill('????-#####')}, EAN ${d.fill('401#########')}${d.fill('#')}`,
  (d) => `Flight ${d.fill('LH%##')} leaves gate ${d.fill('?%#')} at ${two(d.below(24))}:${d.fill('4#')}.`,
  (d) => `The score was ${d.fill('%#-%#')}, attendance ${d.fill('%#,###')}.`,
  (d) => `Pages ${d.fill('%##-%##')}, volume ${d.fill('%#')}, ${d.fill('19##')}.`,
  (d) =>
    `The temperature ranged from ${d.fill('-%.#')} to ${d.fill('%#.#')} degrees in ${d.fill('19##')}-${d.fill('20##')}.`,
  (d) => `Ratio ${d.fill('%:%#')}, size ${d.fill('%###x%###')}, ${d.fill('%##')} dpi.`,
  () => `The speed of light is 299 792 458 m/s and pi is 3.14159265358979.`,
  (d) => `Serial number ${d.fill('SN-????-####-####')}`,
  (d) => `Case ${d.fill('%:2#-cv-0####')} was heard in ${d.fill('19##')}.`,
  (d) => `Section ${d.fill('%#.%.%#.%')} of the act, 42 U.S.C. 1983, 45 CFR 164.${d.fill('%##')}`,
  (d) => `Use port ${d.fill('%###')} on localhost:${d.fill('8###')} or 127.0.0.1.`,
  (d) => `RGB ${d.fill('%##')}, #${d.string(6, hexadecimal)}, rgba(1${d.fill('#')}, 20, 30, 0.5)`,
  (d) => `The call lasted ${d.fill('%##')} seconds and cost ${d.fill('%.##')}.`,
  (d) => `I phoned ${d.fill('%#')} people in ${d.fill('20##')} and ${d.fill('%##')} answered.`,
  (d) =>
    `Ticket ${d.fill('%######')}: the phone shop closes at ${d.fill('1#')}:00 on ${date(d).t}.${date(d).m}.${date(d).y}.`,
  (d) =>
    `The passport office has ${d.fill('%###')} visitors a day, up from ${d.fill('%##')} in ${d.fill('20##')}.`,
  (d) =>
    `A driver's license costs ${d.fill('%#')} dollars; about ${d.fill('%##,###')} are issued in ${d.fill('20##')}.`,
  (d) =>
    `Passwords must have at least ${d.fill('1#')} characters and a token lives ${d.fill('3###')} seconds.`,
  (d) => `The key takeaway: ${d.fill('%#')} percent of secrets leak in ${d.fill('20##')}.`,
  (d) => `import { tokenizer2Map } from './src/tokenizer/${d.fill('****')}/index2.ts'`,
  (d) => `const maxTokens = ${d.fill('%###')}; const secretSauce = computeSauce(${d.fill('%#')})`,
  (d) => `Credit card fees rose to ${d.fill('%.##')} % on ${d.fill('%,###,###')} payments.`,
  (d) => `The bank account opened in ${d.fill('19##')} earns ${d.fill('%.##')} %.`,
  (d) => `email me when version ${d.fill('%.%.%')} is out @ the office`,
  (d) => `@${d.fill('*****')} thanks, see you @ 5 pm`,
  (d) => `Social security pays ${d.fill('%,###')} a month to ${d.fill('%#')} million people.`,
  (d) => `NHS waiting lists reached ${d.fill('%.##')} million in ${d.fill('20##')}.`,
  (d) => `Batch ${d.fill('B%#######')}, lot ${d.fill('L####-####')}, expires ${date(d).m}/${date(d).y}.`,
  () => `std::vector<int>::size_type, a::b::c, 12:30:45`,
  (d) => `Chapter ${d.fill('%')}: ${d.fill('%##')} BC to AD ${d.fill('%##')}`,
  (d) => `id=${d.fill('%#######')} count=${d.fill('%####')} bytes=${d.fill('%#########')}`,
  (d) => `Memory at 0x${d.string(8, hexadecimal)}, address 0x${d.string(16, hexadecimal)}`,
  (d) => `The model has ${d.fill('%,###,###,###')} parameters and scored ${d.fill('0.####')}.`,
  (d) => `Zip code ${d.fill('%####-####')}, room ${d.fill('%##')}.`,
  (d) => `class Session${d.fill('%')}Token extends Base { id: number }`,
  (d) => `Content-Length: ${d.fill('%####')}, ETag: "${d.string(12, hexadecimal)}"`,
  (d) => `WO${d.fill('20##')}/${d.fill('######')} and US ${d.fill('%,###,###')} B2 are patents.`,
  (d) => `{"id": ${d.fill('%#########')}, "total": ${d.fill('%##.##')}, "items": [${d.fill('%,%#,%')}]}`,
  (d) => `Customer reference ${d.fill('%#######')}, quote ${d.fill('Q-%####')}.`,
  (d) => `Lap times 1:${d.fill('3#.###')}, 1:${d.fill('3#.###')} and 2:0${d.fill('#.###')}.`,
  (d) => `nonce-${d.string(8, base62)} build ${date(d).y}${date(d).m}${date(d).t}.${d.fill('%')}`,
  // Words for identifiers with numbers of something else behind them.
  (d) => `My passport expired. The order ${d.fill('%#######')} for a new cover is on its way.`,
  (d) =>
    `The call center handled ${d.fill('%######')} calls and ${d.fill('%,###,###')} chats in ${d.fill('20##')}.`,
  (d) => `Passport control counted ${d.fill('%######')} travellers and ${d.fill('%#,###')} flights.`,
  (d) =>
    `The phone costs $${d.fill('%,###.##')}, has ${d.fill('%###')} mAh and a screen of 2796x1290 pixels.`,
  (d) => `Call of Duty sold ${d.fill('%#######')} copies in ${d.fill('20##')}-${d.fill('20##')}.`,
  (d) => `Forms 1099-MISC and W-2 with your tax ID are due on ${date(d).y}-${date(d).m}-${date(d).t}.`,
  (d) => `The national ID program enrolled ${d.fill('%#########')} people by ${date(d).y}.`,
  (d) =>
    `The DMV issues a driver's license for ${d.fill('%#')} dollars; it moved to ${d.fill('%####')} Main Street.`,
  (d) =>
    `IMEI numbers have 15 digits; this is build ${date(d).y}${date(d).m}${date(d).t}, model SM-${d.fill('?###?')}.`,
  (d) => `The bank account grew by ${d.fill('%###.##')} euros, invoice ${d.fill('%#######')} is paid.`,
  (d) => `Social security transferred ${d.fill('%########')} dollars in fiscal year ${d.fill('20##')}.`,
  (d) =>
    `The card game has ${d.fill('%##')} cards, published ${date(d).t}.${date(d).m}.${date(d).y}, article ${d.fill('%#######')}.`,
  (d) =>
    `The call is on ${date(d).y}-${date(d).m}-${date(d).t}, ${two(d.below(24))}:15-${two(d.below(24))}:45, meeting room ${d.fill('%##')}.`,
  (d) => `Text ${d.fill('%##')} of ${d.fill('%,###')}, page ${d.fill('%##-%##')}, chapter ${d.fill('%.%')}.`,
  (d) =>
    `The mobile app version ${d.fill('%.#.##')} (${d.fill('%####')}) was downloaded ${d.fill('%######')} times.`,
  (d) => `Their SSN check takes ${d.fill('%#')} days; ticket ${d.fill('%########')} was closed.`,
  (d) =>
    `VAT of ${d.fill('1#.#')} % applies to ${d.fill('%###')} items, ${d.fill('%#.###,##')} EUR in total.`,
  (d) => `The IP camera streams at ${d.fill('%###')} kbit/s, firmware ${d.fill('%.%.#.####')}.`,
  (d) => `An API key costs nothing; ${d.fill('%,###')} requests a day, ${d.fill('%##')} tokens each.`,
  (d) => `Token usage: prompt=${d.fill('%###')} completion=${d.fill('%##')} total=${d.fill('%####')}`,
  (d) =>
    `The password policy changed in ${d.fill('20##')}: ${d.fill('1#')} characters, rotation after ${d.fill('9#')} days.`,
  (d) =>
    `Contact hours are ${d.fill('0900-17')}${d.pick(['00', '30', '45'])} and the office is room ${d.fill('%##')}.`,
  (d) =>
    `The patient group had ${d.fill('%##')} members aged ${d.fill('%#-6#')}, p = 0.0${d.fill('#')}, n = ${d.fill('%###')}.`,
  (d) =>
    `Fax machines: ${d.fill('%#,###,###')} were sold, ${d.fill('%#')} % fewer than in ${d.fill('19##')}.`,
  (d) => `Insurance policy changes affect ${d.fill('%######')} households, see pages ${d.fill('%#-%#')}.`,
]
