/** A file of the workspace's sources with all it imports as one ES module without imports, for hosts that run no TypeScript. */
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'

/** The module's text. `entry` is relative to this folder; so are the files that stand in for modules in `alias`. */
export async function bundle(entry: string, alias: Readonly<Record<string, string>> = {}): Promise<string> {
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: {
      conditions: ['edgewise-source', 'module', 'browser', 'import'],
      alias: Object.fromEntries(Object.entries(alias).map(([name, file]) => [name, here(file)])),
    },
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      lib: { entry: here(entry), formats: ['es'], fileName: 'module' },
      // What the engine loads on demand is in it, too.
      rolldownOptions: { external: [/^node:/], output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput[]
  const [module, ...more] = built[0]!.output
  if (more.length > 0) throw new Error(`${entry} came as ${1 + more.length} files: one was to be had`)
  return module.code
}
