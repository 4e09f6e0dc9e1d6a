/**
 * What the predictor was fitted to be: written by `npm run advisor:fit` in bench/, not by hand, a law a file. Effects are logarithms: their
 * value and its variance; ends of intervals are in units of a law's spread. docs/predictor.md.
 */

import type { Fitted } from './fit.ts'
import { decode } from './fitted/decode.ts'
import { firstToken } from './fitted/first-token.ts'
import { memory } from './fitted/memory.ts'
import { prefill } from './fitted/prefill.ts'
import { readFitted } from './read-fitted.ts'

export const fitted: Fitted = readFitted({
  ...{
    factsVersion: '2026-11-26',
    measurements: 357,
    devices: 51,
    leftOut: {
      'larger than what an app may use': 9,
      'size of the file contradicts the quantisation': 11,
      'the same run again': 42,
      'shape of the model not in the facts': 46,
      'faster than the bandwidth allows': 2,
      'quantisation not stated': 3,
    },
    ends: {
      decode: {
        cold: { low: -0.4381, high: 0.4703 },
        coldUnsure: { low: -0.9913, high: 1.163 },
        known: { low: -0.3941, high: 0.4034 },
        own: { low: -1.7227, high: 1.6113 },
      },
      prefill: {
        cold: { low: -0.7524, high: 0.6273 },
        coldUnsure: { low: -1.482, high: 1.9062 },
        known: { low: -1.2828, high: 0.5889 },
        own: { low: -3.0215, high: 1.753 },
      },
      firstToken: {
        cold: { low: -2.4079, high: 2.3185 },
        coldUnsure: { low: -2.4079, high: 5.6011 },
        known: { low: -2.4071, high: 1.4534 },
        own: { low: -7.5492, high: 7.0544 },
      },
      memory: {
        cold: { low: -2.6308, high: 2.8887 },
        coldUnsure: { low: -2.6308, high: 2.8887 },
        known: { low: -2.7841, high: 2.003 },
        own: { low: -4.7686, high: 2.6144 },
      },
    },
  },
  laws: { decode, prefill, firstToken, memory },
})
