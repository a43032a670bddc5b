/** The mandatory tests of CSAF 2.0 (section 6.1), those of the VEX profile among them. */
import * as library from "@secvisogram/csaf-validator-lib/mandatoryTests.js";
import { type Json, object } from "../raw.ts";
import { type Breach, productBreaches, productTests } from "./product-tests.ts";

export type { Breach } from "./product-tests.ts";

const name = /^mandatoryTest_(\d+(?:_\d+)*)$/;

/** The tests of the library that are its to do, by the number of their section. */
const libraryTests = Object.entries(library as Readonly<Record<string, library.Test>>).flatMap(([key, run]) => {
  const test = name.exec(key)?.[1]?.replaceAll("_", ".");
  return test === undefined || productTests.has(test) ? [] : [{ test, run }];
});

/** Every test that is done, in the order of their sections. */
export const mandatoryTests: readonly string[] = [...libraryTests.map(({ test }) => test), ...productTests].sort(bySection);

/**
 * Every breach of every mandatory test, in the order of the tests. The tests are written for documents that hold against
 * the schema; of one that does not, they say what they still can.
 */
export function mandatoryBreaches(json: unknown): readonly Breach[] {
  const document = object(json);
  if (document === undefined) return [];
  const breaches = [...libraryTests.flatMap(({ test, run }) => outcome(document, test, run)), ...productBreaches(document)];
  return breaches.sort((a, b) => bySection(a.test, b.test));
}

function outcome(document: Json, test: string, run: library.Test): readonly Breach[] {
  try {
    const { isValid, errors } = run(document);
    if (isValid) return [];
    const found = errors ?? [];
    if (found.length === 0) return [{ test, pointer: "", problem: "the test fails" }];
    return found.map(({ instancePath, message }) => ({ test, pointer: pointerIn(instancePath), problem: message ?? "the test fails" }));
  } catch {
    // Of a document that broke the schema, which has said so.
    return [];
  }
}

/** Pointers as the document has them: the library writes `/` for the whole, and 6.1.30 another name of the history. */
function pointerIn(path: string): string {
  return path === "/" ? "" : path.replace(/^\/document\/tracking\/revisions\//, "/document/tracking/revision_history/");
}

function bySection(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
