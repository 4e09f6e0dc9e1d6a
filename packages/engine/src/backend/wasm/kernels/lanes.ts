/** Rearrangements of 32-bit lanes that every host has as one instruction. */
import { type Arg, type Code, shuffle } from '../assembler.ts'

/** Lanes 0 and 2 of `a`, then of `b`; with `odd32` lanes 1 and 3. */
export const even32 = (a: Arg, b: Arg): Code => shuffle(a, b, [0, 2, 4, 6])
export const odd32 = (a: Arg, b: Arg): Code => shuffle(a, b, [1, 3, 5, 7])

/** Lanes 0 of both, then lanes 1; with `high32` lanes 2, then 3. */
export const low32 = (a: Arg, b: Arg): Code => shuffle(a, b, [0, 4, 1, 5])
export const high32 = (a: Arg, b: Arg): Code => shuffle(a, b, [2, 6, 3, 7])

/** Lanes 0 and 1 of `a`, then of `b`; with `high64` lanes 2 and 3. */
export const low64 = (a: Arg, b: Arg): Code => shuffle(a, b, [0, 1, 4, 5])
export const high64 = (a: Arg, b: Arg): Code => shuffle(a, b, [2, 3, 6, 7])
