/** This package's version: package.json says the same, and a test that it does. */
export const version = '0.1.0'
