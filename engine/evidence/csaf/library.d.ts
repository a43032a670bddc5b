/** What is used of the validator library, which comes without types: an export for each mandatory test. */
declare module "@secvisogram/csaf-validator-lib/mandatoryTests.js" {
  export interface Outcome {
    readonly isValid: boolean;
    readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[];
  }
  export type Test = (document: unknown) => Outcome;
}
