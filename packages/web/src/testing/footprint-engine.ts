/** What a page needs of the engine to complete texts. */
export { generate, openModel } from '@edgewise/engine'
