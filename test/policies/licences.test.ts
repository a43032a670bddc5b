/** What packs say of documents whose licences cannot be read: not what they say where there is none. */
import { expect, it } from "vitest";
import { compileProgram, decide, type Inputs } from "../../engine/evaluate/evaluate.ts";
import { admitValue } from "../../engine/evidence/door.ts";
import { compile } from "../../language/compile.ts";
import { read } from "../architecture/sources.ts";
import { standardLibrary } from "../golden/compile.ts";

const document = (licenses: readonly object[]) => ({
  bomFormat: "CycloneDX",
  specVersion: "1.7",
  version: 1,
  metadata: { component: { type: "application", name: "shop", "bom-ref": "shop" } },
  components: [{ type: "library", name: "a", "bom-ref": "a", purl: "pkg:npm/a@1.0.0", licenses }],
});

/** The effect, and the clauses of the pack that did not pass, with outcome and cause, for a package with these licences. */
async function judged(pack: string, licenses: readonly object[], inputs: Inputs = new Map()) {
  const path = `policies/packs/${pack}/${pack}.scp`;
  const { value: program } = compile({ deciding: [{ path, text: read(path) }], load: (name) => standardLibrary.get(name) });
  const admitted = await admitValue(document(licenses), { name: "sbom.json", digest: `sha256:${"0".repeat(64)}`, base: "" });
  expect(admitted.diagnostics).toEqual([]);
  const answer = decide(
    compileProgram(program, inputs),
    {
      subject: { kind: "artifact", name: "shop", data: { name: "shop" } },
      point: "ci",
      now: 0,
      evidence: admitted.value,
      attested: [],
      failed: [],
    },
    { explain: true },
  );
  if (answer.kind === "refusal") throw new Error(answer.refusal.code);
  const { effect, clauses } = answer.decision;
  const failed = clauses.filter(({ outcome }) => outcome !== "passed");
  return {
    effect,
    failed: failed.map(({ label, outcome, causes }) => [label, outcome, ...causes].join(" ")),
    details: [...new Set(failed.flatMap(({ wants }) => wants.map(({ detail, members }) => [detail, ...members].join(" "))))],
  };
}

const broken = { expression: "AGPL-3.0-only AND (" };
const why = "the licence … cannot be read: … is not a whole licence expression";

it("the licence pack warns of a name that nobody knows, and refuses what cannot be read: it may say anything", async () => {
  expect(await judged("licenses", [{ license: { name: "AGPL-3.0-only AND (" } }])).toMatchObject({
    effect: "warn",
    failed: ["stated_reported violated"],
  });
  const { effect, failed, details } = await judged("licenses", [broken]);
  expect(effect).toBe("deny");
  expect(failed).toEqual([
    "network_copyleft undecided malformed",
    "strong_copyleft undecided malformed",
    "stated_reported undecided malformed",
  ]);
  expect(details).toEqual([expect.stringContaining(why)]);
  expect(details[0]).toContain('"AGPL-3.0-only AND ("');
});

it("the licence pack refuses it also where packages without a licence are ignored", async () => {
  const ignoring = new Map([["waybill.licenses.unstated", 0]]);
  expect((await judged("licenses", [], ignoring)).effect).toBe("allow");
  expect((await judged("licenses", [broken], ignoring)).effect).toBe("deny");
});

it("what can be read beside it still decides, and the rest is not taken for what nobody stated", async () => {
  const agpl = await judged("licenses", [{ license: { id: "AGPL-3.0-only" } }, { expression: "MIT OR" }]);
  expect([agpl.effect, agpl.failed[0]]).toEqual(["deny", "network_copyleft violated"]);
  const mit = await judged("licenses", [{ license: { id: "MIT" } }, { expression: "MIT OR" }]);
  expect(mit.effect).toBe("deny");
  expect(mit.failed).toEqual(["network_copyleft undecided malformed", "strong_copyleft undecided malformed"]);
});

it("the SBOM pack does not take it for a licence, nor for none", async () => {
  const later = new Map([["waybill.sbom_quality.elements", 1]]);
  const license = async (licenses: readonly object[]) =>
    (await judged("sbom-quality", licenses, later)).failed.filter((one) => one.startsWith("license"));
  expect(await license([{ expression: "MIT" }])).toEqual([]);
  expect(await license([{ license: { name: "Acme" } }])).toEqual(["license violated"]);
  expect(await license([broken])).toEqual(["license undecided malformed"]);
});
