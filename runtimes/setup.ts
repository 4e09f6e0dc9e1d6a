/**
 * Installs runtimes from PyPI, each in a virtual environment of its own, and makes the files they run:
 *
 *     npm run setup -- mlx llama-server litert executorch
 *
 * mlx takes 0.4 GB and llama-server 0.1 GB of disk. The two others need torch to convert the model, 6.3 GB for both; `--drop-torch`
 * removes it again, but ExecuTorch runs in it, too. What is there is left as it is.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeHfFolder } from './hf-folder.ts'
import { executorchFile, hfFolder, litertFile, program, root } from './places.ts'

/** The versions that docs/runtimes.md speaks of. */
const packages = {
  mlx: ['mlx[cpu]==0.32.4', 'mlx-lm==0.32.2'],
  llama: ['xllamacpp==2026.10.11549'],
  litert: ['litert-lm==0.18.1'],
  torch: ['torch==2.13.0', 'litert-torch==0.10.0', 'executorch==1.5.1', 'torchao==0.18.0'],
} as const

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = root): void {
  console.log(`$ ${command} ${args.join(' ')}`)
  const offline = { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' }
  execFileSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...offline, ...env } })
}

function environment(name: keyof typeof packages): void {
  if (existsSync(join(root, name, 'ready'))) return
  run('python3', ['-m', 'venv', join(root, name)])
  run(program(name, 'pip'), ['install', '--quiet', '--no-cache-dir', ...packages[name]])
  execFileSync('touch', [join(root, name, 'ready')])
}

/** litert-torch 0.10.0 imports one module of TensorFlow, for a model that is none of ours; ai-edge-litert has the same one. */
async function tensorflowShim(): Promise<string> {
  const shim = join(root, 'shim')
  const folder = join(shim, 'tensorflow', 'lite', 'python')
  await mkdir(folder, { recursive: true })
  for (const path of ['tensorflow', 'tensorflow/lite', 'tensorflow/lite/python']) {
    await writeFile(join(shim, path, '__init__.py'), '')
  }
  await writeFile(
    join(folder, 'schema_py_generated.py'),
    'from ai_edge_litert.schema_py_generated import *\n',
  )
  return shim
}

async function litert(): Promise<void> {
  environment('litert')
  if (existsSync(litertFile)) return
  environment('torch')
  run(
    program('torch', 'litert-torch'),
    [
      'export_hf',
      `--model=${hfFolder}`,
      `--output_dir=${join(root, 'litert-export')}`,
      ...['--prefill_lengths=32,128', '--cache_length=512', '--quantization_recipe=dynamic_wi8_afp32'],
    ],
    { PYTHONPATH: await tensorflowShim() },
  )
  await mkdir(join(root, 'litert-model'), { recursive: true })
  await cp(join(root, 'litert-export', 'model.litertlm'), litertFile)
  await rm(join(root, 'litert-export'), { recursive: true })
}

async function executorch(): Promise<void> {
  environment('torch')
  if (existsSync(executorchFile)) return
  // Its exporter takes a working folder whose name ends with "executorch" for its own sources (1.5.1).
  const folder = join(root, 'pte')
  await mkdir(folder, { recursive: true })
  run(program('torch', 'python'), [here('python/meta_weights.py'), hfFolder, folder])
  run(
    program('torch', 'python'),
    [
      ...['-m', 'executorch.extension.llm.export.export_llm', '--config', join(folder, 'export.yaml')],
      ...['hydra.run.dir=.', 'hydra.output_subdir=null'],
    ],
    {},
    folder,
  )
}

const asked = process.argv.slice(2)
const known = ['mlx', 'llama-server', 'litert', 'executorch', '--drop-torch']
if (asked.length === 0 || asked.some((name) => !known.includes(name))) {
  console.error(`usage: npm run setup -- ${known.join(' | ')}   (into ${root})`)
  process.exit(2)
}
await mkdir(root, { recursive: true })
if (!existsSync(hfFolder)) await writeHfFolder(hfFolder)
if (asked.includes('mlx')) environment('mlx')
if (asked.includes('llama-server')) environment('llama')
if (asked.includes('litert')) await litert()
if (asked.includes('executorch')) await executorch()
if (asked.includes('--drop-torch')) await rm(join(root, 'torch'), { recursive: true, force: true })
