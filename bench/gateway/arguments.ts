/** `--name=3` on the command line. */

/** Throws when it is given and no whole number from 1. */
export function number(name: string, usual: number): number {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`))
  if (given === undefined) return usual
  const value = Number(given.slice(name.length + 3))
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`${given}: it is a whole number from 1`)
}
