/** A training run in a process of its own, with a checkpoint after each step, for the test that kills it: `node run-child.ts FOLDER`. */
import { Checkpoints, runDigest } from '../checkpoint.ts'
import { runTraining } from '../train.ts'
import { runOptions, sequencesOf, tinyModel } from './tiny.ts'

const model = await tinyModel()
const sequences = sequencesOf(60)
const checkpoints = new Checkpoints(process.argv[2]!, runDigest(model, sequences, runOptions), 0)
await runTraining(model, sequences, { ...runOptions, onStep: ({ step }) => console.log(step) }, checkpoints)
