/** Puts the page into its place. */
import { render } from 'preact'
import { App } from './app.tsx'

render(<App />, document.getElementById('page')!)
