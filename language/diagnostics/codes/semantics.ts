/** WB02xx to WB05xx, WB07xx, WB08xx: names, types, trust, tables, lints, cost. */
import { row } from "../row.ts";

const list = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(", ");
const a = (noun: string): string => (/^[aeio]/i.test(noun) ? "an" : "a");

/** `2 × 10^15`: what matters is the size. */
const steps = (n: number): string => {
  const power = Math.floor(Math.log10(n));
  return Number.isFinite(power) ? `${Math.round(n / 10 ** power)} × 10^${power}` : "endlessly many";
};

export const semanticCodes = {
  WB0201: row<{ name: string }>("error", "unknown module", (p) => `there is no module \`${p.name}\``),
  WB0202: row<{ cycle: readonly string[] }>(
    "error",
    "modules import each other",
    (p) => `modules import each other: ${p.cycle.map((m) => `\`${m}\``).join(" → ")}`,
  ),
  WB0203: row<{ name: string; first: string }>(
    "error",
    "two files are one module",
    (p) => `module \`${p.name}\` is declared again; \`${p.first}\` declares it too`,
  ),
  WB0204: row<{ name: string }>("error", "name declared twice", (p) => `\`${p.name}\` is declared twice in this module`),
  WB0205: row<{ name: string }>("error", "two imports of one name", (p) => `two imports are called \`${p.name}\``),
  WB0206: row<{ name: string }>("error", "unknown name", (p) => `there is no \`${p.name}\` in scope`),
  WB0207: row<{ name: string; whole: string }>("error", "unknown type", (p) => `there is no type \`${p.whole}\``),
  WB0208: row<{ what: string; name: string }>("error", "unknown declaration", (p) => `there is no ${p.what} \`${p.name}\``),
  WB0209: row<{ module: string; name: string }>(
    "error",
    "unknown member of a module",
    (p) => `module \`${p.module}\` declares no \`${p.name}\``,
  ),
  WB0210: row<{ type: string; field: string }>("error", "unknown field", (p) => `\`${p.type}\` has no field \`${p.field}\``),
  WB0211: row<{ name: string }>("error", "unknown function", (p) => `there is no function \`${p.name}\``),
  WB0212: row<{ name: string }>(
    "error",
    "variant without its enum",
    (p) => `\`${p.name}\` is a variant, and nothing here says of which enum`,
  ),
  WB0213: row<{ enum: string; name: string }>("error", "unknown variant", (p) => `\`${p.enum}\` has no variant \`${p.name}\``),
  WB0214: row<{ name: string; what: string }>("error", "name is not a value", (p) => `\`${p.name}\` is ${p.what}, not a value`),
  WB0215: row<{ name: string }>("error", "name is not a function", (p) => `\`${p.name}\` is not a function`),
  WB0216: row<{ cycle: readonly string[] }>(
    "error",
    "definition rests on itself",
    (p) => `\`${p.cycle[0] ?? ""}\` rests on itself: ${p.cycle.map((n) => `\`${n}\``).join(" → ")}`,
  ),
  WB0217: row<{ name: string; enums: readonly string[] }>(
    "error",
    "ambiguous variant",
    (p) => `\`${p.name}\` is a variant of several enums`,
  ),
  WB0218: row<{ name: string }>("error", "unknown kind of subject", (p) => `there are no subjects of kind \`${p.name}\``),
  WB0219: row<{ name: string }>("error", "unknown enforcement point", (p) => `there is no enforcement point \`${p.name}\``),
  WB0220: row<{ what: string; name: string }>("error", "named twice", (p) => `${p.what} \`${p.name}\` is named twice`),
  WB0221: row<{ kind: string; module: string }>(
    "error",
    "standard library is not complete",
    (p) => `subjects of kind \`${p.kind}\` need module \`${p.module}\`, which is not there`,
  ),
  WB0222: row<{ name: string }>("error", "name of a built-in type", (p) => `\`${p.name}\` is a type of the language`),

  WB0301: row<{ expected: string; found: string }>(
    "error",
    "type mismatch",
    (p) => `expected ${a(p.expected)} \`${p.expected}\`, found ${a(p.found)} \`${p.found}\``,
  ),
  WB0303: row<object>("error", "`?` outside a field", () => "`?` says how a field may be absent; it means nothing here"),
  WB0304: row<{ type: string; wanted: number; found: number }>("error", "wrong number of type arguments", (p) =>
    p.wanted === 0
      ? `\`${p.type}\` takes no type arguments`
      : `\`${p.type}\` takes ${p.wanted} type ${p.wanted === 1 ? "argument" : "arguments"}, not ${p.found}`,
  ),
  WB0305: row<object>("error", "map keys are strings", () => "the keys of a `Map` are strings"),
  WB0306: row<object>("error", "malformed `Verified`", () => "`Verified<T, by P>` takes a record type and a trust declaration"),
  WB0307: row<object>(
    "error",
    "`Verified` outside a parameter",
    () => "`Verified` says what a parameter or a `let` accepts; nothing else can be verified by its type",
  ),
  WB0308: row<{ name: string }>("error", "optional field with a default", (p) => `field \`${p.name}\` is optional and has a default`),
  WB0310: row<{ type: string; problem: string }>("error", "literal cannot be read", (p) => p.problem),
  WB0311: row<{ id: string }>("error", "unknown SPDX licence id", (p) => `\`${p.id}\` is not an SPDX licence id`),
  WB0312: row<{ what: string }>("error", "constant overflow", (p) => `this ${p.what} does not fit into 64 bits`),
  WB0320: row<{ op: string; type: string }>("error", "values that cannot be compared", (p) => `\`${p.op}\` does not work on \`${p.type}\``),
  WB0321: row<{ op: string; type: string }>(
    "error",
    "values without an order",
    (p) => `\`${p.op}\` needs an order, and \`${p.type}\` has none`,
  ),
  WB0322: row<{ left: string; right: string }>(
    "error",
    "versions of two ecosystems",
    (p) => `a version of \`${p.left}\` is compared with one of \`${p.right}\``,
  ),
  WB0323: row<{ op: string; left: string; right: string }>(
    "error",
    "operands of + or -",
    (p) => `\`${p.op}\` does not work on \`${p.left}\` and \`${p.right}\``,
  ),
  WB0324: row<{ type: string }>("error", "operand of a minus sign", (p) => `\`-\` does not work on \`${p.type}\``),
  WB0325: row<{ item: string; set: string }>("error", "`in` without a collection", (p) => `a \`${p.item}\` is never in a \`${p.set}\``),
  WB0326: row<object>("error", "`in` on a licence", () => "`in` does not say how to read a licence expression"),
  WB0327: row<{ op: string; type: string }>("error", "pattern on what is not a text", (p) => `\`${p.op}\` does not work on \`${p.type}\``),
  WB0330: row<{ type: string }>("error", "not a collection", (p) => `a \`${p.type}\` has no members`),
  WB0331: row<{ type: string }>("error", "`closed` on what is not evidence", (p) => `\`closed\` does not work on \`${p.type}\``),
  WB0332: row<object>(
    "error",
    "`closed` on attestations",
    () => "a list of attestations cannot be closed: no registry proves that it showed all",
  ),
  WB0333: row<{ type: string; name: string }>("error", "unknown predicate", (p) => `\`${p.type}\` has no predicate \`${p.name}\``),
  WB0334: row<{ name: string }>("error", "predicate without `by`", (p) => `\`is ${p.name}\` does not say who is believed`),
  WB0335: row<{ name: string }>("error", "`by` where nobody vouches", (p) => `\`${p.name}\` is a fact of its own: nobody vouches for it`),
  WB0336: row<{ type: string }>("error", "index on what has no elements", (p) => `\`[…]\` does not work on \`${p.type}\``),
  WB0337: row<{ name: string; wanted: number; found: number }>(
    "error",
    "wrong arguments",
    (p) => `\`${p.name}\` takes ${p.wanted} ${p.wanted === 1 ? "argument" : "arguments"}, ${p.found} given`,
  ),
  WB0338: row<object>("error", "empty list of unknown type", () => "nothing says what this empty list holds"),
  WB0341: row<{ type: string; fields: readonly string[] }>("error", "fields not given", (p) => `\`${p.type}\` needs ${list(p.fields)}`),
  WB0342: row<{ limit: number }>("error", "nested too deeply", (p) => `expressions are nested more than ${p.limit} levels deep`),
  WB0344: row<object>("error", "evidence where there is none", () => "no evidence may be read here"),
  WB0345: row<{ type: string }>("error", "`about` what has no digest", (p) => `evidence is never about a \`${p.type}\``),
  WB0346: row<{ what: string }>("error", "not a constant", (p) => `${p.what} must be a constant`),
  WB0347: row<{ name: string }>("error", "input of a structured type", (p) => `input \`${p.name}\` is neither a scalar nor an enum`),
  WB0348: row<object>("error", "attestation about nothing", () => "this attestation is about no subject"),

  WB0401: row<{ fact: string; position: string }>(
    "error",
    "claim in a deciding position",
    (p) => `${p.position} rests on \`${p.fact}\`, which nobody signed`,
  ),
  WB0402: row<{ trust: string }>("error", "argument is not verified", (p) => `this argument is not verified by \`${p.trust}\``),
  WB0410: row<{ form: string; key: string }>("error", "unknown key of an identity", (p) => `\`${p.form}\` has no \`${p.key}\``),
  WB0411: row<{ form: string; keys: readonly string[] }>(
    "error",
    "identity is not complete",
    (p) => `this \`${p.form}\` identity has no ${p.keys.map((k) => `\`${k}\``).join(" or ")}`,
  ),
  WB0412: row<{ what: string; problem: string }>("error", "identity is empty or not anchored", (p) => `${p.what} is ${p.problem}`),
  WB0413: row<{ what: string }>("error", "malformed part of an identity", (p) => `this is not ${p.what}`),
  WB0414: row<{ threshold: string; members: number }>(
    "error",
    "quorum threshold out of range",
    (p) => `a quorum of ${p.threshold} out of ${p.members} makes no sense`,
  ),
  WB0415: row<{ cycle: readonly string[] }>(
    "error",
    "quorum rests on itself",
    (p) => `a quorum rests on itself: ${p.cycle.map((n) => `\`${n}\``).join(" → ")}`,
  ),
  WB0416: row<{ form: string; keys: readonly string[] }>(
    "error",
    "identity said twice",
    (p) => `this \`${p.form}\` identity says ${p.keys.map((k) => `\`${k}\``).join(" and ")}`,
  ),
  WB0417: row<object>("error", "validity window is empty", () => "the validity window ends before it begins"),

  WB0501: row<{ type: string }>("error", "table over what is not an enum", (p) => `a table decides enums, not \`${p.type}\``),
  WB0502: row<object>("error", "table without operands", () => "a table needs operands"),
  WB0503: row<{ combinations: number; limit: number }>(
    "error",
    "table is too large",
    (p) => `the table has ${p.combinations} combinations, more than ${p.limit}`,
  ),
  WB0504: row<{ found: number; wanted: number }>(
    "error",
    "row with the wrong number of cells",
    (p) => `the row has ${p.found} ${p.found === 1 ? "cell" : "cells"} for ${p.wanted} ${p.wanted === 1 ? "operand" : "operands"}`,
  ),
  WB0505: row<{ combination: readonly string[]; left: number; of: number }>(
    "error",
    "table is not total",
    (p) => `nothing decides ${p.combination.map((w) => `\`${w}\``).join(", ")}`,
  ),
  WB0506: row<object>("error", "dead row", () => "rows above decide everything that this row accepts"),
  WB0507: row<{ type: string }>(
    "error",
    "monotone table without an order",
    (p) => `\`monotone\` needs an order, and \`${p.type}\` has none`,
  ),
  WB0508: row<{ operand: string }>("error", "table is not monotone", (p) => `raising \`${p.operand}\` lowers the result`),
  WB0510: row<{ file: string }>("error", "table file not found", (p) => `there is no file \`${p.file}\``),
  WB0511: row<{ file: string; problem: string }>("error", "table file does not fit", (p) => `\`${p.file}\`: ${p.problem}`),

  WB0701: row<{ points: readonly string[] }>(
    "warning",
    "clause is never decided at a point",
    (p) => `the clause can never be decided at ${list(p.points)}`,
  ),
  WB0702: row<object>("warning", "a failed look-up allows", () => "a look-up that fails allows the subject"),
  WB0703: row<{ polarity: string }>("warning", "clause can never pass", (p) => `this \`${p.polarity}\` can never pass`),
  WB0704: row<object>("warning", "`every` over attestations", () => "`every` over attestations is never true"),
  WB0705: row<object>("warning", "default of what is never missing", () => "`otherwise` is never used"),
  WB0706: row<object>(
    "note",
    "`every` over a list that may be empty",
    () => "`every` is true of an empty list, and `closed` lets the list be empty",
  ),
  WB0707: row<{ what: string; name: string }>("warning", "unused name", (p) => `${p.what} \`${p.name}\` is never used`),
  WB0708: row<{ what: string; truth: boolean }>("warning", "constant scope", (p) => `the ${p.what} is always ${p.truth}`),
  WB0709: row<{ passes: boolean }>("warning", "constant clause", (p) =>
    p.passes ? "the clause always passes" : "the clause never passes",
  ),
  WB0710: row<{ name: string }>(
    "warning",
    "repository without its number",
    (p) => `\`${p.name}\` is told by its name: whoever takes over the name is believed`,
  ),
  WB0711: row<object>("warning", "clause said twice", () => "another clause of the policy says the same"),
  WB0712: row<{ clause: string }>(
    "warning",
    "waiver without effect",
    (p) => `another waiver of \`${p.clause}\` covers all that this one does, for as long`,
  ),
  WB0713: row<{ policy: string }>(
    "warning",
    "policy without clauses",
    (p) => `policy \`${p.policy}\` covers its subjects and asks nothing of them`,
  ),

  WB0801: row<{ bound: number; limit: number }>(
    "error",
    "clause is too expensive",
    (p) => `this may take ${steps(p.bound)} steps, more than ${steps(p.limit)}`,
  ),
};
