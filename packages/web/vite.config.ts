/**
 * Builds the page to `dist` from the workspace's sources. The gateway serves it under a strict content security
 * policy, so nothing is inlined: no data: URLs, no inline script or style.
 */
import { defineConfig } from 'vite'

/** The embedded model's loader reads from disk under Node; that branch never runs in a browser. */
const external = [/^node:/]

export default defineConfig({
  base: './',
  resolve: { conditions: ['edgewise-source', 'module', 'browser', 'import'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', rolldownOptions: { external } },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
})
