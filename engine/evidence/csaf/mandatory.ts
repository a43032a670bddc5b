/** The mandatory tests of CSAF 2.0 (section 6.1), those of the VEX profile among them. */
import test6 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_6.js";
import test7 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_7.js";
import test9 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_9.js";
import test10 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_10.js";
import test11 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_11.js";
import test12 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_12.js";
import test14 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_14.js";
import test15 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_15.js";
import test16 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_16.js";
import test17 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_17.js";
import test18 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_18.js";
import test19 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_19.js";
import test20 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_20.js";
import test21 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_21.js";
import test22 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_22.js";
import test23 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_23.js";
import test25 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_25.js";
import test27_1 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_1.js";
import test27_2 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_2.js";
import test27_3 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_3.js";
import test27_4 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_4.js";
import test27_5 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_5.js";
import test27_6 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_6.js";
import test27_7 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_7.js";
import test27_8 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_8.js";
import test27_11 from "@secvisogram/csaf-validator-lib/lib/mandatoryTests/mandatoryTest_6_1_27_11.js";
import { type Json, object } from "../raw.ts";
import { type Breach, productBreaches, productTests } from "./product-tests.ts";

export type { Breach } from "./product-tests.ts";

type Test = typeof test6;

/** The tests of the library that are its to do. Each file by itself: the others compile schemas as soon as they are loaded. */
const libraryTests: readonly (readonly [test: string, run: Test])[] = [
  ["6.1.6", test6],
  ["6.1.7", test7],
  ["6.1.9", test9],
  ["6.1.10", test10],
  ["6.1.11", test11],
  ["6.1.12", test12],
  ["6.1.14", test14],
  ["6.1.15", test15],
  ["6.1.16", test16],
  ["6.1.17", test17],
  ["6.1.18", test18],
  ["6.1.19", test19],
  ["6.1.20", test20],
  ["6.1.21", test21],
  ["6.1.22", test22],
  ["6.1.23", test23],
  ["6.1.25", test25],
  ["6.1.27.1", test27_1],
  ["6.1.27.2", test27_2],
  ["6.1.27.3", test27_3],
  ["6.1.27.4", test27_4],
  ["6.1.27.5", test27_5],
  ["6.1.27.6", test27_6],
  ["6.1.27.7", test27_7],
  ["6.1.27.8", test27_8],
  ["6.1.27.11", test27_11],
];

/**
 * Every test that is done here, in the order of their sections. 6.1.8, that scores hold against the schemas of CVSS, is
 * not: the schema of CSAF refers to them, so that whoever holds a document against it has done it.
 */
export const mandatoryTests: readonly string[] = [...libraryTests.map(([test]) => test), ...productTests].sort(bySection);

/** Whether what breaks the schema at a pointer breaks 6.1.8. */
export function isScore(pointer: string): boolean {
  return /^\/vulnerabilities\/\d+\/scores\/\d+\/cvss_v[23](?:\/|$)/.test(pointer);
}

/**
 * Every breach of every one of them, in the order of the tests. The tests are written for documents that hold against
 * the schema; of one that does not, they say what they still can.
 */
export function mandatoryBreaches(json: unknown): readonly Breach[] {
  const document = object(json);
  if (document === undefined) return [];
  const breaches = [...libraryTests.flatMap(([test, run]) => outcome(document, test, run)), ...productBreaches(document)];
  return breaches.sort((a, b) => bySection(a.test, b.test));
}

function outcome(document: Json, test: string, run: Test): readonly Breach[] {
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

/** The library writes `/` for the whole document. */
function pointerIn(path: string): string {
  return path === "/" ? "" : path;
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
