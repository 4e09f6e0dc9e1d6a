/** What a page needs of the engine to chat: the file's own template, too, with the library that runs it. */
export { chatTemplate, generate, openModel } from '@edgewise/engine'
