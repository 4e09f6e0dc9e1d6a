/** The page in an exported folder: what lies there, what to run on which machine, and what to bring back. */
import type { Plan, Recipe } from './trainers/recipe.ts'

export function readme(
  { title, needs, does, files }: Recipe,
  plan: Plan,
  counts: { readonly train: number; readonly valid: number; readonly system: string },
): string {
  const { base, teacher, epochs, rate, seed } = plan
  const others = Object.keys(files(plan)).filter((name) => name !== 'run.sh' && name !== 'requirements.txt')
  return `# A student to train with ${title}

Train \`${base}\`${teacher === '' ? '' : ` beside its teacher, \`${teacher}\`,`} on ${counts.train} examples for ${epochs} epochs, with a learning rate of ${rate} at its top and seed ${seed}.
${does}

## What lies here

- \`train.jsonl\`, \`valid.jsonl\`: ${counts.train} and ${counts.valid} examples, a line each: {"messages": [...]}${counts.system === '' ? '' : ', all with one system message'}. They hold what people asked: treat them so.
- ${others.map((name) => `\`${name}\``).join(', ')}: what the trainer is told.
- \`requirements.txt\`: the packages it needs, with the versions that will do.
- \`run.sh\`: does all of it.

## What to do

1. Copy this folder to ${needs}. Python 3.10 or later must be there. The first run downloads the model; a gated one wants you to be logged in (\`hf auth login\`).
2. \`sh run.sh\` there. When memory runs out, make the batch smaller in the configuration.
3. Bring back the folder \`student\`: config.json, the weights as safetensors, the tokenizer.
4. Import it where you use it, with a GGUF file of \`${base}\`, which lends its tokenizer (its own weights may be of any type):

       npx edgewise distill import student student.gguf --base base.gguf --type Q8_0
`
}
