/** The fast tests (`npm test`) and the slow ones (`*.slow.test.ts`, `npm run test:all`), run on the sources. */
import { defineConfig } from 'vitest/config'

const slow = process.env.EDGEWISE_TESTS === 'all'

export default defineConfig({
  resolve: { conditions: ['edgewise-source'] },
  ssr: { resolve: { conditions: ['edgewise-source'] } },
  test: {
    // Of bench/ the parts that need none of its packages.
    include: [
      'packages/**/*.test.ts',
      'models/**/*.test.ts',
      'examples/**/*.test.ts',
      'bench/speed/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', ...(slow ? [] : ['**/*.slow.test.ts'])],
    // Workers serve several files, one a core: tests leave no global behind, and the suite takes half the time.
    isolate: false,
    maxWorkers: '100%',
    testTimeout: slow ? 120_000 : 20_000,
  },
})
