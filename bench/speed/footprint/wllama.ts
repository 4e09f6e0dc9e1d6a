/** What a page needs of wllama. */
import { Wllama } from '@wllama/wllama'

Object.assign(globalThis, { Wllama })
