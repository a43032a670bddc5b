/**
 * Holds VEX documents of every format against all their rules: the schema, and CSAF's mandatory tests, or what the
 * specifications of OpenVEX and CycloneDX ask beside it. Everything that is wrong is told, not the first of it.
 */
import type { Diagnostic } from "../../../language/diagnostics/diagnostic.ts";
import { isEnvelope, open } from "../envelope.ts";
import type { Adapter } from "../evidence.ts";
import { fault } from "../fault.ts";
import { readJson } from "../json/read.ts";
import { type Json, object } from "../raw.ts";
import { mostErrors } from "../schema/errors.ts";
import { everyFault } from "../schema/validate.ts";
import { isStatement, unwrap } from "../statement.ts";
import { defaultLimits, type Limits } from "../text.ts";
import type { VexFault } from "./fault.ts";

export type { VexFault } from "./fault.ts";

export interface VexValidity {
  /** Null: it is none of them. */
  readonly format: "openvex" | "csaf" | "cyclonedx" | null;
  readonly valid: boolean;
  /** None where it is valid. */
  readonly errors: readonly VexFault[];
}

export interface ValidateOptions {
  /** Microseconds since the epoch: OpenVEX that is dated later is refused. Undefined: any time passes. */
  readonly now?: number;
  readonly limits?: Limits;
}

/** Codes that are no sections of CSAF, and what they mean. */
export const vexCodes = {
  json: "the file is no JSON that every reader reads alike",
  format: "the document is of no format of VEX",
  version: "the document is of a version of its format that is not read",
  attestation: "the attestation that the document is in cannot be opened",
  schema: "the document breaks the schema of its format",
  "openvex-product": "a statement is about no product",
  "openvex-purl": "a purl is none",
  "openvex-hash": "a hash is none of its algorithm",
  "openvex-time": "a time is in the future",
  "openvex-tie": "two statements of one instant contradict each other",
  "cyclonedx-range": "a version range is no VERS string",
  "cyclonedx-reference": "a reference leads nowhere, or could mean two things",
  "no-vex": "the document is well-formed, and says nothing of how products stand to vulnerabilities",
} as const;

/** Reads and holds one file; `name` is as the user gave it. Never throws. */
export async function validateVex(bytes: Uint8Array, name: string, options: ValidateOptions = {}): Promise<VexValidity> {
  const limits = options.limits ?? defaultLimits;
  const read = readJson(bytes, name, limits);
  if (!read.value) return invalid(null, coded("json", read.diagnostics));
  return validateVexValue(read.value.json, name, { ...options, limits });
}

/** The same for a value that was parsed strictly already. */
export async function validateVexValue(json: unknown, name: string, options: ValidateOptions = {}): Promise<VexValidity> {
  if (!isEnvelope(json)) return inside(json, "", options);
  const opened = open(json, name, "", options.limits ?? defaultLimits);
  return "json" in opened ? inside(opened.json, opened.base, options) : invalid(null, coded("attestation", opened));
}

async function inside(json: unknown, base: string, options: ValidateOptions): Promise<VexValidity> {
  if (!isStatement(json)) return held(json, base, false, options);
  const { value, diagnostics } = unwrap(json, base);
  if (value === undefined) return invalid(null, coded("attestation", diagnostics));
  return held(value.predicate, `${base}/predicate`, value.subjects.length > 0, options);
}

async function held(json: unknown, base: string, encapsulated: boolean, options: ValidateOptions): Promise<VexValidity> {
  for (const [format, load] of formats) {
    const { adapter, faults, codeOf } = await load();
    if (!adapter.detect(json)) continue;
    const choice = adapter.schema(json);
    const at = (fault: VexFault): VexFault => ({ ...fault, pointer: base + fault.pointer });
    if (choice.kind === "unsupported") {
      const message = `${adapter.title} is read, not version \`${choice.found}\``;
      return invalid(format, [at({ code: "version", pointer: choice.pointer, message })]);
    }
    const broken = (await everyFault(choice.schema, json)).map(({ pointer, problem }) => ({
      code: codeOf(pointer),
      pointer,
      message: fault("WB0913", { pointer: base + pointer, problem }, pointer).message,
    }));
    const errors = [...broken, ...faults(object(json) ?? {}, broken.length === 0, encapsulated, options)];
    const told = errors.slice(0, mostErrors).map(at);
    const more = errors.length - told.length;
    if (more > 0) told.push({ code: codeOf(""), pointer: base, message: `there are ${more} more errors, which are not listed` });
    return { format, valid: errors.length === 0, errors: told };
  }
  const message = "the document is neither OpenVEX nor CSAF nor CycloneDX";
  return invalid(null, [{ code: "format", pointer: base, message }]);
}

function invalid(format: VexValidity["format"], errors: readonly VexFault[]): VexValidity {
  return { format, valid: false, errors };
}

function coded(code: keyof typeof vexCodes, diagnostics: readonly Diagnostic[]): readonly VexFault[] {
  return diagnostics.map(({ message, pointer }) => ({ code, pointer: pointer ?? "", message }));
}

interface Rules {
  readonly adapter: Adapter;
  /** The code of what breaks the schema at a pointer. */
  readonly codeOf: (pointer: string) => string;
  /** What is wrong beside the shape; `wellFormed` says that the schema holds. */
  readonly faults: (json: Json, wellFormed: boolean, encapsulated: boolean, options: ValidateOptions) => readonly VexFault[];
}

const formats: readonly (readonly [Exclude<VexValidity["format"], null>, () => Promise<Rules>])[] = [
  [
    "openvex",
    async () => {
      const [{ openvex }, { openvexFaults }] = await Promise.all([import("../openvex/adapter.ts"), import("../openvex/rules.ts")]);
      return {
        adapter: openvex,
        codeOf: () => "schema",
        faults: (json, _wellFormed, encapsulated, { now }) => openvexFaults(json, { now, encapsulated }),
      };
    },
  ],
  [
    "cyclonedx",
    async () => {
      const [{ cyclonedx }, { cyclonedxFaults }] = await Promise.all([import("../cyclonedx/adapter.ts"), import("../cyclonedx/rules.ts")]);
      return { adapter: cyclonedx, codeOf: () => "schema", faults: (json, wellFormed) => (wellFormed ? cyclonedxFaults(json) : []) };
    },
  ],
  [
    "csaf",
    async () => {
      const [{ csaf }, { isScore, mandatoryBreaches }] = await Promise.all([import("../csaf/adapter.ts"), import("../csaf/mandatory.ts")]);
      return {
        adapter: csaf,
        codeOf: (pointer) => (isScore(pointer) ? "6.1.8" : "schema"),
        faults: (json) => mandatoryBreaches(json).map(({ test, pointer, problem }) => ({ code: test, pointer, message: problem })),
      };
    },
  ],
];
