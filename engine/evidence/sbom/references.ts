/** References from one element of an SBOM to another: ids given twice, and references that lead nowhere. */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { fault } from "../fault.ts";

/** So many are told one by one; the rest is a number. */
const told = 20;

export interface References {
  /** An id that is in use already: an error, because what refers to it could mean either. */
  repeated(id: string, first: string, pointer: string): void;
  /** A reference to something that is not in the document. `from` is said in the message: `component \`x\``. */
  dangling(reference: string, from: string, pointer: string): void;
  readonly danglingCount: () => number;
  readonly diagnostics: () => readonly Diagnostic[];
}

/** Collects what is wrong with the references of one document; `base` is its pointer in the file. */
export function references(base: string): References {
  const repeats: Diagnostic[] = [];
  const danglings: Diagnostic[] = [];
  let repeatCount = 0;
  let danglingCount = 0;
  return {
    repeated(id, first, pointer) {
      if (++repeatCount > told) return;
      repeats.push(fault("WB0931", { id, first }, pointer, { help: "give each element an id of its own" }));
    },
    dangling(reference, from, pointer) {
      if (++danglingCount > told) return;
      danglings.push(fault("WB0930", { reference, from }, pointer, { notes: ["lists that it belongs to count as incomplete"] }));
    },
    danglingCount: () => danglingCount,
    diagnostics() {
      const all = [...repeats, ...danglings];
      if (repeatCount > told) all.push(fault("WB0914", { more: repeatCount - told, what: "ids are used twice" }, base));
      if (danglingCount > told) all.push(fault("WB0932", { more: danglingCount - told }, base));
      return all;
    },
  };
}
