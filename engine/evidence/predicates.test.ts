import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileText } from "../../test/bench/project.ts";
import { mutations } from "../../test/evidence/mutations.ts";
import { type PredicateExample, predicateExamples } from "../../test/evidence/predicates.ts";
import { compileProgram, decide } from "../evaluate/evaluate.ts";
import { admitPredicate } from "./attestation.ts";
import { couldGive, predicateFormat, predicateFormats } from "./predicates.ts";
import type { Subject } from "./statement.ts";

const source = { name: "x.intoto.json", digest: `sha256:${"0".repeat(64)}`, base: "" };
const sha256 = "ab".repeat(32);
const subjects: readonly Subject[] = [{ name: "shop", digest: { sha256 } }];

const admit = (example: PredicateExample, predicate: unknown = example.predicate) =>
  admitPredicate({ predicateType: example.uri, predicate, subjects: example.subjects ?? subjects }, source);

/** The value with another one at a pointer; undefined takes it away. */
function changed(json: unknown, pointer: string, value: unknown): unknown {
  if (pointer === "") return value;
  const copy = structuredClone(json) as Record<string, unknown>;
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/"));
  const last = keys.pop() ?? "";
  const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

/** The conditions that do not hold of the evidence. */
async function wrong(example: PredicateExample): Promise<readonly string[]> {
  const [type = ""] = example.gives;
  const clauses = example.holds.map((condition, index) => `  require c${index}: ${condition}`).join("\n");
  const text = `module acme.reads
import ${type.split(".").slice(0, 2).join(".")}
policy reads for artifact at ci {
  let it = attestation ${type.split(".").slice(1).join(".")} claimed
${clauses}
}`;
  const { value } = await admit(example);
  const [digest] = Object.entries((example.subjects ?? subjects)[0]?.digest ?? {}).map(([name, hex]) => `${name.toLowerCase()}:${hex}`);
  const answer = decide(compileProgram(compileText("reads.scp", text)), {
    subject: { kind: "artifact", name: "shop", digest: digest ?? "", data: { name: "shop" } },
    point: "ci",
    now: 0,
    evidence: value,
    attested: [],
    failed: [],
  });
  if (answer.kind === "refusal") return [answer.refusal.code];
  return answer.decision.clauses.flatMap((clause, index) =>
    clause.outcome === "passed" ? [] : [`${example.holds[index]}: ${clause.outcome}, ${clause.message ?? ""}`],
  );
}

it.each([
  "https://openvex.dev/ns",
  "https://openvex.dev/ns/v0.2.0",
  "https://cyclonedx.org/bom",
  "https://cyclonedx.org/bom/v1.6",
  "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json",
])("%s could give VEX, and no provenance", (predicateType) => {
  expect(couldGive(predicateType, new Set(["waybill.vex.Document"]))).toBe(true);
  expect(couldGive(predicateType, new Set(["waybill.slsa.Provenance"]))).toBe(false);
});

it("has an example of each predicate type that is read by its name alone", () => {
  const shown = new Set(predicateExamples.map(({ uri }) => predicateFormat(uri)?.format));
  const unshown = predicateFormats.filter((format) => !format.standalone && !shown.has(format));
  expect(unshown.map(({ uri }) => uri)).toEqual([]);
});

describe.each(predicateExamples.map((example) => [`${example.uri} as ${example.gives[0]}`, example] as const))("%s", (_name, example) => {
  it.each(
    example.broken.map(
      ([pointer, value, at]) => [pointer === "" ? "the predicate" : pointer, JSON.stringify(value), pointer, value, at] as const,
    ),
  )("is refused with %s replaced by %s", async (_pointer, _value, pointer, value, at) => {
    const { value: evidence, diagnostics } = await admit(example, changed(example.predicate, pointer, value));
    expect(evidence).toEqual([]);
    expect(diagnostics[0]).toMatchObject({ level: "error", code: "WB0913", pointer: `/predicate${at}` });
  });

  it("gives the types that it is said to give, about the statement's subject", async () => {
    const { value, diagnostics } = await admit(example);
    expect(diagnostics).toEqual([]);
    const types = value.map((piece) => piece.type);
    expect(types).toEqual(expect.arrayContaining([...example.gives]));
    expect(predicateFormat(example.uri)?.format.gives).toEqual(expect.arrayContaining(types));
    for (const piece of value) expect(piece.about).toHaveLength(2);
  });

  it("says to a policy what it says", async () => {
    expect(await wrong(example)).toEqual([]);
  });

  it("never throws: whatever is changed in it, it is read or refused with a place in it", async () => {
    const whole = { predicate: example.predicate ?? {} };
    await fc.assert(
      fc.asyncProperty(mutations(whole), async (json) => {
        const predicate = json !== null && typeof json === "object" && "predicate" in json ? json.predicate : json;
        const { value, diagnostics } = await admit(example, predicate);
        expect(value.length > 0 || diagnostics.some((one) => one.level === "error" && one.pointer !== undefined)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
