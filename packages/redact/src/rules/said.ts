/** Whether a value is called something: by the words in front of it or behind it in the same sentence or line. */

/** Words between a name and its value, in the languages of the names. */
const fillers = new Set(
  (
    'is was are be to of on no nr num number numbers id card code value with for in at the my your his her its our a an as under which that file now me us him them it ' +
    'from line back after home work office mobile personal direct mine new current ending entered lost called read reads reading says said following below here valid ' +
    'user customer and or equals format today nummer ist lautet meine mein die der n numéro numero número est es è é il la le el mi ma mon du de di del av er är jest ' +
    'mój moja numer номер это'
  ).split(' '),
)
/** Of languages without spaces. */
const fillerEnd = /(?:号码|號碼|号|是|为|為)$/
const mostFillers = 5
/** As long as a name is, with what must not stand before it. */
const headLength = 48
const mostSigns = 32
const tag = /(?:<\/?\w{1,12}>[^\p{L}\p{N}<]{0,4}){1,3}$/u
/** The first cell of a line below a head. */
const cell = /(?<=\n)[\p{L} ]{1,20}[,;|\t] ?$/u

const isWordSign = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code < 128
    ? (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
    : /[\p{L}\p{N}\p{M}]/u.test(text[at]!)
}

/**
 * Where a name would end that speaks of what comes behind `front`: the text in front without the signs at its end, and again
 * without one, two, ... words that may stand between.
 */
export function headsOf(front: string): string[] {
  const heads: string[] = []
  let rest = /[,;|\t] ?$/.test(front) ? front.replace(cell, '') : front
  for (let words = 0; words <= mostFillers; words++) {
    if (rest.includes('>')) rest = rest.replace(tag, '')
    let end = rest.length
    for (let signs = 0; end > 0 && signs < mostSigns && !isWordSign(rest, end - 1); signs++) end--
    heads.push(rest.slice(Math.max(0, end - headLength), end))
    let start = end
    while (start > 0 && isWordSign(rest, start - 1)) start--
    const word = rest.slice(start, end)
    const shorter = fillers.has(word) ? rest.slice(0, start) : rest.slice(0, end).replace(fillerEnd, '')
    if (shorter.length >= end) break
    rest = shorter
  }
  return heads
}

/** One of `names` at the end of a head; scripts without capitals write words together. `unless`: what must not stand before the name, as a lookbehind. */
export const behind = (names: string, unless = ''): RegExp =>
  new RegExp(`(?<!\\p{Ll})${unless}(?:${names})$`, 'u')
export const isBehind = (name: RegExp, heads: readonly string[]): boolean =>
  heads.some((head) => name.test(head))

/** Further in front, with no other number between. */
export const before = (names: string, unless = ''): RegExp =>
  new RegExp(`(?<!\\p{Ll})${unless}(?:${names})(?!\\p{Ll})\\D{0,${reach}}$`, 'u')
/** Further behind, with no other number between. */
export const after = (names: string, unless = ''): RegExp =>
  new RegExp(`^\\D{0,${reach}}?(?<!\\p{Ll})${unless}(?:${names})(?!\\p{Ll})`, 'u')
const reach = 56

/** Behind these stands the number of a thing. */
const things = behind(
  'isbn(?:-1[03])?|issn|ean|upc|gtin|asin|sku|doi|pmid|order|invoice|receipt|quote|part|serial|tracking|shipment|parcel|ticket|case|issue|incident|' +
    'ref(?:erence)?|batch|lot|model|item|product|article|version|build|transaction|session|request|page|bug|patent|docket|grant|award|catalog(?:ue)?|' +
    'job|task|user id|uid|uuid|timestamp|hash|commit|revision|port|event|message id|omb|bestell\\p{L}*|rechnungs?\\p{L}*|artikel\\p{L}*|commande|facture|pedido|factura|' +
    'zip(?: code)?|lat(?:itude)?|lon(?:gitude)?|population|bytes|count|size|total|revenue|amount|balance|price|cost|score',
)
export const isOfThing = (heads: readonly string[]): boolean => isBehind(things, heads)

/** Words between a value and a name behind it. */
const followers = new Set(
  'is as a an the my his her their our your valid invalid correct rejected for was really not right wrong old new same registered still number numer numero número'.split(
    ' ',
  ),
)
const mostFollowers = 6
/** Where a name would begin that speaks of what stands before `back`: "... is rejected as my ...". */
export function tailsOf(back: string): string[] {
  const tails: string[] = []
  let at = 0
  for (let words = 0; words <= mostFollowers; words++) {
    for (let signs = 0; signs < 4 && at < back.length && !isWordSign(back, at); signs++) {
      if ('.!?\n'.includes(back[at]!)) break
      at++
    }
    tails.push(back.slice(at))
    let end = at
    while (end < back.length && isWordSign(back, end)) end++
    if (!followers.has(back.slice(at, end))) break
    at = end
  }
  return tails
}

/** One of `names` at the start of a tail. */
export const ahead = (names: string): RegExp => new RegExp(`^(?:${names})(?!\\p{Ll})`, 'u')

/** Whole words anywhere. */
export const anywhere = (names: string, flags = 'u'): RegExp =>
  new RegExp(`(?<!\\p{Ll})(?:${names})(?!\\p{Ll})`, flags)

/** What follows an amount: a unit, or what is counted, in plural; some verbs look like one. */
const unit =
  /^ ?(?:[%$€£°]|(?:percent|per|hundred|thousand|million|billion|people|usd|eur|gbp|[kmg]i?b|ms|k?m|dollar|euro|pound|second|minute|year|day)(?!\p{L}))/u
const counted =
  /^ (?!(?:does|needs|belongs|works|looks|gets|keeps|comes|matches|fails|expires|ends|starts|seems|shows|goes|rings|answers|remains|appears|exists|always|thanks|this|plus|unless|perhaps)(?!\p{L}))\p{L}{3,}s(?!\p{L})/u
export const isAmount = (front: string, back: string): boolean =>
  /[$€£]\s?$/.test(front) || unit.test(back) || counted.test(back)

/** Whether a code is long enough to be a number of somebody where only its sentence speaks of one. */
export const isLongCode = (code: string, front: string): boolean =>
  code.length >= 7 && /(?:\d\D*){6}/.test(code) && !/[#=]\s?$/.test(front)

/** How far words are looked for. */
const front = 80
const back = 64

/** In small letters, each where it was: a few letters have no small form of their length. */
function small(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text.replace(/\p{ASCII}+/gu, (part) => part.toLowerCase())
}

/** The text in front of `start`, in small letters, as far as words are looked for. */
export const textBefore = (text: string, start: number): string =>
  small(text.slice(Math.max(0, start - front), start))

/** The text behind `end`. */
export const textAfter = (text: string, end: number): string => small(text.slice(end, end + back))

/** What is asked of a place may be asked next of one as far in front of it as a number and its words are long. */
const reread = 240
/** Read at once, as parts overlap by a name. */
const stretch = 600
/** A name may go on behind the stretch that is looked at. */
const longestName = 48

/**
 * What stands around the numbers of a text. Names are looked for once where numbers are; places are asked in order, and each stretch of
 * the text is read once.
 */
export class Words {
  private readonly text: string
  private readonly pattern: RegExp
  /** Where names begin, in order, up to `read`. */
  private readonly names: number[] = []
  private read = 0
  private at = -1
  private known: readonly string[] = []

  /** `names`: any name at all, with g. */
  constructor(text: string, names: RegExp) {
    this.text = small(text)
    this.pattern = names
  }

  front(start: number): string {
    return this.text.slice(Math.max(0, start - front), start)
  }

  heads(start: number): readonly string[] {
    if (start !== this.at) {
      this.at = start
      this.known = headsOf(this.front(start))
    }
    return this.known
  }

  back(end: number): string {
    return this.text.slice(end, end + back)
  }

  namedInFront(start: number): boolean {
    return this.hasName(start - front, start)
  }

  namedBehind(end: number): boolean {
    return this.hasName(end, end + back)
  }

  private hasName(from: number, to: number): boolean {
    if (to > this.read) {
      const start = Math.max(from - reread, this.read, 0)
      const end = Math.max(to, start + stretch)
      const part = this.text.slice(start, end + longestName)
      // Not matchAll, which makes a new expression each time.
      this.pattern.lastIndex = 0
      for (let match = this.pattern.exec(part); match !== null; match = this.pattern.exec(part)) {
        if (start + match.index < end) this.names.push(start + match.index)
      }
      this.read = end
    }
    let low = 0
    let high = this.names.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.names[middle]! < from) low = middle + 1
      else high = middle
    }
    return low < this.names.length && this.names[low]! < to
  }
}
