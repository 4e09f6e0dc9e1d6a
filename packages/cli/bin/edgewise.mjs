#!/usr/bin/env node
/** The command's way in: says plainly when Node is too old for it or when it was not built, then hands over. */
import { existsSync } from 'node:fs'

const main = new URL('../dist/main.js', import.meta.url)
if (Number.parseInt(process.versions.node, 10) < 24) {
  console.error(
    `edgewise: needs Node 24 or newer, this is ${process.versions.node}: use "npm start", or install it from nodejs.org`,
  )
  process.exitCode = 1
} else if (!existsSync(main)) {
  console.error('edgewise: not built yet: run "npm run build" first')
  process.exitCode = 1
} else {
  await import(main.href)
}
