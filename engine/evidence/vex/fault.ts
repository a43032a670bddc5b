/** What is wrong with a VEX document. */
export interface VexFault {
  /** Of a CSAF document that breaks a mandatory test, the number of its section (`6.1.27.9`); else one of `VexCode`. */
  readonly code: string;
  /** JSON pointer into the file. */
  readonly pointer: string;
  readonly message: string;
}
