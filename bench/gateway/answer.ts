/** What the stub cloud and the faked device say, a word a token. */

export const WORDS: readonly string[] = Array.from({ length: 32 }, (_, index) => ` word${index}`)

export const TEXT: string = WORDS.join('')
