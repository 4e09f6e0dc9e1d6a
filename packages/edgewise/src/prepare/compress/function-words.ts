/**
 * English words that hold a sentence together and name nothing: what compression drops before anything else. Negations, conditions
 * and amounts are none of them (protected.ts). Texts in other languages have none here and lose words by their information alone.
 */

const functionWords: ReadonlySet<string> = new Set(
  (
    "a an the this that these those there here it its it’s it's that’s that's i me my mine we us our ours you your yours he him " +
    'his she her hers they them their theirs who whom whose which what am is are was were be been being do does did doing ' +
    "have has had having can could will would shall might may let lets let’s let's i’m i'm i’d i'd i’ll i'll i’ve i've " +
    'of in on at to for from by with about into over and or as so then than too very just also again once please'
  ).split(' '),
)

/** The word as it stands in a text: marks around it do not count. */
export function isFunctionWord(word: string): boolean {
  return functionWords.has(word.toLowerCase().replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''))
}
