/** The Prompt API: any model in the shape of the browser's `LanguageModel`, so that what was written for it runs here, too. */
import { loadMini } from '@edgewise/mini'
import { defaultPolicy, edgewise, miniDevice, promptApi } from 'edgewise'

using mini = await loadMini()
const ew = edgewise({ policy: defaultPolicy, device: miniDevice(mini) })

const LanguageModel = promptApi(ew('fix'))
console.log(await LanguageModel.availability())
const session = await LanguageModel.create()
console.log(await session.prompt('i recieved teh package yesterday'))
for await (const piece of session.promptStreaming('the goverment office is closed on monday'))
  console.log(piece)
session.destroy()

// Prints:
// available
// I received the package yesterday
// the government office is closed on Monday
