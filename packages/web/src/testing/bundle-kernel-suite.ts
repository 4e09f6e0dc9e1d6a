/** The kernel suites bundled into one ES module without imports, exporting `runKernelSuite`. */
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Its text. Runs on what has ES2022. */
export async function bundleKernelSuite(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    resolve: {
      conditions: ['edgewise-source', 'module', 'browser', 'import'],
      alias: { vitest: here('./suite-runner.ts') },
    },
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      lib: { entry: here('./kernel-suite.ts'), formats: ['es'], fileName: 'kernel-suite' },
    },
  })) as Rolldown.RolldownOutput[]
  return built[0]!.output[0].code
}
