/** `https://in-toto.io/attestation/test-result/v0.1` (in-toto attestation framework, "Test Result") as `waybill.intoto.TestResult`. */
import type { Adapter } from "../evidence.ts";
import { text, texts } from "../raw.ts";
import { predicateAdapter, resources } from "./predicate.ts";

export const testResult: Adapter = predicateAdapter({
  format: "in-toto-test-result",
  title: "in-toto test result v0.1",
  schema: "in-toto-test-result-0.1",
  type: "waybill.intoto.TestResult",
  fields: { passed: "/passedTests", warned: "/warnedTests", failed: "/failedTests" },
  // A list that is left out is an empty one (in-toto attestation framework, "Parsing rules").
  read: ({ predicate, document, base }) => ({
    result: text(predicate["result"])?.toLowerCase(),
    url: text(predicate["url"]),
    configuration: resources(predicate["configuration"], document, `${base}/configuration`),
    passed: texts(predicate["passedTests"]),
    warned: texts(predicate["warnedTests"]),
    failed: texts(predicate["failedTests"]),
  }),
  counts: ({ passed, warned, failed }) => ({ passed: size(passed), warned: size(warned), failed: size(failed) }),
});

function size(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
