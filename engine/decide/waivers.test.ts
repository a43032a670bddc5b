import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { expect, it } from "vitest";
import type { Waiver } from "../../language/core/ir.ts";
import type { ClauseResult, Decision } from "../evaluate/decision.ts";
import { report, texts } from "./fixtures/hostile.ts";
import { renderJson } from "./json.ts";
import { renderText } from "./text.ts";
import { endedWaivers, type WaiverState, waiverCounts, waiverLine, waiverNotes, waiverUses } from "./waivers.ts";

const day = 86_400_000_000;
const now = Date.UTC(2026, 10, 21) * 1000;
const at = { path: "shop.scp", start: 0, end: 1 };

const waiver = (clause: string, days: number, start = 0): Waiver => ({
  clause,
  scope: { kind: "subject", condition: { kind: "literal", value: true, type: { kind: "scalar", name: "Bool" }, at } },
  ends: now + days * day,
  because: "replaced in Q1",
  approvedBy: "security@acme.example",
  at: { ...at, start },
});

function decision(label: string, waivers: ClauseResult["waivers"], applies = true): Decision {
  const clause: ClauseResult = {
    policy: "shop.p",
    label,
    at,
    outcome: "passed",
    ...(applies ? {} : { applies }),
    effect: "allow",
    causes: [],
    witnesses: [],
    witnessCount: 0,
    wants: [],
    assumptions: [],
    advice: [],
    waivers,
  };
  return {
    subject: { kind: "artifact", name: "a", data: {} },
    point: "ci",
    effect: "allow",
    reason: "passed",
    clauses: [clause],
    covered: true,
  };
}

const used = waiver("shop.p.a", 60, 1);
const unused = waiver("shop.p.a", 20, 2);
const elsewhere = waiver("shop.p.c", 400, 3);
const ended = waiver("shop.p.a", 0, 4);
const decisions = [decision("a", [{ ...used, lifted: 3 }]), decision("a", [{ ...used, lifted: 2 }]), decision("c", [], false)];
const uses = waiverUses({ waivers: [used, unused, elsewhere, ended] }, decisions, now);

it("tells which waivers lifted something, which did not, which were not asked and which have ended", () => {
  const states: readonly (readonly [WaiverState, number, boolean])[] = [
    ["used", 5, false],
    ["unused", 0, true],
    ["not-asked", 0, false],
    ["ended", 0, false],
  ];
  expect(uses.map((use) => [use.state, use.lifted, use.endsSoon])).toEqual(states);
  expect(waiverCounts(uses)).toEqual({ live: 3, used: 1, unused: 1, notAsked: 1, ended: 1, endingSoon: 1 });
  expect(waiverLine(uses)).toBe("3 live: 1 used (5 lifted), 1 unused, 1 not asked here; 1 ended; 1 ends within 30 days");
});

it("notes what a person should look at, and nothing of a waiver that does its work", () => {
  expect(waiverNotes(uses, now).map((note) => [note.code, note.location?.start])).toEqual([
    ["WB1298", 2],
    ["WB1297", 3],
    ["WB1296", 4],
  ]);
  expect(waiverNotes(uses.slice(0, 1), now)).toEqual([]);
});

it("counts a waiver as ended from the instant at which it ends", () => {
  expect(endedWaivers({ waivers: [ended] }, now - 1)).toEqual([]);
  expect(endedWaivers({ waivers: [ended] }, now).map((note) => note.code)).toEqual(["WB1296"]);
});

it("writes them into reports: a line for people, counts and each waiver for machines, as the schema has it", () => {
  const waived = { ...report, decisions: decisions.map((one) => ({ ...one, time: now })), waivers: uses };
  expect(renderText(waived, texts, { colour: false, width: 200, verbose: false })).toContain(`waivers ${waiverLine(uses)}`);
  const json = JSON.parse(renderJson(waived, texts)) as {
    waivers: { live: number; list: object[] };
    decisions: { clauses: { waived: object[] }[] }[];
  };
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(new URL("../../docs/schemas/gate.schema.json", import.meta.url), "utf8")) as object);
  expect([validate(json), validate.errors]).toEqual([true, null]);
  expect(json.waivers).toMatchObject({ live: 3, used: 1, list: [{ state: "used", lifted: 5 }, {}, {}, { state: "ended" }] });
  expect(json.decisions[0]?.clauses[0]?.waived).toMatchObject([{ lifted: 3, approvedBy: "security@acme.example" }]);
});
