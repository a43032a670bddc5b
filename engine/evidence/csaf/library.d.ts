/** What is used of the validator library, which comes without types: a file for each mandatory test. */
declare module "@secvisogram/csaf-validator-lib/lib/mandatoryTests/*" {
  interface Outcome {
    readonly isValid: boolean;
    readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[];
  }
  const test: (document: unknown) => Outcome;
  export = test;
}

/** All of them, by name: what its own tests here are held against. */
declare module "@secvisogram/csaf-validator-lib/mandatoryTests.js" {
  export const mandatoryTest_6_1_1: (document: unknown) => { readonly isValid: boolean };
}
