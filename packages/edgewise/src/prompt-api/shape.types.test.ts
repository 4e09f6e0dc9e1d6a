/// <reference types="dom-chromium-ai" />
/** The shape against the browser's own types: a page written for these gets the same. What only extensions have is not there. */
import { expectTypeOf, test } from 'vitest'
import type { EdgewisePromptApi } from './prompt-api.ts'
import type { OpenedSession } from './session.ts'
import type { PromptApi, PromptSession, PromptTool } from './shape.ts'

type Gone = 'measureInputUsage' | 'inputUsage' | 'inputQuota' | 'onquotaoverflow' | 'topK' | 'temperature'
/** Listeners are typed there by event names, and `this` is the class. */
type Listening = 'addEventListener' | 'removeEventListener' | 'oncontextoverflow' | 'clone'

test('a session has every member of the browser’s', () => {
  expectTypeOf<OpenedSession>().toExtend<Omit<LanguageModel, Gone | Listening>>()
  expectTypeOf<keyof LanguageModel>().exclude<Gone>().toExtend<keyof OpenedSession>()
})

test('the device takes the browser’s sessions, and the page gives the browser’s options', () => {
  expectTypeOf<LanguageModel>().toExtend<PromptSession>()
  expectTypeOf<LanguageModelTool>().toExtend<PromptTool>()
  expectTypeOf<Pick<typeof LanguageModel, 'availability'>>().toExtend<Pick<PromptApi, 'availability'>>()
  expectTypeOf<Parameters<EdgewisePromptApi['availability']>>().toEqualTypeOf<
    Parameters<PromptApi['availability']>
  >()
  expectTypeOf<LanguageModelPrompt>().toExtend<Parameters<OpenedSession['prompt']>[0]>()
  expectTypeOf<LanguageModelPromptOptions>().toExtend<NonNullable<Parameters<OpenedSession['prompt']>[1]>>()
})
