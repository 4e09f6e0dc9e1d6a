/** Stands for a page's script: engine-footprint.ts says what it takes of the engine. */
export {}
